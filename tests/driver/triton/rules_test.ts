import assert from "node:assert/strict";
import { StatusCode } from "../../../lib/transport/status.ts";
import {
  FakeTriton,
  int32,
  type RawOutput,
  type ReplyParts,
  type Started,
  streamReply,
  TENSORRT,
  wholeReply,
} from "./fake_triton.ts";

const NOT_DECOUPLED = { models: [{ name: "ensemble", inputs: TENSORRT, decoupled: false }] };

/** Answers the one request that was sent, with its id. */
function reply(started: Started, ...replies: ReplyParts[]): void {
  const { id } = started.request;
  for (const parts of replies) started.call.reply(streamReply({ id, ...parts }));
}

for (const streams of ["per_request", "shared"] as const) {
  const begin = (setup = {}) => new FakeTriton({ settings: { streams }, ...setup }).start("llm.generate_stream");

  Deno.test(`${streams}: outputs and no final mark are content, and the request goes on`, async () => {
    const started = await begin();
    reply(started, { text: "Hi ", final: false }, { text: "you" });
    assert.deepEqual(started.marks.names, ["content", "content"]);
    assert.equal(started.marks.result, null);
  });

  Deno.test(`${streams}: outputs with the final mark are content and end the request`, async () => {
    const started = await begin();
    reply(started, { text: "Hi ", final: false }, { text: "you", final: true });
    assert.deepEqual(started.marks.names, ["content", "content", "end"]);
    assert.deepEqual([started.end.outcome, started.end.type], ["ok", ""]);
    assert.deepEqual(started.content, { output: { count: 2, unit: "words" } });
  });

  Deno.test(`${streams}: an empty reply with the final mark ends the request, and is no content`, async () => {
    const started = await begin();
    reply(started, { text: "Hi", final: false }, { final: true });
    assert.deepEqual(started.marks.names, ["content", "end"]);
    assert.equal(started.end.outcome, "ok");
  });

  Deno.test(`${streams}: an empty reply without the final mark is nothing`, async () => {
    const started = await begin();
    reply(started, { final: false }, {}, { text: "Hi", final: true });
    assert.deepEqual(started.marks.names, ["content", "end"]);
  });

  Deno.test(`${streams}: texts that hold all so far count once, and so do their tokens`, async () => {
    const tokens = (value: number): RawOutput[] => [["num_output_tokens", "INT32", int32(value)]];
    const texts = ["Turn the", "Turn the lights", "Turn the lights off"];
    const plain = await begin();
    reply(plain, ...texts.map((text) => ({ text, final: false })), { final: true });
    assert.deepEqual(plain.content, { output: { count: 4, unit: "words" }, notes: ["text_repeated"] });
    for (const [counts, count] of [[[2, 4, 6], 6], [[2, 2, 2], 6], [[2, 1, 3], 6], [[1, 1, 1], 3]] as const) {
      const counted = await begin();
      const replies = texts.map((text, at) => ({ text, final: at === 2, more: tokens(counts[at] as number) }));
      reply(counted, ...replies);
      assert.deepEqual(counted.content, { output: { count, unit: "tokens" }, notes: ["text_repeated"] });
    }
  });

  Deno.test(`${streams}: a text without letters yet is no content, but its tokens count`, async () => {
    const started = await begin();
    const tokens = (value: number): RawOutput[] => [["num_output_tokens", "INT32", int32(value)]];
    reply(started, { text: "", more: tokens(1) }, { text: "Hi", more: tokens(2) }, { text: "", final: true });
    assert.deepEqual(started.marks.names, ["content", "end"]);
    assert.deepEqual(started.content, { output: { count: 3, unit: "tokens" } });
  });

  Deno.test(`${streams}: an error in a reply fails its request, whatever the status will be`, async () => {
    const started = await begin();
    const { id } = started.request;
    reply(started, { error: `[request id: ${id}] the model\nis out of memory` });
    assert.deepEqual(
      [started.end.outcome, started.end.type, started.end.details],
      ["failed", "semantic:model_error", "the model is out of memory"],
    );
  });

  Deno.test(`${streams}: an error with the final mark, after content, fails the request too`, async () => {
    const started = await begin();
    reply(started, { text: "Hi", final: false }, { error: "injected", final: true });
    assert.deepEqual(started.marks.names, ["content", "end"]);
    assert.deepEqual([started.end.outcome, started.end.details], ["failed", "injected"]);
  });

  Deno.test(`${streams}: a request whose only reply is the empty final one made no text`, async () => {
    const started = await begin();
    reply(started, { final: true });
    assert.deepEqual(started.marks.names, ["end"]);
    assert.deepEqual([started.end.outcome, started.end.type], ["failed", "semantic:empty_text"]);
  });

  Deno.test(`${streams}: the stream of a decoupled model that ends with OK before the final mark fails`, async () => {
    const started = await begin();
    reply(started, { text: "Hi", final: false });
    started.call.end();
    assert.deepEqual([started.end.outcome, started.end.type], ["failed", "semantic:missing_final"]);
  });

  Deno.test(`${streams}: without the question for an end, OK after content is one`, async () => {
    const started = await begin(NOT_DECOUPLED);
    reply(started, { text: "Hi" });
    started.call.end();
    assert.equal(started.end.outcome, "ok");
  });

  Deno.test(`${streams}: without the question for an end, OK before any content is none`, async () => {
    const started = await begin(NOT_DECOUPLED);
    reply(started, { final: false });
    started.call.end();
    assert.deepEqual([started.end.outcome, started.end.type], ["failed", "semantic:missing_final"]);
  });

  Deno.test(`${streams}: a stream that fails takes its requests with it`, async () => {
    const started = await begin();
    reply(started, { text: "Hi", final: false });
    started.call.end(StatusCode.UNAVAILABLE, "gone", "connection");
    assert.deepEqual([started.end.outcome, started.end.type, started.end.details], ["failed", "UNAVAILABLE", "gone"]);
    assert.equal(started.content, undefined);
  });

  Deno.test(`${streams}: what comes after the end is passed over`, async () => {
    const started = await begin();
    reply(started, { text: "Hi", final: true }, { text: "more", final: true }, { error: "late" });
    started.call.end();
    assert.deepEqual(started.marks.names, ["content", "end"]);
    assert.equal(started.end.outcome, "ok");
  });

  Deno.test(`${streams}: bytes that are no reply fail the request and end the stream`, async () => {
    const started = await begin();
    started.call.reply(new Uint8Array([0xff, 0xff]));
    assert.deepEqual([started.end.outcome, started.end.type], ["failed", "INTERNAL"]);
    assert.match(started.end.details, /^Cannot decode a reply/);
    assert.ok(started.call.ended);
  });

  Deno.test(`${streams}: an output that is not what its type says fails its request`, async () => {
    const started = await begin();
    reply(started, { more: [["text_output", "BYTES", new Uint8Array([9, 0, 0, 0, 65])]] });
    assert.deepEqual([started.end.outcome, started.end.type], ["failed", "INTERNAL"]);
  });

  Deno.test(`${streams}: a cancelled request ends as cancelled`, async () => {
    const started = await begin();
    started.running.cancel();
    assert.deepEqual([started.end.outcome, started.end.content], ["cancelled", undefined]);
  });

  Deno.test(`${streams}: what is said is told piece by piece, each before it counts as content`, async () => {
    const triton = new FakeTriton({ settings: { streams } });
    const started = await triton.start("llm.chat_stream", { listen: true });
    reply(started, { text: "Hi ", final: false }, { text: ["you", " two"], final: true });
    assert.deepEqual(started.marks.pieces, ["Hi ", "you", " two"]);
    assert.deepEqual(started.marks.names, ["content", "content", "end"]);
  });

  Deno.test(`${streams}: bytes of the request and of its replies are counted`, async () => {
    const started = await begin();
    const { id } = started.request;
    const parts = { id, text: "Hi", final: true };
    started.call.reply(streamReply(parts));
    assert.equal(started.end.sent_bytes, started.call.written[0]?.length);
    assert.equal(started.end.received_bytes, streamReply(parts).length);
  });
}

Deno.test("a decoupled model is always asked to tell an end, any other never", async () => {
  const asked = async (setup = {}) => {
    const { parameters } = (await new FakeTriton(setup).start("llm.generate_stream")).request;
    return parameters["triton_enable_empty_final_response"]?.bool_param ?? false;
  };
  assert.equal(await asked(), true);
  assert.equal(await asked(NOT_DECOUPLED), false);
});

Deno.test("a stream of its own is closed behind its request and has the request's deadline", async () => {
  const started = await new FakeTriton({ service: { timeout_ms: 1234 } }).start("llm.generate_stream");
  assert.ok(started.call.half_closed);
  assert.equal(started.call.timeout_ms, 1234);
  started.call.end(StatusCode.DEADLINE_EXCEEDED, "too late", "deadline");
  assert.equal(started.end.outcome, "timed_out");
});

Deno.test("llm.generate asks a model that is not decoupled with ModelInfer, and reads the whole answer", async () => {
  const started = await new FakeTriton(NOT_DECOUPLED).start("llm.generate", { listen: true });
  assert.match(started.call.spec.path, /\/ModelInfer$/);
  const counted: RawOutput[] = [["num_output_tokens", "INT32", int32(5)], [
    "num_input_tokens",
    "INT32",
    int32(9),
  ]];
  started.call.reply(wholeReply({ text: "All of it.", more: counted }));
  started.call.end();
  assert.deepEqual(started.marks.pieces, ["All of it."]);
  assert.equal(started.end.outcome, "ok");
  assert.deepEqual(started.content, { output: { count: 5, unit: "tokens" }, prompt_tokens: 9 });
});

Deno.test("ModelInfer's own failures are the call's", async () => {
  const started = await new FakeTriton(NOT_DECOUPLED).start("llm.generate");
  started.call.end(StatusCode.INVALID_ARGUMENT, "inference input 'x' is wrong");
  assert.deepEqual([started.end.outcome, started.end.type], ["failed", "INVALID_ARGUMENT"]);
  const empty = await new FakeTriton(NOT_DECOUPLED).start("llm.generate");
  empty.call.reply(wholeReply({ text: "" }));
  empty.call.end();
  assert.equal(empty.end.type, "semantic:empty_text");
});

Deno.test("llm.generate asks a decoupled model over a stream, for an answer in one piece", async () => {
  const started = await new FakeTriton().start("llm.generate");
  assert.match(started.call.spec.path, /\/ModelStreamInfer$/);
  const at = started.request.inputs.findIndex(({ name }) => name === "stream");
  assert.deepEqual([...started.request.raw_input_contents[at] ?? []], [0]);
  reply(started, { text: "All of it.", final: true });
  assert.equal(started.end.outcome, "ok");
});

Deno.test("answers with typed contents are read too", async () => {
  const { ModelInferResponse } = await import("../../../proto/kserve.ts");
  const started = await new FakeTriton(NOT_DECOUPLED).start("llm.generate");
  const contents = { bytes_contents: [new TextEncoder().encode("typed words")] };
  started.call.reply(ModelInferResponse.encode({
    outputs: [
      { name: "text_output", datatype: "BYTES", shape: [1], contents },
      { name: "num_output_tokens", datatype: "UINT32", shape: [2], contents: { uint_contents: [3, 4] } },
    ],
  }));
  started.call.end();
  assert.deepEqual(started.content, { output: { count: 7, unit: "tokens" } });
});

Deno.test("a model without text answers with any output, and has no length", async () => {
  const model = {
    name: "ensemble",
    inputs: TENSORRT,
    outputs: [["scores", "FP32", [-1, 3]] as [string, string, number[]]],
  };
  const started = await new FakeTriton({ models: [model] }).start("llm.generate");
  started.call.reply(wholeReply({ more: [["scores", "FP32", new Uint8Array(12)]] }));
  started.call.end();
  assert.deepEqual([started.end.outcome, started.content], ["ok", {}]);
  const nothing = await new FakeTriton({ models: [model] }).start("llm.generate");
  nothing.call.end();
  assert.equal(nothing.end.type, "semantic:empty_reply");
});
