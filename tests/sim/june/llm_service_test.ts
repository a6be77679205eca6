import assert from "node:assert/strict";
import type { Draft } from "../../../proto/codec.ts";
import * as llm from "../../../proto/llm.ts";
import { constant, lognormal } from "../../../lib/sim/model/distribution.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import { worldOf, type WorldOptions } from "../world.ts";

function stream(options: WorldOptions = {}, request: Draft<llm.GenerationRequest> = { prompt: "Tell me" }) {
  const { clock, server } = worldOf("llm", options);
  const call = server.ask(llm.PATHS.generateStream, llm.GenerationRequest.encode(request));
  clock.runOut();
  const chunks = call.replies.map(({ bytes }) => llm.GenerationChunk.decode(bytes));
  return { chunks, times: call.replies.map(({ at_ms }) => at_ms), ended: call.ended };
}

function chatStream(options: WorldOptions = {}) {
  const { clock, server } = worldOf("llm", options);
  const request = llm.ChatRequest.encode({ messages: [{ role: "user", content: "Hello there" }] });
  const call = server.ask(llm.PATHS.chatStream, request);
  clock.runOut();
  const chunks = call.replies.map(({ bytes }) => llm.ChatChunk.decode(bytes));
  return { chunks, times: call.replies.map(({ at_ms }) => at_ms), ended: call.ended };
}

function generate(options: WorldOptions = {}, request: Draft<llm.GenerationRequest> = { prompt: "Tell me" }) {
  const { clock, server } = worldOf("llm", options);
  const call = server.ask(llm.PATHS.generate, llm.GenerationRequest.encode(request));
  clock.runOut();
  const reply = call.replies[0] && llm.GenerationResponse.decode(call.replies[0].bytes);
  return { reply, ended: call.ended };
}

Deno.test("GenerateStream sends a word and a space per chunk, paced by first token and rate", () => {
  const { chunks, times, ended } = stream();
  assert.deepEqual(times, [100, 110, 120, 130, 140]);
  assert.deepEqual(chunks.map(({ index }) => index), [0, 1, 2, 3, 4]);
  assert.deepEqual(chunks.map(({ is_final }) => is_final), [false, false, false, false, true]);
  for (const { token } of chunks) assert.match(token, /^\S+ $/);
  assert.deepEqual(ended, { at_ms: 140, code: StatusCode.OK, details: "" });
});

Deno.test("ChatStream speaks as the assistant", () => {
  const { chunks, times } = chatStream();
  assert.deepEqual(times, [100, 110, 120, 130, 140]);
  assert.ok(chunks.every(({ role }) => role === "assistant"));
  assert.ok(chunks.every(({ content_delta }) => /^\S+ $/.test(content_delta)));
  assert.equal(chunks.at(-1)?.is_final, true);
});

Deno.test("Generate gives text, usage and speed", () => {
  const { reply, ended } = generate();
  assert.equal(reply?.text.split(" ").length, 5);
  assert.equal(reply?.finish_reason, llm.FinishReason.STOP);
  const usage = { ...reply?.usage } as unknown;
  assert.deepEqual(usage, { prompt_tokens: 2, completion_tokens: 5, total_tokens: 7, prompt_cache_hits: 0 });
  assert.equal(reply?.tokens_generated, 5);
  assert.ok(Math.abs((reply?.tokens_per_second ?? 0) - 5 / 0.14) < 0.01);
  assert.equal(ended?.at_ms, 140);
});

Deno.test("Chat answers with a message", () => {
  const { clock, server } = worldOf("llm");
  const request = llm.ChatRequest.encode({ messages: [{ role: "user", content: "Hello there" }] });
  const call = server.ask(llm.PATHS.chat, request);
  clock.runOut();
  const reply = llm.ChatResponse.decode(call.replies[0]!.bytes);
  assert.equal(reply.message?.role, "assistant");
  assert.equal(reply.message?.content.split(" ").length, 5);
  assert.equal(reply.usage?.completion_tokens, 5);
});

Deno.test("max_tokens cuts an answer and says so", () => {
  const { reply } = generate({}, { prompt: "x", params: { max_tokens: 3 } });
  assert.equal(reply?.text.split(" ").length, 3);
  assert.equal(reply?.finish_reason, llm.FinishReason.LENGTH);
  const { chunks } = stream({}, { prompt: "x", params: { max_tokens: 2 } });
  assert.deepEqual(chunks.map(({ finish_reason }) => finish_reason), [llm.FinishReason.STOP, llm.FinishReason.LENGTH]);
});

Deno.test("a request's seed fixes its answer, the simulator's seed fixes all", () => {
  const text = (seed: number, prompt: string, own: number) =>
    generate({ seed, llm: { output_tokens: lognormal(20, 0.5) } }, { prompt, params: { seed: own } }).reply?.text;
  assert.equal(text(1, "a", 5), text(2, "a", 5));
  assert.notEqual(text(1, "a", 5), text(1, "b", 5));
  assert.notEqual(text(1, "a", 5), text(1, "a", 6));
  assert.equal(text(1, "a", 0), text(1, "a", 0));
  assert.notEqual(text(1, "a", 0), text(2, "a", 0));
});

Deno.test("stop sequences end the text before them", () => {
  const request = { prompt: "x", params: { seed: 4 } };
  const whole = generate({}, request).reply?.text.split(" ") ?? [];
  const stopped = generate({}, { ...request, params: { seed: 4, stop_sequences: ["zzz", whole[2]!] } }).reply?.text;
  assert.equal(stopped, whole.slice(0, 2).join(" "));
});

Deno.test("a prompt above 100000 characters is INVALID_ARGUMENT", () => {
  assert.equal(generate({}, { prompt: "x".repeat(100_001) }).ended?.code, StatusCode.INVALID_ARGUMENT);
  assert.equal(generate({}, { prompt: "x".repeat(100_000) }).ended?.code, StatusCode.OK);
});

Deno.test("Embed gives a unit vector per text, fixed by the text", () => {
  const { clock, server } = worldOf("llm", { llm: { embed_ms: constant(7) } });
  const call = server.ask(llm.PATHS.embed, llm.EmbeddingRequest.encode({ texts: ["one", "two", "one"] }));
  clock.runOut();
  assert.equal(call.ended?.at_ms, 21);
  const { embeddings, dimension } = llm.EmbeddingResponse.decode(call.replies[0]!.bytes);
  assert.equal(embeddings.length, 3 * dimension);
  const row = (index: number) => embeddings.slice(index * dimension, (index + 1) * dimension);
  assert.ok(Math.abs(Math.hypot(...row(0)) - 1) < 1e-5);
  assert.deepEqual(row(0), row(2));
  assert.notDeepEqual(row(0), row(1));
});

Deno.test("faults in the content: in-band errors and empty answers, under status OK", () => {
  const broken = { faults: ["in_band_error_rate=100%"] };
  const error = stream(broken);
  assert.deepEqual(error.chunks.map(({ token, is_final, finish_reason }) => [token, is_final, finish_reason]), [
    ["", true, llm.FinishReason.ERROR],
  ]);
  assert.equal(error.ended?.code, StatusCode.OK);
  assert.deepEqual([generate(broken).reply?.text, generate(broken).reply?.finish_reason], ["", llm.FinishReason.ERROR]);
  const empty = stream({ faults: ["empty_rate=100%"] });
  assert.deepEqual([empty.chunks, empty.ended?.code], [[], StatusCode.OK]);
  assert.equal(generate({ faults: ["empty_rate=100%"] }).reply?.text, "");
});

Deno.test("profile june makes the whole text first, then a word every 10 ms", () => {
  const { times, chunks } = stream({ profile: "june", llm: { tokens_per_s: constant(20) } });
  assert.deepEqual(times, [300, 310, 320, 330, 340]);
  assert.deepEqual(chunks.map(({ is_final }) => is_final), [false, false, false, false, true]);
});

Deno.test("profile june ignores seed and stop sequences, and says STOP where it cut", () => {
  const ask = (stop: string[]) =>
    generate({ profile: "june" }, { prompt: "x", params: { max_tokens: 3, seed: 4, stop_sequences: stop } }).reply;
  const first = ask([])?.text.split(" ")[1] ?? "";
  assert.deepEqual(ask([first]), ask([]));
  assert.equal(ask([])?.finish_reason, llm.FinishReason.STOP);
});

Deno.test("profile june ends a broken ChatStream without a word, a broken GenerateStream with an error chunk", () => {
  const broken: WorldOptions = { profile: "june", faults: ["in_band_error_rate=100%"] };
  assert.deepEqual([chatStream(broken).chunks, chatStream(broken).ended?.code], [[], StatusCode.OK]);
  assert.equal(stream(broken).chunks[0]?.finish_reason, llm.FinishReason.ERROR);
});
