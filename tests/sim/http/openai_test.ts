import assert from "node:assert/strict";
import type { OperationEnd } from "../../../lib/driver/driver.ts";
import { openOpenAi } from "../../../lib/driver/openai/open.ts";
import type { OpenAiSettings } from "../../../lib/plan/protocols.ts";
import { type TaskName, TASKS } from "../../../lib/plan/tasks.ts";
import { parseFault } from "../../../lib/sim/fault/parser.ts";
import { OPENAI_DEFAULTS, type OpenAiBehaviour } from "../../../lib/sim/http/openai_behaviour.ts";
import { instantModels } from "../instant_models.ts";
import { startSimulator } from "../../../lib/sim/simulator.ts";
import { transcriptOf } from "../../../lib/sim/model/transcripts.ts";
import { run, servicePlan } from "../../driver/openai/bench.ts";
import { clip, type MarkList } from "../../driver/workbench.ts";

const FREE = { llm: 0, stt: 0, tts: 0 };
const MODEL = "june-sim-llm";

interface Given {
  openai?: Partial<OpenAiBehaviour>;
  faults?: string[];
}

async function withSimulator({ openai, faults = [] }: Given, body: (address: string) => Promise<void>): Promise<void> {
  const simulator = await startSimulator({
    ports: FREE,
    http_port: 0,
    models: instantModels(),
    openai: { ...OPENAI_DEFAULTS, ...openai },
    faults: faults.map(parseFault),
    transcripts: [transcriptOf(clip(450, 250).pcm, "hello")],
  });
  try {
    await body(simulator.http_address as string);
  } finally {
    await simulator.close();
  }
}

/** Runs one task of the driver against the simulator. */
async function once(
  address: string,
  name: TaskName,
  settings: Partial<OpenAiSettings> = {},
  key = "",
): Promise<MarkList & { result: OperationEnd }> {
  const kind = TASKS[name].services[0] as "stt" | "llm" | "tts";
  const metadata = key === "" ? [] : [{ key: "authorization", value: `Bearer ${key}` }];
  const service = servicePlan(kind, address, { settings: { model: MODEL, ...settings }, service: { metadata } });
  const opened = await openOpenAi(service);
  try {
    return await run(opened, name, { listen: true }) as MarkList & { result: OperationEnd };
  } finally {
    await opened.close();
  }
}

const post = (address: string, path: string, body: unknown) =>
  fetch(`http://${address}/v1/${path}`, { method: "POST", body: JSON.stringify(body) });

const MESSAGES = [{ role: "user", content: "Say something" }];

Deno.test("every task of the driver is answered", () =>
  withSimulator({}, async (address) => {
    const tasks: TaskName[] = ["llm.chat", "llm.chat_stream", "llm.generate", "llm.generate_stream", "llm.embed"];
    for (const name of [...tasks, "llm.health", "stt.recognize", "stt.recognize_stream"] as TaskName[]) {
      const { result } = await once(address, name);
      assert.deepEqual([result.outcome, result.details], ["ok", ""], name);
      if (name.startsWith("llm.chat") || name.startsWith("llm.generate")) {
        assert.equal(result.content?.output?.count, 20);
      }
      if (name.startsWith("stt")) assert.deepEqual(result.content?.words, { errors: 0, reference: 1 });
    }
    for (const name of ["tts.synthesize", "tts.synthesize_stream"] as const) {
      const raw = await once(address, name);
      const wav = await once(address, name, { audio_format: "wav" });
      assert.deepEqual([raw.result.type, wav.result.type], ["", ""]);
      const length = ({ audio_us }: MarkList) => Math.round(audio_us.reduce((sum, value) => sum + value, 0));
      assert.ok(length(raw) > 100_000);
      assert.equal(length(raw), length(wav));
    }
  }));

Deno.test("streams over HTTP/2 are read as over HTTP/1.1", () =>
  withSimulator({}, async (address) => {
    for (const name of ["llm.chat_stream", "stt.recognize_stream", "tts.synthesize_stream"] as const) {
      const { result, names } = await once(address, name, { http_version: "2" });
      assert.deepEqual([result.outcome, result.details], ["ok", ""], name);
      assert.ok(names.includes("content"));
    }
  }));

Deno.test("a chat stream has the recorded shape: role, words, finish, usage where asked, [DONE]", () =>
  withSimulator({}, async (address) => {
    for (const include_usage of [true, false, undefined]) {
      const stream_options = include_usage === undefined ? {} : { stream_options: { include_usage } };
      const reply = await post(address, "chat/completions", { messages: MESSAGES, stream: true, ...stream_options });
      assert.match(reply.headers.get("content-type") ?? "", /^text\/event-stream/);
      const events = (await reply.text()).split("\n\n").filter((event) => event !== "").map((event) => event.slice(6));
      assert.equal(events.pop(), "[DONE]");
      const chunks = events.map((event) => JSON.parse(event));
      assert.equal(new Set(chunks.map(({ id }) => id)).size, 1);
      assert.ok(chunks.every(({ object, model }) => object === "chat.completion.chunk" && model === MODEL));
      if (include_usage === true) {
        const { choices, usage } = chunks.pop();
        assert.deepEqual([choices, usage.completion_tokens, usage.total_tokens - usage.prompt_tokens], [[], 20, 20]);
      }
      assert.deepEqual(chunks[0].choices[0].delta, { role: "assistant", content: "" });
      assert.deepEqual([chunks.at(-1).choices[0].delta, chunks.at(-1).choices[0].finish_reason], [{}, "stop"]);
      assert.equal(chunks.length, 22);
    }
    const cut = await post(address, "completions", { prompt: "x", max_tokens: 3, stream: true });
    assert.match(await cut.text(), /"finish_reason":"length"/);
  }));

Deno.test("wrong requests get vLLM's errors, new and old", () =>
  withSimulator({}, async (address) => {
    const error = async (path: string, body: unknown) => {
      const reply = await post(address, path, body);
      return [reply.status, (await reply.json()).error.type];
    };
    assert.deepEqual(await error("chat/completions", { messages: MESSAGES, model: "x" }), [404, "NotFoundError"]);
    assert.deepEqual(await error("chat/completions", { messages: [] }), [400, "BadRequestError"]);
    assert.deepEqual(await error("chat/completions", { messages: [{}] }), [400, "BadRequestError"]);
    assert.deepEqual(await error("completions", {}), [400, "BadRequestError"]);
    assert.deepEqual(await error("completions", [5]), [400, "BadRequestError"]);
    assert.deepEqual(await error("embeddings", { input: 5 }), [400, "BadRequestError"]);
    assert.deepEqual(await error("audio/speech", { input: "x", response_format: "mp3" }), [400, "BadRequestError"]);
    assert.deepEqual(await error("audio/transcriptions", {}), [400, "BadRequestError"]);
    assert.equal((await once(address, "llm.chat", { model: "gpt" })).result.type, "HTTP 404");
    assert.equal(
      (await once(address, "llm.chat", { model: "gpt" })).result.details,
      "HTTP 404: POST /v1/chat/completions: no such path or model: The model `gpt` does not exist.",
    );
  }));

Deno.test("an old vLLM: flat errors, and usage without being asked for it by name", () =>
  withSimulator({ openai: { form: "old" } }, async (address) => {
    const wrong = await post(address, "chat/completions", { messages: MESSAGES, model: "x" });
    const { object, message, code } = await wrong.json();
    assert.deepEqual([object, code, /does not exist/.test(message)], ["error", 404, true]);
    const reply = await post(address, "chat/completions", { messages: MESSAGES, stream: true, stream_options: {} });
    assert.match(await reply.text(), /"usage":/);
  }));

Deno.test("a key is wanted under /v1, and is never told", () =>
  withSimulator({ openai: { key: "sk-right-key" } }, async (address) => {
    assert.equal((await once(address, "llm.chat", {}, "sk-right-key")).result.outcome, "ok");
    const { type, details } = (await once(address, "llm.chat", {}, "sk-wrong-key")).result;
    assert.equal(type, "HTTP 401");
    assert.equal(details, "HTTP 401: the key is missing or not accepted: Incorrect API key provided");
    assert.equal((await once(address, "llm.health")).result.type, "HTTP 401");
  }));

Deno.test("faults: limits with Retry-After, refusals, errors in the stream, empty answers, cut streams", async () => {
  const outcome = async (given: Given, name: TaskName = "llm.chat_stream", times = 1) => {
    let result: OperationEnd | null = null;
    await withSimulator(given, async (address) => {
      for (let time = 0; time < times; time++) ({ result } = await once(address, name));
    });
    return result as unknown as OperationEnd;
  };
  const limited = await outcome({ faults: ["llm.rate_limit=1"] }, "llm.chat_stream", 2);
  assert.equal(limited.type, "HTTP 429");
  assert.match(limited.details, /^HTTP 429: too many requests; try again after \d+ s: Rate limit exceeded$/);
  assert.equal((await outcome({ faults: ["llm.error_rate=100%:UNAVAILABLE"] })).type, "HTTP 503");
  assert.equal((await outcome({ faults: ["llm.in_band_error_rate=100%"] })).type, "semantic:stream_error");
  assert.equal((await outcome({ faults: ["llm.in_band_error_rate=100%"] }, "llm.generate")).type, "HTTP 500");
  const empty = await outcome({ faults: ["llm.empty_rate=100%"] });
  assert.deepEqual([empty.outcome, empty.content?.output?.count], ["ok", 0]);
  assert.equal((await outcome({ faults: ["stt.empty_rate=100%"] }, "stt.recognize")).type, "semantic:empty_transcript");
  assert.equal((await outcome({ faults: ["llm.refuse"] })).type, "HTTP 503");
  for (const name of ["llm.chat_stream", "llm.generate_stream", "stt.recognize_stream"] as const) {
    assert.equal((await outcome({ openai: { truncates: true } }, name)).type, "semantic:truncated", name);
  }
});
