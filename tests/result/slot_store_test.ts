import assert from "node:assert/strict";
import fc from "fast-check";
import { noGenerator, stateOf } from "../../lib/measure/generator.ts";
import { Series } from "../../lib/measure/series.ts";
import { Arena } from "../../lib/result/arena.ts";
import { SlotStore } from "../../lib/result/slot_store.ts";
import { packHistogram } from "../../lib/result/sparse.ts";
import type { TimeSlot } from "../../lib/result/timeline.ts";

const LINK = {
  opening: 0,
  stream_limit: null,
  lost_total: 2,
  failed_total: 0,
  goaways_total: 1,
  sent_bytes_total: 5e9,
  received_bytes_total: null,
  sent_messages_total: null,
  received_messages_total: 7,
};

/** The middle of a slot, with times down to before the end of speech and calls given up. */
function slotOf(times_us: readonly number[], at: number): TimeSlot {
  const series = ["llm.chat", "stt.stream"].slice(0, at % 3).map((operation) => {
    const calls = new Series();
    calls.issued = at;
    calls.outcomes.ok = times_us.length;
    calls.count("output_tokens", at / 3);
    for (const time of times_us) calls.histogram("response_time").recordSigned(time);
    for (const time of times_us.slice(2)) calls.censored.record(Math.abs(time));
    const { histograms: { response_time }, censored, failed_latency: _, ...data } = calls.toData(operation, at % 2);
    return {
      ...data,
      histograms: response_time === undefined ? {} : { response_time: packHistogram(response_time) },
      ...(censored !== undefined && { censored: packHistogram(censored) }),
    };
  });
  const buckets = [40, 1, 200, 2];
  const ping = at % 3 === 0 ? {} : { ping: { count: 3, min: 40, max: 340, sum: 720, overflow: 0, buckets } };
  const address = {
    address: `10.0.0.${at % 5}:80`,
    connections: 1,
    streams_in_flight: 0,
    reconnects_total: 0,
    ...LINK,
  };
  const connection = {
    ...LINK,
    addresses: at % 2 === 0 ? [] : [{ ...address, ...ping }],
    ...ping,
    service: "llm",
    connections: at,
    streams_in_flight: 1,
    waiting: 0,
    reconnects_total: 0,
    moves_total: 0,
  };
  const stalls = [{ start_ms: at, length_ms: 12.5, workers: [0, 1], starved: true }];
  return {
    start_ms: 1000 * at,
    length_ms: 1000,
    users: at,
    in_flight: 2 * at,
    connections: at % 4 === 0 ? [] : [connection],
    generator: {
      ...stateOf(noGenerator()),
      due: at,
      gc_pause_us: at % 2 === 0 ? null : 7,
      ...(at % 5 === 0 && { stalls }),
    },
    series: new Map(series.map((one) => [one.operation, one])),
  };
}

/** Lists of a histogram may come back as another kind of list. */
const plain = (_: string, value: unknown) =>
  ArrayBuffer.isView(value) ? [...value as Uint8Array] : value instanceof Map ? [...value] : value;

const fieldsOf = ({ start_ms, length_ms, users, in_flight, connections, generator, series }: TimeSlot) =>
  JSON.parse(JSON.stringify({ start_ms, length_ms, users, in_flight, connections, generator, series }, plain));

Deno.test("a slot that is kept in columns equals the one that was given, however many came after it", () => {
  const times = fc.array(fc.array(fc.integer({ min: -5_000_000, max: 3_600_000_000 }), { maxLength: 9 }), {
    maxLength: 40,
  });
  fc.assert(fc.property(times, (lists) => {
    const store = new SlotStore();
    const slots = lists.map(slotOf);
    const kept = slots.map((slot) => store.keep(slot));
    assert.deepEqual(kept.map(fieldsOf), slots.map(fieldsOf));
    for (const slot of kept) assert.equal(slot.series, slot.series, "read twice in a row, it is put together once");
  }));
});

Deno.test("Arena keeps lists of each width, longer than a block too, side by side in few blocks", () => {
  const list = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.uint16Array({ maxLength: 60 }),
    fc.uint32Array({ maxLength: 60 }),
    fc.uint8Array({ minLength: 40_000, maxLength: 40_000 }),
    fc.array(fc.integer({ min: 0, max: 2 ** 50 }), { maxLength: 60 }),
  );
  fc.assert(
    fc.property(fc.array(list, { maxLength: 60 }), (lists) => {
      const arena = new Arena();
      const places = lists.map((one) => arena.put(one));
      for (const [at, place] of places.entries()) assert.deepEqual([...arena.get(place)], [...lists[at] ?? []]);
      const bytes = lists.reduce(
        (sum, one) => sum + 8 + one.length * (ArrayBuffer.isView(one) ? one.BYTES_PER_ELEMENT : 8),
        0,
      );
      assert.ok(arena.bytes <= 2 * bytes + 65_536, `${arena.bytes} for ${bytes}`);
    }),
    { numRuns: 30 },
  );
});
