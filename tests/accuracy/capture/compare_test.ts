import assert from "node:assert/strict";
import { compareCall, type MarkName, pairUp } from "../../../bench/accuracy/capture/pair.ts";
import type { WireStream } from "../../../bench/accuracy/capture/streams.ts";
import { rowsOf, rowTable, wasAtWork } from "../../../bench/accuracy/capture/table.ts";
import { type CallTrace, Trace, TracedClock } from "../../../bench/accuracy/capture/trace.ts";
import { compareTurns, legsOf } from "../../../bench/accuracy/capture/turns.ts";
import type { Operation } from "../../../lib/driver/driver.ts";
import type { SeriesData } from "../../../lib/measure/interval.ts";
import { Alarm } from "../../../lib/pool/alarm.ts";
import { Recorder } from "../../../lib/pool/recorder.ts";

const CALL: CallTrace = {
  intended_us: 1000,
  ok: true,
  sent_us: 1040,
  content_us: [],
  chunks: [],
  end_us: 9000,
  spans: [],
  turn_us: NaN,
};
const STREAM: WireStream = { id: 1, first_out_us: 1060, out_us: [1060], content_us: [], end_us: 8900 };

/** How far each mark is off. */
function offs(call: Partial<CallTrace>, stream: Partial<WireStream>): [MarkName, number][] {
  const compared = compareCall({ call: { ...CALL, ...call }, stream: { ...STREAM, ...stream } });
  return compared.map(({ mark, off_us }) => [mark, off_us]);
}

Deno.test("what goes out is marked before the kernel sees it, what comes in after", () => {
  assert.deepEqual(offs({}, {}), [
    ["asked, after its instant", 60],
    ["first byte out", -20],
    ["end", 100],
    ["service time", 120],
  ]);
});

Deno.test("the first content is an instant, and gaps are lengths", () => {
  const found = offs({ content_us: [5100, 6000, 8000] }, { content_us: [5000, 6000, 7950] });
  assert.deepEqual(found.slice(2, 5), [["first content in", 100], ["gap", -100], ["gap", 50]]);
});

Deno.test("chunks of speech are held against their instants and against the wire", () => {
  const found = offs({ chunks: [{ due_us: 2000, sent_us: 2010 }, { due_us: 3000, sent_us: 3005 }] }, {
    out_us: [2040, 3025],
  });
  assert.deepEqual(found.slice(0, 5), [
    ["first byte out", -20],
    ["chunk, after it was due", 40],
    ["chunk out", -30],
    ["chunk, after it was due", 25],
    ["chunk out", -20],
  ]);
});

Deno.test("a call that has other messages than its stream is no pair", () => {
  assert.throws(() => offs({ content_us: [5000] }, {}), /counts 1 messages with content of stream 1, .* has 0/);
  const chunks = [{ due_us: 1, sent_us: 1 }];
  assert.throws(() => offs({ chunks }, { out_us: [1, 2] }), /counts 1 chunks of stream 1, and the capture has 2/);
});

Deno.test("calls and streams are paired in the order of their sending, and their numbers must agree", () => {
  const streams = [STREAM, { ...STREAM, id: 3 }];
  const pair = (sent_us: number[], connections = [{ server_port: 7, streams }]) =>
    pairUp("llm", 7, connections, sent_us, (us) => us).map(({ call, stream }) => [call, stream.id]);
  assert.deepEqual(pair([200, 100]), [[100, 1], [200, 3]]);
  assert.throws(() => pair([1]), /1 calls of llm were sent, and the capture has 2/);
  const twice = [{ server_port: 7, streams }, { server_port: 7, streams }];
  assert.throws(() => pair([1, 2], twice), /llm had 2 connections/);
});

Deno.test("a turn's legs are held against their streams, and its own marks against those that a caller hears", () => {
  const turn: CallTrace = {
    ...CALL,
    turn_us: 1000,
    content_us: [7030],
    end_us: 9010,
    spans: [
      { name: "speech", start_us: 10, first_us: null, end_us: 3000 },
      { name: "stt", start_us: 10, first_us: 3500, end_us: 4000 },
      { name: "llm", start_us: 4005, first_us: 5000, end_us: 5500 },
      { name: "tts 1", start_us: 5600, first_us: 6030, end_us: 8010 },
    ],
  };
  const legs = legsOf([turn]);
  assert.deepEqual(legs.map(({ service, end_us }) => [service, end_us]), [["stt", 5000], ["llm", 6500], ["tts", 9010]]);
  const wire = [{ content_us: [4490], end_us: 4980 }, { content_us: [5990], end_us: 6490 }, {
    content_us: [7000],
    end_us: 9000,
  }];
  const compared = compareTurns(legs.map((call, at) => ({ call, stream: { ...STREAM, ...wire[at] } })));
  const of = (wanted: MarkName) => compared.filter(({ mark }) => mark === wanted).map(({ off_us }) => off_us);
  assert.deepEqual(of("first byte out"), [-20]);
  assert.deepEqual(of("leg's first content in"), [10, 10, 30]);
  assert.deepEqual(of("leg's end"), [20, 10, 10]);
  assert.deepEqual([of("first content in"), of("end")], [[30], [10]]);
});

Deno.test("a thread was at work when it showed signs of it all along", () => {
  const work_us = Float64Array.of(0, 100, 200, 300, 400, 1000);
  assert.equal(wasAtWork(work_us, 50, 420), true);
  assert.equal(wasAtWork(work_us, 390, 1010), false);
  assert.equal(wasAtWork(work_us, 2000, 2500), false);
});

Deno.test("a row counts what is near, and says what the rest was", () => {
  const far = { mark: "end", off_us: 400, from_us: 0, to_us: 400 } as const;
  const marks = [...Array.from({ length: 98 }, () => ({ ...far, off_us: 100 })), far, {
    ...far,
    from_us: 600,
    to_us: 1000,
  }];
  const [row] = rowsOf("calls", marks, Float64Array.of(0, 100, 200, 300, 400));
  assert.deepEqual(row, {
    title: "calls",
    mark: "end",
    count: 100,
    mean_us: 106,
    p50_us: 100,
    p99_us: 400,
    near: 0.98,
    largest_us: 400,
    rest: { busy: 1, away: 1 },
  });
  assert.match(rowTable([row]), /98\.00 % \| \+0\.400 ms \| 1 behind others, 1 away \|$/);
});

Deno.test("a traced call has the very marks that its pool counts", async () => {
  const alarm = new Alarm();
  await alarm.ready;
  const clock = new TracedClock(performance.now(), alarm);
  const recorder = new Recorder(clock, [{ name: "hold", load: 0, start_ms: 0, end_ms: 60_000, warm_up: false }]);
  const trace = new Trace(clock);
  const end = { outcome: "ok", code: 0, type: "", details: "", sent_bytes: 1, received_bytes: 1 } as const;
  const operation: Operation = trace.of({
    name: "op",
    reply_stream: true,
    start({ marks, clock }) {
      marks.sent();
      clock.at(clock.now_us() + 1000, () => marks.content());
      clock.at(clock.now_us() + 2000, () => marks.content());
      clock.at(clock.now_us() + 3000, () => marks.end(end));
      return { cancel() {} };
    },
  });
  const random = { next: () => 0 };
  await new Promise<void>((resolve) => {
    const marks = recorder.begin(operation, 0, 0, { callEnded: () => resolve() });
    operation.start({ user: null, random, clock, marks, givenText: null, inputs: null });
  });
  clock.close();
  const { calls: [call], work_us } = trace.take();
  const { histograms } = recorder.flush().series[0] as SeriesData;
  assert.ok(call?.ok);
  const [first_us = NaN, second_us = NaN] = call.content_us;
  const near = (found: number | undefined, us: number) => assert.ok(Math.abs((found ?? NaN) - us) <= 1 + us / 1000);
  near(histograms.start_delay?.max, call.sent_us);
  near(histograms.first_message?.max, first_us);
  near(histograms.gap?.max, second_us - first_us);
  near(histograms.latency?.max, call.end_us);
  assert.deepEqual(work_us, work_us.toSorted());
});
