import assert from "node:assert/strict";
import * as llm from "../../../proto/llm.ts";
import { answered, endOf, SERVICES, start } from "../workbench.ts";

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

Deno.test("Chat sends calls of tools and their results", () => {
  const chat = [
    { role: "user", content: "Two?" },
    { role: "assistant", content: "", tool_calls },
    { role: "tool", content: "free", tool_call_id: "1", name: "search" },
  ] as const;
  const { request } = start("llm.chat", { inputs: { kind: "llm", prompts: ["-"], chats: [chat] } }).channel.call;
  const sent = llm.ChatRequest.decode(request as Uint8Array).messages;
  assert.deepEqual(sent.map(({ role, content, name }) => [role, content, name]), [
    ...[["user", "Two?", ""], ["assistant", "", ""], ["tool", "free", "search"]],
  ]);
  assert.equal(JSON.stringify(sent[1]?.tool_calls), JSON.stringify(tool_calls));
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

  Deno.test(`${name}: chunks that hold all of the text so far count once`, () => {
    const { channel, marks } = start(name, { listen: true });
    const texts = ["Turn the", "Turn the lights", "Turn the lights off", "Turn the lights off"];
    texts.forEach((text, at) => channel.call.reply(chunk(text, at === 3)));
    channel.call.end();
    assert.deepEqual([marks.pieces.join("|"), marks.names.length], ["Turn the| lights off", 4]);
    assert.deepEqual(marks.result?.content, { output: { count: 4, unit: "words" }, notes: ["text_repeated"] });
  });

  Deno.test(`${name}: chunks with text are content`, () => {
    const { channel, marks } = start(name);
    for (const reply of [chunk(""), chunk("Hi "), chunk("you"), chunk("", true)]) channel.call.reply(reply);
    channel.call.end();
    assert.deepEqual(marks.names, ["content", "content", "end"]);
  });
}

Deno.test("Generate and Chat tell the server's own count of tokens, or words where it counts none", () => {
  const usage = { prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 };
  const generation = llm.GenerationResponse.encode;
  const chat = llm.ChatResponse.encode;
  const content = (name: "llm.generate" | "llm.chat", reply: Uint8Array) => answered(name, [reply]).content;
  assert.deepEqual(content("llm.generate", generation({ text: "Yes, it is.", tokens_generated: 9, usage })), {
    output: { count: 7, unit: "tokens" },
    prompt_tokens: 12,
  });
  assert.deepEqual(content("llm.generate", generation({ text: "Yes, it is.", tokens_generated: 9 })), {
    output: { count: 9, unit: "tokens" },
  });
  assert.deepEqual(content("llm.generate", generation({ text: "Yes, it is." })), {
    output: { count: 3, unit: "words" },
  });
  assert.deepEqual(content("llm.chat", chat({ message: { content: "Yes." }, usage })), {
    output: { count: 7, unit: "tokens" },
    prompt_tokens: 12,
  });
  assert.deepEqual(content("llm.chat", chat({ message: { tool_calls } })), { output: { count: 0, unit: "words" } });
  assert.equal(content("llm.generate", generation({})), undefined, "a failed call carried nothing");
});

Deno.test("text streams count words across chunks, however they are cut", () => {
  for (const [name, chunk] of [["llm.generate_stream", token], ["llm.chat_stream", delta]] as const) {
    const whole = ["Hel", "lo ", "there,", " wor", "ld", "", " \n"].map((text, at) => chunk(text, at === 6));
    assert.deepEqual(answered(name, whole).content, { output: { count: 3, unit: "words" } });
  }
});

Deno.test("what answers say is told piece by piece, each before it counts as content", () => {
  for (const [name, chunk] of [["llm.generate_stream", token], ["llm.chat_stream", delta]] as const) {
    const bench = start(name, { listen: true });
    for (const reply of [chunk(""), chunk("Hi "), chunk("you"), chunk("", true)]) {
      bench.channel.call.reply(reply);
      assert.equal(bench.marks.pieces.length, bench.marks.names.length);
    }
    assert.deepEqual(bench.marks.pieces, ["Hi ", "you"]);
  }
  for (const name of ["llm.generate", "llm.chat"] as const) {
    const { channel, marks } = start(name, { listen: true });
    channel.call.reply(
      name === "llm.chat"
        ? llm.ChatResponse.encode({ message: { content: "All of it." } })
        : llm.GenerationResponse.encode({ text: "All of it." }),
    );
    assert.deepEqual(marks.pieces, ["All of it."]);
  }
});

Deno.test("a given text is sent instead of an input, after the system message in a chat", () => {
  const given = "What is heard.";
  for (const name of ["llm.generate", "llm.generate_stream"] as const) {
    const { call } = start(name, { given }).channel;
    assert.equal(llm.GenerationRequest.decode(call.request as Uint8Array).prompt, given);
  }
  const service = { options: { ...SERVICES.llm.options, system: "Be brief." } } as const;
  for (const name of ["llm.chat", "llm.chat_stream"] as const) {
    const { request } = start(name, { given, service }).channel.call;
    const { messages } = llm.ChatRequest.decode(request as Uint8Array);
    assert.deepEqual(messages.map(({ role, content }) => [role, content]), [["system", "Be brief."], ["user", given]]);
  }
  const { request } = start("llm.embed", { given }).channel.call;
  assert.deepEqual(llm.EmbeddingRequest.decode(request as Uint8Array).texts, [given]);
});

Deno.test("a cancelled answer carried nothing", () => {
  const bench = start("llm.chat_stream");
  bench.channel.call.reply(delta("Hi "));
  bench.running.cancel();
  assert.deepEqual([endOf(bench).outcome, endOf(bench).content], ["cancelled", undefined]);
});
