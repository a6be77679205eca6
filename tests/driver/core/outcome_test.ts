import assert from "node:assert/strict";
import * as tts from "../../../proto/tts.ts";
import { type TaskName, TASKS } from "../../../lib/plan/tasks.ts";
import type { StatusOrigin } from "../../../lib/transport/channel.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import { endOf, SERVICES, start } from "../workbench.ts";
import { FakeChannel } from "../fake_channel.ts";
import { prepareJune } from "../../../lib/driver/june/prepare.ts";
import { task } from "../../plans.ts";

/** The tasks that are one call of June's. */
type JuneTask = Exclude<TaskName, "voice_turn" | "call">;

/** Ends a synthesis with one status. */
function endWith(code: number, details: string, origin: StatusOrigin) {
  const bench = start("tts.synthesize");
  bench.channel.call.end(code, details, origin);
  const { outcome, type, details: told, code: kept } = endOf(bench);
  assert.equal(told, details);
  assert.equal(kept, code);
  return [outcome, type];
}

Deno.test("a failed status is a failure under its name", () => {
  assert.deepEqual(endWith(StatusCode.UNAVAILABLE, "gone", "connection"), ["failed", "UNAVAILABLE"]);
  assert.deepEqual(endWith(StatusCode.INTERNAL, "oops", "server"), ["failed", "INTERNAL"]);
  assert.deepEqual(endWith(99, "odd", "server"), ["failed", "CODE_99"]);
});

Deno.test("DEADLINE_EXCEEDED is a timeout, whoever noticed it", () => {
  assert.deepEqual(endWith(StatusCode.DEADLINE_EXCEEDED, "late", "deadline"), ["timed_out", "DEADLINE_EXCEEDED"]);
  assert.deepEqual(endWith(StatusCode.DEADLINE_EXCEEDED, "late", "server"), ["timed_out", "DEADLINE_EXCEEDED"]);
});

Deno.test("CANCELLED by the server is a failure, by us it is cancelled", () => {
  assert.deepEqual(endWith(StatusCode.CANCELLED, "no", "server"), ["failed", "CANCELLED"]);
  assert.deepEqual(endWith(StatusCode.CANCELLED, "stop", "cancel"), ["cancelled", "CANCELLED"]);
});

Deno.test("June's limiter and authentication are classed by the status in the details of UNKNOWN", () => {
  const limited = "Unexpected <class 'grpc.aio.AbortError'>: (<StatusCode.RESOURCE_EXHAUSTED: (8, 'x')>, 'Rate limit')";
  assert.deepEqual(endWith(StatusCode.UNKNOWN, limited, "server"), ["failed", "RESOURCE_EXHAUSTED"]);
  assert.deepEqual(endWith(StatusCode.UNKNOWN, "StatusCode.UNAUTHENTICATED", "server"), ["failed", "UNAUTHENTICATED"]);
  assert.deepEqual(endWith(StatusCode.UNKNOWN, "StatusCode.NOT_A_CODE", "server"), ["failed", "UNKNOWN"]);
  assert.deepEqual(endWith(StatusCode.UNKNOWN, "StatusCode.OK", "server"), ["failed", "UNKNOWN"]);
  assert.deepEqual(endWith(StatusCode.INTERNAL, "StatusCode.UNAUTHENTICATED", "server"), ["failed", "INTERNAL"]);
});

Deno.test("a reply that cannot be decoded cancels the call and fails as INTERNAL", () => {
  const bench = start("tts.synthesize_stream");
  const { call } = bench.channel;
  call.reply(new Uint8Array([0x0a, 0x7f, 1]));
  assert.equal(call.ended, true);
  const end = endOf(bench);
  assert.deepEqual([end.outcome, end.type, end.code, end.received_bytes], ["failed", "INTERNAL", 13, 3]);
  assert.match(end.details, /^Cannot decode a reply: /);
});

Deno.test("a reply that cannot be decoded while the call starts cancels it once it has started", () => {
  const channel = new FakeChannel((call) => call.reply(new Uint8Array([0x0a, 0x7f, 1])));
  const bench = start("tts.synthesize", { channel });
  assert.equal(bench.channel.call.ended, true);
  assert.equal(endOf(bench).type, "INTERNAL");
});

Deno.test("a cancelled call ends once, as cancelled", () => {
  const bench = start("llm.chat_stream");
  bench.running.cancel();
  bench.running.cancel();
  assert.equal(endOf(bench).outcome, "cancelled");
  assert.deepEqual(bench.marks.names, ["end"]);
});

Deno.test("a call that ends while it is being started sends nothing", () => {
  for (const name of ["stt.recognize_stream", "tts.synthesize_stream"] as const) {
    const channel = new FakeChannel((call) => call.end(StatusCode.UNAVAILABLE, "closed", "connection"));
    const bench = start(name, { channel });
    assert.equal(endOf(bench).type, "UNAVAILABLE");
    assert.equal(bench.channel.call.written.length, 0);
    assert.equal(bench.clock.timers, 0);
  }
});

Deno.test("marks come in order: sent, content, end; bytes are counted", () => {
  const bench = start("tts.synthesize");
  const { call } = bench.channel;
  call.events.sent();
  const reply = tts.AudioResponse.encode({ audio_data: new Uint8Array(1280).fill(1), encoding: "pcm16" });
  call.reply(reply);
  call.end();
  assert.deepEqual(bench.marks.names, ["sent", "content", "end"]);
  const request = call.request?.length ?? 0;
  const { outcome, code, type, details, sent_bytes, received_bytes } = endOf(bench);
  assert.deepEqual([outcome, code, type, details], ["ok", 0, "", ""]);
  assert.deepEqual([sent_bytes, received_bytes], [request, reply.length]);
  assert.ok(request > 0);
});

Deno.test("each task calls June's RPC in the directions of its facts, with the service's deadline", () => {
  const paths: Record<JuneTask, string> = {
    "stt.recognize": "/june.asr.SpeechToText/Recognize",
    "stt.recognize_stream": "/june.asr.SpeechToText/RecognizeStream",
    "stt.health": "/june.asr.SpeechToText/HealthCheck",
    "llm.generate": "/june.llm.LLMInference/Generate",
    "llm.generate_stream": "/june.llm.LLMInference/GenerateStream",
    "llm.chat": "/june.llm.LLMInference/Chat",
    "llm.chat_stream": "/june.llm.LLMInference/ChatStream",
    "llm.embed": "/june.llm.LLMInference/Embed",
    "llm.health": "/june.llm.LLMInference/HealthCheck",
    "tts.synthesize": "/june.tts.TextToSpeech/Synthesize",
    "tts.synthesize_stream": "/june.tts.TextToSpeech/SynthesizeStream",
    "tts.health": "/june.tts.TextToSpeech/HealthCheck",
  };
  for (const [name, path] of Object.entries(paths) as [JuneTask, string][]) {
    const { operation, channel } = start(name);
    const { spec, timeout_ms } = channel.call;
    const { request_stream, reply_stream } = TASKS[name];
    assert.equal(operation.name, name);
    assert.deepEqual(spec, { path, request_stream, reply_stream, metadata: [] });
    assert.equal(timeout_ms, name === "stt.recognize_stream" ? 30_450 : 30_000);
  }
});

Deno.test("metadata goes out in lower case, -bin values as bytes", () => {
  const metadata = [{ key: "X-User-Id", value: "ünï" }, { key: "token-bin", value: "AQID" }];
  const { channel } = start("llm.chat", { service: { metadata } });
  assert.deepEqual(channel.call.spec.metadata, [["x-user-id", "ünï"], ["token-bin", new Uint8Array([1, 2, 3])]]);
});

Deno.test("a -bin value that is not base64 is refused without being told", () => {
  const service = { metadata: [{ key: "token-bin", value: "se cret!" }] };
  assert.throws(() => start("llm.chat", { service }), {
    name: "UserError",
    kind: "config",
    message: 'Cannot read metadata "token-bin" of service llm: the value of a -bin key must be base64',
  });
});

Deno.test("prepareJune() refuses a task of another kind of service", () => {
  const inputs = { kind: "tts", sentences: ["a"] } as const;
  assert.throws(
    () => prepareJune(task("llm.chat"), SERVICES.tts, new FakeChannel(), inputs),
    { name: "TypeError", message: "Cannot prepare llm.chat: service tts is of kind tts" },
  );
});
