/** Counters of connections of several pools as one. */
import assert from "node:assert/strict";
import {
  ConnectionNotes,
  MAX_ADDRESSES,
  MAX_NOTES,
  mergeAddresses,
  mergeLinks,
  OTHER_ADDRESSES,
} from "../../lib/measure/connections.ts";
import { type AddressData, type ConnectionNote } from "../../lib/measure/interval.ts";
import { Histogram } from "../../lib/measure/histogram.ts";

function address(name: string, some: Partial<AddressData> = {}): AddressData {
  return {
    address: name,
    connections: 1,
    streams_in_flight: 2,
    reconnects_total: 3,
    opening: 0,
    stream_limit: 100,
    lost_total: 1,
    failed_total: 0,
    goaways_total: 4,
    sent_bytes_total: 1000,
    received_bytes_total: 2000,
    sent_messages_total: 10,
    received_messages_total: 20,
    ...some,
  };
}

const note = (text: string, at_ms: number): ConnectionNote => ({
  kind: "lost",
  address: "a:1",
  text,
  count: 1,
  first_ms: at_ms,
  last_ms: at_ms,
});

Deno.test("mergeLinks() adds what is known, and a place without connections limits nothing", () => {
  const ping = new Histogram();
  ping.record(500);
  const sum = mergeLinks([
    address("a", { ping: ping.toData() }),
    address("b", { connections: 0, stream_limit: null }),
    address("c", { ping: ping.toData() }),
  ]);
  assert.deepEqual([sum.stream_limit, sum.goaways_total, sum.sent_bytes_total, sum.ping?.count], [200, 12, 3000, 2]);
  const unknown = mergeLinks([address("a"), address("b", { stream_limit: null, sent_bytes_total: null })]);
  assert.deepEqual([unknown.stream_limit, unknown.sent_bytes_total, unknown.received_bytes_total], [null, null, 4000]);
});

Deno.test("mergeAddresses() joins the same address of several pools, and bounds how many there are", () => {
  const [a, b] = mergeAddresses([address("a"), address("b"), address("a")]);
  assert.deepEqual([a?.address, a?.connections, a?.reconnects_total, b?.connections], ["a", 2, 6, 1]);
  const many = Array.from({ length: 3 * MAX_ADDRESSES }, (_, at) => address(`10.0.0.${at}:1`));
  const merged = mergeAddresses([...many, address(OTHER_ADDRESSES)]);
  assert.equal(merged.length, MAX_ADDRESSES + 1);
  const others = merged.find(({ address }) => address === OTHER_ADDRESSES);
  assert.equal(others?.connections, 2 * MAX_ADDRESSES + 1);
  assert.equal(merged.reduce((sum, { lost_total }) => sum + lost_total, 0), many.length + 1);
});

Deno.test("ConnectionNotes keep one text for what differs in numbers, and are bounded", () => {
  const notes = new ConnectionNotes();
  for (let at = 0; at < 1000; at++) notes.add(note(`stream ${at} was cut`, at));
  assert.deepEqual(notes.list().map(({ text, count, last_ms }) => [text, count, last_ms]), [[
    "stream 0 was cut",
    1000,
    999,
  ]]);
  const words = Array.from(
    { length: 500 },
    (_, at) => `reason ${"abcdefghij"[at % 10]}${"klmnopqrst"[Math.floor(at / 10) % 10]}x`,
  );
  for (const text of words) notes.add(note(text, 0));
  assert.ok(notes.list().length <= MAX_NOTES + 1);
  assert.equal(notes.list().reduce((sum, { count }) => sum + count, 0), 1500);
});
