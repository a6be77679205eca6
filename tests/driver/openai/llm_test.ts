import assert from "node:assert/strict";
import type { Inputs } from "../../../lib/driver/inputs/inputs.ts";
import { type Answer, call, events, json, type Setup, stream } from "./bench.ts";

const chunk = (delta: Record<string, unknown>, finish_reason: string | null = null) => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  choices: [{ index: 0, delta, finish_reason }],
});
const ROLE = chunk({ role: "assistant", content: "" });
const USAGE = { choices: [], usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 } };
const CHAT = [
  events(ROLE),
  events(chunk({ content: "Hello" })),
  events(chunk({ content: " there" })),
  events(chunk({}, "stop"), USAGE, "[DONE]"),
];

const failed = async (answer: Answer, setup: Setup = {}): Promise<[string, string]> => {
  const { end } = await call("llm.chat_stream", answer, setup);
  assert.equal(end.outcome, "failed");
  return [end.type, end.details];
};

Deno.test("a chat stream: content from the first text on, tokens from the usage chunk", async () => {
  const { marks, end, seen } = await call("llm.chat_stream", stream(...CHAT), {
    listen: true,
    service: {
      metadata: [{ key: "Authorization", value: "Bearer sk-secret" }],
      options: { kind: "llm", max_tokens: 128, temperature: 0.5, system: "Be brief." },
    },
    settings: { extra: { ignore_eos: true } },
  });
  assert.deepEqual(marks.names, ["sent", "content", "content", "end"]);
  assert.deepEqual(marks.pieces, ["Hello", " there"]);
  assert.deepEqual(end.content, { output: { count: 2, unit: "tokens" }, prompt_tokens: 9 });
  assert.deepEqual([seen.method, seen.path], ["POST", "/v1/chat/completions"]);
  assert.deepEqual(
    [seen.headers.authorization, seen.headers["content-type"]],
    ["Bearer sk-secret", "application/json"],
  );
  assert.deepEqual(JSON.parse(seen.body), {
    model: "m1",
    messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "Hello" }],
    max_tokens: 128,
    temperature: 0.5,
    stream: true,
    stream_options: { include_usage: true },
    ignore_eos: true,
  });
  assert.equal(end.sent_bytes, seen.body.length);
  assert.equal(end.received_bytes, CHAT.join("").length);
});

Deno.test("an input may have a limit of its own, and ask for exactly as many tokens", async () => {
  const limited = (exact: boolean): Inputs => {
    const drawn = <Input>(input: Input) => ({ input, limit: { max_tokens: 40, exact }, kept: false });
    const chat = [{ role: "user", content: "Hello" }] as const;
    const chats = { next: () => drawn(chat), given: () => drawn(chat), all: () => [chat] };
    return { kind: "llm", prompts: ["unused"], chats };
  };
  const body = async (exact: boolean) =>
    JSON.parse((await call("llm.chat_stream", stream(...CHAT), { inputs: limited(exact) })).seen.body);
  const exact = await body(true);
  assert.deepEqual([exact.max_tokens, exact.min_tokens, exact.ignore_eos], [40, 40, true]);
  const most = await body(false);
  assert.deepEqual([most.max_tokens, "min_tokens" in most, "ignore_eos" in most], [40, false, false]);
});

Deno.test("a chat with calls of tools is sent as it is, its tools with it", async () => {
  const called = { id: "c1", type: "function", function: { name: "book", arguments: '{"seats":2}' } };
  const chat = [
    { role: "user", content: "Two?" },
    { role: "assistant", content: "", tool_calls: [called] },
    { role: "tool", content: "free", tool_call_id: "c1" },
  ] as const;
  const tools = [{ type: "function", function: { name: "book" } }];
  const pick = () => ({ input: chat, limit: null, fields: { tools }, kept: true });
  const chats = { next: pick, given: pick, all: () => [chat] };
  const { seen } = await call("llm.chat_stream", stream(...CHAT), { inputs: { kind: "llm", prompts: ["-"], chats } });
  const body = JSON.parse(seen.body);
  assert.deepEqual(body.messages, [chat[0], { ...chat[1], content: null }, chat[2]]);
  assert.deepEqual(body.tools, tools);
});

Deno.test("the text that is given is sent, under the limit's other name where asked", async () => {
  const { seen } = await call("llm.chat_stream", stream(...CHAT), {
    given: "Now this",
    settings: { limit_field: "max_completion_tokens" },
  });
  const body = JSON.parse(seen.body);
  assert.deepEqual(body.messages, [{ role: "user", content: "Now this" }]);
  assert.equal(body.max_completion_tokens, 128);
});

Deno.test("reasoning, old and new, and calls of tools are content; only the answer is text", async () => {
  const { marks, end } = await call(
    "llm.chat_stream",
    stream(
      events(ROLE, chunk({ reasoning_content: "hm" })),
      events(chunk({ reasoning: "so" })),
      events(chunk({ content: "Yes" })),
      events(chunk({ tool_calls: [{ index: 0 }] }), chunk({}, "tool_calls"), "[DONE]"),
    ),
    { listen: true },
  );
  assert.deepEqual(marks.names, ["sent", "content", "content", "content", "content", "end"]);
  assert.deepEqual(marks.pieces, ["Yes"]);
  assert.deepEqual(end.content, { output: { count: 1, unit: "words" } });
});

Deno.test("a completion stream has its text in the choice", async () => {
  const { marks, seen, end } = await call(
    "llm.generate_stream",
    stream(events({ choices: [{ text: "One two", finish_reason: "length" }] }, USAGE, "[DONE]")),
    { listen: true },
  );
  assert.deepEqual([marks.pieces, end.outcome, seen.path], [["One two"], "ok", "/v1/completions"]);
  assert.equal(JSON.parse(seen.body).prompt, "Hi?");
});

Deno.test("whole answers: chat, completion, embedding", async () => {
  const usage = { prompt_tokens: 3, completion_tokens: 4 };
  const message = { role: "assistant", content: "All of it" };
  const chat = await call("llm.chat", json({ choices: [{ message, finish_reason: "stop" }], usage }), { listen: true });
  assert.deepEqual([chat.marks.pieces, chat.marks.names], [["All of it"], ["sent", "content", "end"]]);
  assert.deepEqual(chat.end.content, { output: { count: 4, unit: "tokens" }, prompt_tokens: 3 });
  assert.equal(JSON.parse(chat.seen.body).stream, false);
  const text = await call("llm.generate", json({ choices: [{ text: "x y", finish_reason: "stop" }] }));
  assert.deepEqual(text.end.content, { output: { count: 2, unit: "words" } });
  for (const embedding of [[0.1, 0.2], "AAAA"]) {
    const embed = await call(
      "llm.embed",
      json({ data: [{ embedding }], usage: { prompt_tokens: 2, total_tokens: 2 } }),
    );
    assert.deepEqual([embed.end.outcome, embed.end.content], ["ok", { prompt_tokens: 2 }]);
    assert.equal(JSON.parse(embed.seen.body).input, "Hi?");
  }
  for (const data of [[], [{ embedding: [] }], [{ embedding: ["a"] }], [{}]]) {
    assert.equal((await call("llm.embed", json({ data }))).end.type, "semantic:empty_embedding");
  }
});

Deno.test("an answer that finished without text is ok and has no content; one that never began failed", async () => {
  const empty = await call("llm.chat_stream", stream(events(ROLE, chunk({}, "stop"), "[DONE]")));
  assert.deepEqual([empty.end.outcome, empty.marks.names], ["ok", ["sent", "end"]]);
  assert.deepEqual(empty.end.content, { output: { count: 0, unit: "words" }, notes: ["no_content"] });
  assert.equal((await failed(stream(events("[DONE]"))))[0], "semantic:empty_text");
  assert.equal((await failed(stream(events(ROLE, chunk({}, "abort"), "[DONE]"))))[0], "semantic:finish_error");
});

Deno.test("a stream that ends without [DONE], or whose connection does, was truncated", async () => {
  const [whole, whyWhole] = await failed(stream(events(ROLE, chunk({ content: "Hel" }))));
  assert.deepEqual([whole, whyWhole], ["semantic:truncated", "HTTP 200, but the stream ended without [DONE]"]);
  const [cut, whyCut] = await failed({ ...stream(events(ROLE, chunk({ content: "Hel" }))), cut: true });
  assert.equal(cut, "semantic:truncated");
  assert.match(whyCut, /HTTP 200, but the reply was cut off: .* inside the reply's body/);
});

Deno.test("an error in the stream is a failure, in both forms", async () => {
  const said = "HTTP 200, but the reply is an error: CUDA out of memory";
  const nested = { error: { message: "CUDA out of memory", type: "InternalServerError", code: 500 } };
  assert.deepEqual(await failed(stream(events(ROLE, nested, "[DONE]"))), ["semantic:stream_error", said]);
  const flat = { object: "error", message: "CUDA out of memory", type: "x", code: 500 };
  assert.deepEqual(await failed(stream(events(ROLE, flat, "[DONE]"))), ["semantic:stream_error", said]);
});

Deno.test("HTTP 200 that is no stream, and events that are no JSON", async () => {
  const [type, details] = await failed(json({ choices: [{ message: { content: "Hi" } }] }));
  assert.equal(type, "semantic:not_sse");
  assert.match(details, /content type "application\/json" instead of a stream of events/);
  assert.equal((await failed(stream("data: {oops\n\n")))[0], "semantic:bad_json");
  assert.equal((await failed(stream("data: 5\n\n")))[0], "semantic:bad_json");
  const page = { headers: { "content-type": "text/html" }, pieces: ["<html>"] };
  assert.equal((await call("llm.chat", page)).end.type, "semantic:bad_json");
});

Deno.test("statuses are told in plain words with what the server says", async () => {
  const error = (message: string) => ({ error: { message, type: "t", code: "c" } });
  const cases: [Answer, string, string][] = [
    [
      json(error("Incorrect API key"), 401),
      "HTTP 401",
      "HTTP 401: the key is missing or not accepted: Incorrect API key",
    ],
    [json({ error: "no" }, 403), "HTTP 403", "HTTP 403: the key does not allow this: no"],
    [
      json({ object: "error", message: "The model `m1` does not exist.", code: 404 }, 404),
      "HTTP 404",
      "HTTP 404: POST /v1/chat/completions: no such path or model: The model `m1` does not exist.",
    ],
    [json({}, 408), "HTTP 408", "HTTP 408: the server gave up waiting for the request"],
    [
      json({ detail: [{ loc: ["body", "model"], msg: "Field required" }] }, 422),
      "HTTP 422",
      "HTTP 422: the server says that the request is invalid: body.model: Field required",
    ],
    [
      { ...json(error("Slow down"), 429), headers: { "retry-after": "7" } },
      "HTTP 429",
      "HTTP 429: too many requests; try again after 7 s: Slow down",
    ],
    [
      { status: 503, pieces: ["Loading model\n"] },
      "HTTP 503",
      "HTTP 503: the server is overloaded or still loading: Loading model",
    ],
    [
      { status: 502, pieces: ["<html><head><title>502 Bad Gateway</title></head>"] },
      "HTTP 502",
      "HTTP 502: a proxy got no usable answer from the server behind it: 502 Bad Gateway",
    ],
    [
      { status: 307, headers: { location: "https://x/v1/chat?token=s" } },
      "HTTP 307",
      "HTTP 307: a redirect to https://x/v1/chat, which june-load does not follow: give that address",
    ],
    [json({}, 418), "HTTP 418", "HTTP 418: not an expected status"],
  ];
  for (const [answer, type, details] of cases) assert.deepEqual(await failed(answer), [type, details]);
});

Deno.test("a deadline and a cancel end the call as such", async () => {
  const hang = { ...stream(events(ROLE, chunk({ content: "Hel" }))), hang: true };
  const late = await call("llm.chat_stream", hang, { service: { timeout_ms: 80 } });
  assert.deepEqual([late.end.outcome, late.end.type], ["timed_out", "DEADLINE_EXCEEDED"]);
  const cut = await call("llm.chat_stream", hang, { onContent: (cancel) => cancel() });
  assert.deepEqual([cut.end.outcome, cut.end.type], ["cancelled", "CANCELLED"]);
});
