import assert from "node:assert/strict";
import { wavFile } from "../../../../lib/driver/http/multipart.ts";
import { instantModels } from "../../instant_models.ts";
import type { SimulatorOptions } from "../../../../lib/sim/options.ts";
import { parseFault } from "../../../../lib/sim/fault/parser.ts";
import { startSimulator } from "../../../../lib/sim/simulator.ts";
import { transcriptOf } from "../../../../lib/sim/model/transcripts.ts";

const FREE = { ports: { llm: 0, stt: 0, tts: 0 }, http_port: 0 };

/** A simulator with its gateway for the time of `body`. */
async function withGateway(
  options: Partial<SimulatorOptions>,
  body: (base: string) => Promise<void>,
): Promise<void> {
  const simulator = await startSimulator({ models: instantModels(), ...FREE, ...options });
  try {
    await body(`http://${simulator.http_address}`);
  } finally {
    await simulator.close();
  }
}

/** Asks and reads the answer's JSON. */
async function ask(url: string, init: RequestInit = {}): Promise<{ status: number; headers: Headers; body: Reply }> {
  const reply = await fetch(url, init);
  return { status: reply.status, headers: reply.headers, body: await reply.json() };
}

/** An answer's fields; deep ones are compared as they are. */
type Reply = Record<string, unknown>;

const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "content-type": "application/json", ...headers },
});

const PCM = new Uint8Array(32_000).map((_, at) => at % 251);

function audioForm(fields: Record<string, string> = {}): RequestInit {
  const form = new FormData();
  form.append("audio", new File([new Uint8Array(wavFile(PCM, 16_000))], "clip.wav", { type: "audio/wav" }));
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return { method: "POST", body: form };
}

Deno.test("the gateway tells its health and status", async () => {
  await withGateway({}, async (base) => {
    const health = await ask(`${base}/health`);
    assert.equal(health.status, 200);
    assert.equal(health.body.status, "healthy");
    assert.deepEqual(health.body.checks, { stt: "healthy", llm: "healthy", tts: "healthy" });
    const status = await ask(`${base}/status`);
    assert.equal(status.body.service, "gateway");
    assert.equal(status.body.active_connections, 0);
  });
});

Deno.test("a service that is unwell or absent makes the gateway answer 503 to questions about its health", async () => {
  for (const fault of ["llm.unhealthy", "llm.refuse"]) {
    await withGateway({ faults: [parseFault(fault)] }, async (base) => {
      const { status, body } = await ask(`${base}/health`);
      assert.equal(status, 503);
      assert.deepEqual(body.checks, { stt: "healthy", llm: "unhealthy", tts: "healthy" });
    });
  }
});

Deno.test("the models answer, speak and transcribe", async () => {
  await withGateway({ transcripts: [transcriptOf(PCM, "turn on the lights")] }, async (base) => {
    const made = await ask(`${base}/api/v1/llm/generate`, post({ prompt: "Hello" }));
    assert.equal(made.status, 200);
    assert.equal(String(made.body.text).split(" ").length, 20);
    const spoken = await ask(`${base}/api/v1/tts/speak`, post({ text: "Good day." }));
    assert.equal(spoken.body.sample_rate, 16_000);
    assert.equal(atob(String(spoken.body.audio_b64)).length, 9 * 62 * 32);
    const heard = await ask(`${base}/api/v1/audio/transcribe`, audioForm());
    assert.deepEqual(heard.body, { transcript: "turn on the lights", detected_language: "en" });
    const round = await ask(`${base}/api/v1/audio/transcribe`, audioForm({ full_round_trip: "true" }));
    assert.equal(round.body.transcript, "turn on the lights");
    assert.ok(round.body.llm_response && round.body.audio_data);
  });
});

Deno.test("the chat wants a token, and takes one until it is logged out", async () => {
  await withGateway({}, async (base) => {
    const chat = { type: "text", text: "Hello" };
    assert.equal((await ask(`${base}/chat`, post(chat))).status, 401);
    const wrong = await ask(`${base}/chat`, post(chat, { authorization: "Bearer none" }));
    assert.equal(wrong.body.detail, "Invalid or expired token");
    const { body: { access_token, token_type } } = await ask(`${base}/auth/token?user_id=ann`, { method: "POST" });
    assert.equal(token_type, "bearer");
    const headers = { authorization: `Bearer ${access_token}` };
    assert.equal((await ask(`${base}/chat`, post(chat, headers))).body.type, "response");
    assert.equal((await ask(`${base}/auth/logout`, post({}, headers))).status, 200);
    assert.equal((await ask(`${base}/chat`, post(chat, headers))).status, 401);
    assert.equal((await ask(`${base}/auth/token`, { method: "POST" })).status, 422);
  });
});

Deno.test("a login's refresh token is good once", async () => {
  await withGateway({}, async (base) => {
    const login = await ask(`${base}/auth/login`, post({ username: "a", password: "b", user_id: "c" }));
    const { refresh_token } = login.body;
    assert.equal((await ask(`${base}/auth/refresh`, post({ refresh_token }))).status, 200);
    assert.equal((await ask(`${base}/auth/refresh`, post({ refresh_token }))).status, 401);
  });
});

Deno.test("what the gateway does not take gets a 4xx that says why", async () => {
  await withGateway({}, async (base) => {
    const wrong: [string, RequestInit, number, RegExp][] = [
      ["/nowhere", {}, 404, /Not Found/],
      ["/chat", {}, 405, /Not Allowed/],
      ["/api/v1/llm/generate", post({}), 422, /prompt: field required/],
      ["/api/v1/llm/generate", post([]), 422, /not a JSON object/],
      ["/api/v1/llm/generate", post({ prompt: "" }), 422, /0 characters/],
      ["/api/v1/tts/speak", post({ text: "a".repeat(50_001) }), 422, /50001 characters/],
      ["/api/v1/audio/transcribe", post({}), 422, /multipart/],
      ["/ws/ann", {}, 426, /WebSocket/],
    ];
    for (const [path, init, status, words] of wrong) {
      const reply = await ask(base + path, init);
      assert.equal(reply.status, status, path);
      assert.match(String(reply.body.detail), words);
    }
  });
});

Deno.test("limits and faults of the services become statuses, 429 with its Retry-After", async () => {
  await withGateway({ faults: [parseFault("llm.rate_limit=1")] }, async (base) => {
    assert.equal((await ask(`${base}/api/v1/llm/generate`, post({ prompt: "one" }))).status, 200);
    const second = await ask(`${base}/api/v1/llm/generate`, post({ prompt: "two" }));
    assert.equal(second.status, 429);
    const retry_s = Number(second.headers.get("retry-after"));
    assert.ok(retry_s >= 1 && retry_s <= 60, String(retry_s));
  });
  for (const [fault, status] of [["llm.error_rate=100%:UNAVAILABLE", 503], ["llm.error_rate=100%", 500]] as const) {
    await withGateway({ faults: [parseFault(fault)] }, async (base) => {
      assert.equal((await ask(`${base}/api/v1/llm/generate`, post({ prompt: "one" }))).status, status);
    });
  }
  await withGateway(
    { profile: "june", faults: [parseFault("llm.rate_limit=1")] },
    async (base) => {
      await ask(`${base}/api/v1/llm/generate`, post({ prompt: "one" }));
      assert.equal((await ask(`${base}/api/v1/llm/generate`, post({ prompt: "two" }))).status, 429);
    },
  );
});

/** Sends messages over the gateway's socket and gathers as many answers. */
async function talk(base: string, messages: (string | Uint8Array<ArrayBuffer>)[]): Promise<Reply[]> {
  const socket = new WebSocket(`${base.replace("http", "ws")}/ws/ann`);
  const answers: Reply[] = [];
  const over = Promise.withResolvers<void>();
  socket.onerror = () => over.reject(new Error("the socket failed"));
  socket.onmessage = ({ data }) => {
    answers.push(JSON.parse(data));
    const next = messages[answers.length];
    if (next === undefined) over.resolve();
    else socket.send(next);
  };
  socket.onopen = () => socket.send(messages[0] as string);
  await over.promise;
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await closed;
  return answers;
}

Deno.test("the WebSocket answers each kind of message, and says what is wrong with others", async () => {
  await withGateway({ transcripts: [transcriptOf(PCM, "turn on the lights")] }, async (base) => {
    const audio_data = btoa(String.fromCharCode(...PCM));
    const answers = await talk(base, [
      JSON.stringify({ type: "text", text: "Hello" }),
      JSON.stringify({ type: "audio", audio_data }),
      JSON.stringify({ type: "tts_request", text: "Good day." }),
      JSON.stringify({ type: "dance" }),
      "no JSON",
      new Uint8Array(3),
    ]);
    const types = answers.map(({ type }) => type);
    assert.deepEqual(types, ["response", "transcription", "audio_response", "error", "error", "error"]);
    assert.equal(answers[1]?.text, "turn on the lights");
    assert.equal(answers[1]?.confidence, 0.95);
    assert.equal(answers[2]?.duration, 9 * 62 / 1000);
    assert.match(String(answers[3]?.message), /"dance" is not known/);
  });
});

Deno.test("a simulator that ends closes its sockets", async () => {
  const closed = Promise.withResolvers<number>();
  await withGateway({}, async (base) => {
    const socket = new WebSocket(`${base.replace("http", "ws")}/ws/ann`);
    await new Promise((resolve) => socket.onopen = resolve);
    const { body } = await ask(`${base}/status`);
    assert.equal(body.active_connections, 1);
    socket.onclose = ({ code }) => closed.resolve(code);
  });
  assert.equal(await closed.promise, 1000);
});
