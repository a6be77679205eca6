import assert from "node:assert/strict";
import { StatusCode } from "../../../lib/transport/status.ts";
import { ModelInferRequest } from "../../../proto/kserve.ts";
import { FakeTriton, type Started, streamReply, type TritonSetup } from "./fake_triton.ts";

const shared = (setup: TritonSetup = {}) => new FakeTriton({ ...setup, settings: { streams: "shared" } });

/** The ids of the requests written to each stream. */
const ids = (triton: FakeTriton): string[][] =>
  triton.inferences.map(({ written }) => written.map((bytes) => ModelInferRequest.decode(bytes).id));

const begin = (triton: FakeTriton, count: number): Promise<Started[]> =>
  Promise.all(Array.from({ length: count }, () => triton.start("llm.generate_stream")));

Deno.test("all requests go through one stream, which stays open, each with an id of its own", async () => {
  const triton = shared();
  await triton.open();
  await begin(triton, 3);
  await triton.start("llm.chat_stream");
  assert.equal(triton.inferences.length, 1);
  assert.equal(new Set(ids(triton)[0]).size, 4);
  assert.equal(triton.inferences[0]?.half_closed, false);
});

Deno.test("each connection has a stream, and a request goes to the one with the fewest", async () => {
  const triton = shared({ service: { connections: 2 } });
  await triton.open();
  const [first] = await begin(triton, 4);
  assert.deepEqual(ids(triton).map((one) => one.length), [2, 2]);
  first?.running.cancel();
  await begin(triton, 1);
  assert.deepEqual(ids(triton).map((one) => one.length), [3, 2]);
});

Deno.test("replies that interleave find their requests", async () => {
  const triton = shared();
  await triton.open();
  const [a, b] = await begin(triton, 2) as [Started, Started];
  const [[first, second]] = ids(triton) as [[string, string]];
  for (
    const [id, text, final] of [[first, "a ", false], [second, "b ", false], [second, "b", true], [
      first,
      "a",
      true,
    ]] as const
  ) {
    a.call.reply(streamReply({ id, text, final }));
  }
  for (const { marks, end } of [a, b]) {
    assert.deepEqual(marks.names, ["content", "content", "end"]);
    assert.equal(end.outcome, "ok");
  }
});

Deno.test("a reply that is nobody's is passed over", async () => {
  const triton = shared();
  const started = await triton.start("llm.generate_stream");
  started.call.reply(streamReply({ id: "4711", text: "whose?", final: true }));
  assert.deepEqual(started.marks.names, []);
});

Deno.test("an error without an id is the only request's; of several it is nobody's", async () => {
  const triton = shared();
  const one = await triton.start("llm.generate_stream");
  one.call.reply(streamReply({ error: "cannot parse" }));
  assert.equal(one.end.type, "semantic:model_error");
  const several = await begin(triton, 2);
  several[0]?.call.reply(streamReply({ error: "cannot parse" }));
  for (const { marks } of several) assert.equal(marks.result, null);
});

Deno.test("an error of one request leaves the others alone", async () => {
  const triton = shared();
  await triton.open();
  const [a, b] = await begin(triton, 2) as [Started, Started];
  const [[first, second]] = ids(triton) as [[string, string]];
  a.call.reply(streamReply({ id: first, error: "injected" }));
  a.call.reply(streamReply({ id: second, text: "b", final: true }));
  assert.deepEqual([a.end.outcome, b.end.outcome], ["failed", "ok"]);
});

Deno.test("a cancelled request's replies are passed over, and the stream goes on", async () => {
  const triton = shared();
  await triton.open();
  const [a, b] = await begin(triton, 2) as [Started, Started];
  const [[first, second]] = ids(triton) as [[string, string]];
  a.running.cancel();
  a.running.cancel();
  assert.equal(a.end.outcome, "cancelled");
  b.call.reply(streamReply({ id: first, text: "late", final: true }));
  b.call.reply(streamReply({ id: second, text: "b", final: true }));
  assert.deepEqual(a.marks.names, ["end"]);
  assert.equal(b.end.outcome, "ok");
  assert.equal(b.call.ended, false);
});

Deno.test("each request has its own deadline, and a request that is over leaves no timer", async () => {
  const triton = shared({ service: { timeout_ms: 1000 } });
  const late = await triton.start("llm.generate_stream");
  triton.clock.advanceTo(600_000);
  const quick = await triton.start("llm.generate_stream");
  const [[, second]] = ids(triton) as [[string, string]];
  quick.call.reply(streamReply({ id: second, text: "b", final: true }));
  triton.clock.advanceTo(999_999);
  assert.equal(late.marks.result, null);
  triton.clock.advanceTo(1_000_000);
  assert.deepEqual([late.end.outcome, late.end.type], ["timed_out", "DEADLINE_EXCEEDED"]);
  assert.equal(late.call.ended, false);
  assert.equal(triton.clock.timers, 0);
});

Deno.test("the death of a stream fails all requests on it, and the next one opens another", async () => {
  const triton = shared();
  await triton.open();
  const dying = await begin(triton, 3) as [Started, Started, Started];
  const [[first]] = ids(triton) as [[string]];
  dying[0].call.reply(streamReply({ id: first, text: "a", final: false }));
  dying[0].call.end(StatusCode.UNAVAILABLE, "connection lost", "connection");
  for (const { end } of dying) assert.deepEqual([end.outcome, end.type], ["failed", "UNAVAILABLE"]);
  const next = await triton.start("llm.generate_stream");
  assert.equal(triton.inferences.length, 2);
  const id = ids(triton)[1]?.[0] as string;
  next.call.reply(streamReply({ id, text: "b", final: true }));
  assert.equal(next.end.outcome, "ok");
});

Deno.test("a stream that breaks before any reply is opened again later and later, and requests wait", async () => {
  const triton = shared({ service: { timeout_ms: 60_000 } });
  await triton.open();
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 3; attempt++) {
    const failed = await triton.start("llm.generate_stream");
    if (attempt > 1) {
      assert.equal(triton.inferences.length, attempt - 1, "no stream before the wait is over");
      const from_us = triton.clock.now_us();
      while (triton.inferences.length < attempt) triton.clock.advanceTo(triton.clock.now_us() + 1000);
      waits.push(triton.clock.now_us() - from_us);
    }
    assert.deepEqual(failed.marks.names, []);
    failed.call.end(StatusCode.UNAVAILABLE, "refused", "connection");
    assert.equal(failed.end.type, "UNAVAILABLE");
  }
  // 1 s, then 1.6 s, each within a fifth.
  assert.ok(waits[0]! >= 800_000 && waits[0]! <= 1_201_000, `${waits}`);
  assert.ok(waits[1]! >= 1_280_000 && waits[1]! <= 1_921_000, `${waits}`);
});

Deno.test("a request that waits for a stream ends by its deadline all the same, or when it is cancelled", async () => {
  const triton = shared({ service: { timeout_ms: 100 } });
  const first = await triton.start("llm.generate_stream");
  first.call.end(StatusCode.UNAVAILABLE, "refused", "connection");
  const [waiting, cancelled] = await begin(triton, 2) as [Started, Started];
  cancelled.running.cancel();
  triton.clock.advanceTo(100_000);
  assert.equal(waiting.end.outcome, "timed_out");
  assert.match(waiting.end.details, /before the shared stream took the request/);
  assert.equal(cancelled.end.outcome, "cancelled");
  triton.clock.advanceTo(5_000_000);
  assert.equal(triton.inferences.length, 1, "nobody waits any more");
});

Deno.test("a full stream makes requests wait, in their order, and they count as sent when they go", async () => {
  const triton = shared();
  const first = await triton.start("llm.generate_stream");
  first.call.events.sent();
  assert.deepEqual(first.marks.names, ["sent"]);
  first.call.room = false;
  const rest = await begin(triton, 3);
  assert.deepEqual(rest.map(({ marks }) => marks.names.join()), ["sent", "", ""]);
  first.call.drain();
  assert.deepEqual(rest.map(({ marks }) => marks.names.join()), ["sent", "sent", "sent"]);
  const numbers = ids(triton)[0]!.map(Number);
  assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b));
});

Deno.test("requests written before the stream was up are sent when its first bytes leave", async () => {
  const triton = shared();
  await triton.open();
  const both = await begin(triton, 2);
  assert.deepEqual(both.map(({ marks }) => marks.names), [[], []]);
  both[0]?.call.events.sent();
  assert.deepEqual(both.map(({ marks }) => marks.names), [["sent"], ["sent"]]);
});

Deno.test("what a stream's connection lacks, all requests that wait for the stream lack", async () => {
  const triton = shared();
  const first = await triton.start("llm.generate_stream");
  triton.channel.call.events.lacking?.("EMFILE");
  const second = await triton.start("llm.generate_stream");
  triton.channel.call.events.sent();
  const third = await triton.start("llm.generate_stream");
  assert.deepEqual([first, second, third].map(({ marks }) => marks.names), [
    ["lacking EMFILE", "sent"],
    ["lacking EMFILE", "sent"],
    ["sent"],
  ]);
});

Deno.test("a request with a stream of its own lacks what the stream lacks", async () => {
  const { marks, call } = await new FakeTriton().start("llm.generate_stream");
  call.events.lacking?.("ENOBUFS");
  assert.deepEqual(marks.names, ["lacking ENOBUFS"]);
});
