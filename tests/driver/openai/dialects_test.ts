/** Answers as servers of OpenAI's interface really give them: the next dialect is one more line of a table. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import { type Answer, call, events, json, stream } from "./bench.ts";

type Fields = Record<string, unknown>;
const chunk = (delta: Fields, finish_reason: unknown = null) => ({
  object: "chat.completion.chunk",
  choices: [{ index: 0, delta, finish_reason }],
});
const ONE = events(chunk({ content: "one " }), chunk({ content: "two" }));
const STOP = events(chunk({}, "stop"), "[DONE]");
const usage = (completion_tokens: unknown) => ({ choices: [], usage: { prompt_tokens: 7, completion_tokens } });

/** Streams that failed, each with the words that must be told. */
const FAILURES: Record<string, { answer: Answer; type?: string; words: RegExp }> = {
  "an event named error, its words in a comment": {
    answer: stream(ONE, "event: error\n: worker lost\n\n", events("[DONE]")),
    words: /worker lost/,
  },
  "an event named error, its words in data": {
    answer: stream(ONE, 'event: error\ndata: {"message":"engine died"}\n\n', events("[DONE]")),
    words: /engine died/,
  },
  "an event named error, without words": {
    answer: stream(ONE, "event: error\ndata:\n\n", events("[DONE]")),
    words: /it gives no reason/,
  },
  "a field error in place of data": {
    answer: stream(ONE, 'error: {"code":400,"message":"context size exceeded"}\n\n', events("[DONE]")),
    words: /context size exceeded/,
  },
  "an error member at the start": {
    answer: stream(events({ error: { message: "no free slot", code: 503 } }, "[DONE]")),
    words: /no free slot/,
  },
  "an error beside choices, after tokens": {
    answer: stream(ONE, events({ ...chunk({}), error: { message: "KV cache full" } }, "[DONE]")),
    words: /KV cache full/,
  },
  "an error inside a choice": {
    answer: stream(ONE, events({ choices: [{ delta: {}, error: { message: "provider gone" } }] }), STOP),
    words: /provider gone/,
  },
  "an error as a text": { answer: stream(events({ error: "out of memory" }), STOP), words: /out of memory/ },
  "a list of errors": { answer: stream(events({ errors: [{ message: "bad image" }] }), STOP), words: /bad image/ },
  "a detail without choices": { answer: stream(events({ detail: "engine is dead" }), STOP), words: /engine is dead/ },
  "a bare message": { answer: stream(events({ code: 500, message: "worker crashed" }), STOP), words: /worker crashed/ },
  "a status in words": { answer: stream(ONE, events({ status: "failed" }), STOP), words: /it gives no reason/ },
  "an error object at HTTP 200 where a stream was asked for": {
    answer: json({ error: { message: "queue is full" } }),
    type: "semantic:not_sse",
    words: /queue is full/,
  },
  "data that is no JSON": {
    answer: stream(events("<html>oops"), STOP),
    type: "semantic:bad_json",
    words: /<html>oops/,
  },
};
for (const reason of ["abort", "error", "cancelled", "timeout", "insufficient_system_resource"]) {
  FAILURES[`the finish reason ${reason}`] = {
    answer: stream(ONE, events(chunk({}, reason), "[DONE]")),
    type: "semantic:finish_error",
    words: new RegExp(`"${reason}"`),
  };
}

Deno.test("a stream that failed is no success, and is told in the server's words", async () => {
  for (const [name, { answer, type = "semantic:stream_error", words }] of Object.entries(FAILURES)) {
    const { end } = await call("llm.chat_stream", answer);
    assert.deepEqual([end.outcome, end.type], ["failed", type], name);
    assert.match(end.details, words, name);
  }
});

/** Streams that are good answers: what is counted of each, and what is noted. */
const ANSWERS: Record<string, { answer: Answer; pieces: string[]; notes?: string[]; output?: [number, string] }> = {
  "a last event without its blank line": {
    answer: stream(ONE, events(chunk({}, "stop")), "data: [DONE]"),
    pieces: ["one ", "two"],
  },
  "keep-alives as comments and as data": {
    answer: stream(": ping\n\n", "data: : keepalive\n\n", ONE, "data: ping\n\n", STOP),
    pieces: ["one ", "two"],
  },
  "finish reasons as other servers name them": {
    answer: stream(ONE, events(chunk({}, "eos_token"), "[DONE]")),
    pieces: ["one ", "two"],
  },
  "an empty finish reason until the end": {
    answer: stream(events(chunk({ content: "one" }, "")), STOP),
    pieces: ["one"],
  },
  "no finish reason": { answer: stream(ONE, events("[DONE]")), pieces: ["one ", "two"], notes: ["no_finish_reason"] },
  "content as a list of parts": {
    answer: stream(events(chunk({ content: [{ type: "text", text: "one" }, { type: "text", text: " two" }] })), STOP),
    pieces: ["one two"],
  },
  "a refusal": { answer: stream(events(chunk({ refusal: "I cannot" })), STOP), pieces: ["I cannot"] },
  "a usage of null": { answer: stream(ONE, events(usage(null)), STOP), pieces: ["one ", "two"] },
  "a usage of 0 beside text": {
    answer: stream(ONE, events(usage(0)), STOP),
    pieces: ["one ", "two"],
    notes: ["absurd_usage"],
  },
  "a usage that no text can have": {
    answer: stream(events(chunk({ content: "a b c d e f" })), events(usage(1)), STOP),
    pieces: ["a b c d e f"],
    notes: ["absurd_usage"],
    output: [6, "words"],
  },
  "a usage in words": {
    answer: stream(ONE, events(usage("two")), STOP),
    pieces: ["one ", "two"],
    notes: ["absurd_usage"],
  },
  "a usage that can be true": {
    answer: stream(ONE, events(usage(3)), STOP),
    pieces: ["one ", "two"],
    output: [3, "tokens"],
  },
  "the whole text so far with each message": {
    answer: stream(
      events(
        ...["Turn the", "Turn the lights", "Turn the lights off", "Turn the lights off"].map((content) =>
          chunk({ content })
        ),
      ),
      STOP,
    ),
    pieces: ["Turn the", " lights off"],
    notes: ["text_repeated"],
  },
  "laughter": {
    answer: stream(events(...["ha", "ha", "haha"].map((content) => chunk({ content }))), STOP),
    pieces: ["ha", "ha", "haha"],
  },
  "members of an error that say nothing": {
    answer: stream(events({ ...chunk({ content: "one" }), error: null, errors: [], detail: "" }), STOP),
    pieces: ["one"],
  },
};

Deno.test("good answers of every dialect are read", async () => {
  for (const [name, { answer, pieces, notes, output }] of Object.entries(ANSWERS)) {
    const { end, marks } = await call("llm.chat_stream", answer, { listen: true });
    assert.deepEqual([end.outcome, end.details], ["ok", ""], name);
    const { content } = end;
    assert.deepEqual([marks.pieces, content?.notes], [pieces, notes], name);
    const words = pieces.join("").split(" ").length;
    assert.deepEqual([content?.output?.count, content?.output?.unit], output ?? [words, "words"], name);
  }
});

Deno.test("an answer ends at its own end mark, however long its body stays open", async () => {
  const { end } = await call("llm.chat_stream", { ...stream(ONE, STOP), hang: true }, {
    service: { timeout_ms: 2000 },
  });
  assert.equal(end.outcome, "ok");
  const after = await call("llm.chat_stream", stream(ONE, STOP, events({ error: { message: "too late" } })));
  assert.equal(after.end.outcome, "ok");
});

Deno.test("a mark for the first text of the answer comes after reasoning in every dialect", async () => {
  for (
    const delta of [
      { reasoning: "hm" },
      { reasoning_content: "hm" },
      { reasoning_details: [{ text: "hm" }] },
      { content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }] },
      { tool_calls: [{ index: 0, function: { name: "f" } }] },
    ]
  ) {
    const { marks } = await call("llm.chat_stream", stream(events(chunk(delta), chunk({ content: "Yes" })), STOP));
    assert.deepEqual(marks.answers, [true], JSON.stringify(delta));
    assert.deepEqual(marks.names, ["sent", "content", "content", "end"]);
  }
  const { marks } = await call("llm.chat_stream", stream(ONE, STOP));
  assert.deepEqual(marks.answers, [false]);
});

const COMPRESSED: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  gzip: zlib.gzipSync,
  "x-gzip": zlib.gzipSync,
  deflate: zlib.deflateSync,
  "deflate, bare": zlib.deflateRawSync,
  br: zlib.brotliCompressSync,
  identity: (bytes) => bytes,
};

const encoded = (encoding: string, ...pieces: Uint8Array[]): Answer => ({
  headers: { "content-type": "text/event-stream", "content-encoding": encoding },
  pieces,
});

Deno.test("compressed replies are read, in any cutting; what cannot be is named", async () => {
  for (const [name, compress] of Object.entries(COMPRESSED)) {
    const bytes = new Uint8Array(compress(Buffer.from(ONE + STOP)));
    const [encoding = ""] = name.split(",");
    const { end, marks } = await call("llm.chat_stream", encoded(encoding, bytes.subarray(0, 9), bytes.subarray(9)), {
      listen: true,
    });
    assert.deepEqual([end.outcome, end.details, marks.pieces], ["ok", "", ["one ", "two"]], name);
  }
  const strange = await call("llm.chat_stream", encoded("zstd", new Uint8Array(20)));
  assert.match(strange.end.details, /content-encoding is "zstd", which june-load cannot read/);
  const wrong = await call("llm.chat_stream", encoded("gzip", new TextEncoder().encode(ONE + STOP)));
  assert.match(wrong.end.details, /its body is not the gzip that its content-encoding says/);
});

Deno.test("a field of `extra` that is null takes away ours, and is sent where we have none", async () => {
  const { seen } = await call("llm.chat_stream", stream(ONE, STOP), {
    settings: { extra: { stream_options: null, logit_bias: null } },
  });
  const body = JSON.parse(seen.body);
  assert.deepEqual(["stream_options" in body, body.logit_bias], [false, null]);
});

Deno.test("fields that `without` names are left out, of JSON and of forms", async () => {
  const chat = await call("llm.chat_stream", stream(ONE, STOP), {
    settings: { without: ["stream_options", "temperature"] },
  });
  const body = JSON.parse(chat.seen.body);
  assert.deepEqual(["stream_options" in body, "temperature" in body, "stream" in body], [false, false, true]);
  const form = await call("stt.recognize", json({ text: "hello" }), {
    settings: { without: ["language"], extra: { prompt: "June", temperature: 0 } },
  });
  assert.ok(!form.seen.body.includes('name="language"'));
  assert.match(form.seen.body, /name="prompt"\r\n\r\nJune[^]*name="temperature"\r\n\r\n0/);
});

Deno.test("a path that is not there is named in the failure, without its query", async () => {
  const { end } = await call("llm.chat_stream", json({ detail: "Not Found" }, 404), {
    settings: { base_path: "/v2" },
  });
  assert.equal(end.details, "HTTP 404: POST /v2/chat/completions: no such path or model: Not Found");
});

/** Streams of a transcript by dialect: what is the transcript. */
const TRANSCRIPTS: Record<string, [Answer, string]> = {
  "segments one by one": [
    stream(events({ text: " hello there", start: 0, end: 1 }, { text: " and more", start: 1, end: 2 }, "[DONE]")),
    "hello there and more",
  ],
  "segments in lists": [
    stream(events({ segments: [{ text: "hello" }, { text: "there" }] }, "[DONE]")),
    "hello there",
  ],
  "segments that repeat what came": [
    stream(events({ text: "hello" }, { text: "hello there" }, "[DONE]")),
    "hello there",
  ],
  "OpenAI's segments": [
    stream(events({ type: "transcript.text.segment", text: "hello" }, { type: "transcript.text.done", text: "hello" })),
    "hello",
  ],
  "deltas and their whole": [
    stream(
      events({ type: "transcript.text.delta", delta: "hel" }, { type: "transcript.text.delta", delta: "lo" }, {
        type: "transcript.text.done",
        text: "hello",
      }),
    ),
    "hello",
  ],
  "chunks of choices": [stream(events({ choices: [{ delta: { content: "hello" } }] }, "[DONE]")), "hello"],
};

Deno.test("transcripts of every dialect are read", async () => {
  for (const [name, [answer, transcript]] of Object.entries(TRANSCRIPTS)) {
    const { end, marks } = await call("stt.recognize_stream", answer, { listen: true });
    assert.deepEqual([end.outcome, end.details, marks.pieces.join(" ")], ["ok", "", transcript], name);
  }
  const strange = await call("stt.recognize_stream", stream(events({ hypothesis: "hello" }, "[DONE]")));
  assert.equal(strange.end.outcome, "failed");
  assert.match(strange.end.details, /june-load does not know: ".*hypothesis/);
});
