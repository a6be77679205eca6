import assert from "node:assert/strict";
import * as llm from "../../proto/llm.ts";
import { answered, SERVICES, start } from "./workbench.ts";

const { ERROR, STOP } = llm.FinishReason;
const tool_calls = [{ id: "1", type: "function", function: { name: "search", arguments: "{}" } }];
const token = (token: string, is_final = false, finish_reason: number = STOP) =>
  llm.GenerationChunk.encode({ token, is_final, finish_reason });
const delta = (content_delta: string, is_final = false, finish_reason: number = STOP) =>
  llm.ChatChunk.encode({ content_delta, is_final, finish_reason });

Deno.test("Generate and GenerateStream send the prompt with its parameters", () => {
  for (const name of ["llm.generate", "llm.generate_stream"] as const) {
    const request = llm.GenerationRequest.decode(start(name).channel.call.request as Uint8Array);
    assert.equal(request.prompt, "Hi?");
    assert.deepEqual([request.params?.max_tokens, request.params?.temperature], [128, 0.5]);
    assert.equal(request.stream, name === "llm.generate_stream");
  }
});

Deno.test("Chat and ChatStream send the system message first, where there is one", () => {
  const turns = (request: Uint8Array | null) =>
    llm.ChatRequest.decode(request as Uint8Array).messages.map(({ role, content }) => `${role}: ${content}`);
  assert.deepEqual(turns(start("llm.chat").channel.call.request), ["user: Hello"]);
  const service = { options: { ...SERVICES.llm.options, system: "Be brief." } } as const;
  const { request } = start("llm.chat_stream", { service }).channel.call;
  assert.deepEqual(turns(request), ["system: Be brief.", "user: Hello"]);
});

Deno.test("Embed sends one text", () => {
  const request = llm.EmbeddingRequest.decode(start("llm.embed").channel.call.request as Uint8Array);
  assert.deepEqual(request.texts, ["Hi?"]);
});

Deno.test("Generate: empty text and finish reason ERROR are failures, a tool call is an answer", () => {
  const reply = llm.GenerationResponse.encode;
  assert.equal(answered("llm.generate", [reply({ text: "Yes." })]).outcome, "ok");
  assert.equal(answered("llm.generate", [reply({ tool_calls })]).outcome, "ok");
  assert.equal(answered("llm.generate", [reply({})]).type, "semantic:empty_text");
  assert.equal(answered("llm.generate", [reply({ text: "No", finish_reason: ERROR })]).type, "semantic:finish_error");
});

Deno.test("Chat: a missing or empty message is a failure", () => {
  const reply = llm.ChatResponse.encode;
  assert.equal(answered("llm.chat", [reply({ message: { content: "Yes." } })]).outcome, "ok");
  assert.equal(answered("llm.chat", [reply({ message: { tool_calls } })]).outcome, "ok");
  assert.equal(answered("llm.chat", [reply({ message: { role: "assistant" } })]).type, "semantic:empty_text");
  assert.equal(answered("llm.chat", [reply({})]).type, "semantic:empty_text");
});

Deno.test("Embed: no numbers, or more than one row of them, is a failure", () => {
  const reply = llm.EmbeddingResponse.encode;
  assert.equal(answered("llm.embed", [reply({ embeddings: [1, 2, 3], dimension: 3 })]).outcome, "ok");
  assert.equal(answered("llm.embed", [reply({ dimension: 3 })]).type, "semantic:empty_embedding");
  assert.equal(answered("llm.embed", [reply({ embeddings: [1, 2], dimension: 3 })]).type, "semantic:embedding_size");
});

for (const [name, chunk] of [["llm.generate_stream", token], ["llm.chat_stream", delta]] as const) {
  Deno.test(`${name}: the last flag must come, but the status ends the call`, () => {
    assert.equal(answered(name, [chunk("Hi "), chunk("you", true)]).outcome, "ok");
    assert.equal(answered(name, [chunk("Hi "), chunk("", true)]).outcome, "ok");
    assert.equal(answered(name, [chunk("Hi "), chunk("you")]).type, "semantic:missing_final");
    const { channel, marks } = start(name);
    channel.call.reply(chunk("Hi", true));
    assert.equal(marks.result, null);
  });

  Deno.test(`${name}: no text at all is a failure`, () => {
    assert.equal(answered(name, []).type, "semantic:empty_text");
    assert.equal(answered(name, [chunk("", true)]).type, "semantic:empty_text");
  });

  Deno.test(`${name}: finish reason ERROR counts on the final chunk only`, () => {
    assert.equal(answered(name, [chunk("Hi "), chunk("", true, ERROR)]).type, "semantic:finish_error");
    assert.equal(answered(name, [chunk("", true, ERROR)]).type, "semantic:finish_error");
    assert.equal(answered(name, [chunk("Hi ", false, ERROR), chunk("you", true)]).outcome, "ok");
  });

  Deno.test(`${name}: chunks with text are content`, () => {
    const { channel, marks } = start(name);
    for (const reply of [chunk(""), chunk("Hi "), chunk("you"), chunk("", true)]) channel.call.reply(reply);
    channel.call.end();
    assert.deepEqual(marks.names, ["content", "content", "end"]);
  });
}
