import assert from "node:assert/strict";
import * as asr from "../../../proto/asr.ts";
import * as standard from "../../../proto/health.ts";
import * as llm from "../../../proto/llm.ts";
import * as tts from "../../../proto/tts.ts";
import { checkJuneHealth } from "../../../lib/driver/june/preflight.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import { type FakeCall, FakeChannel } from "../fake_channel.ts";
import { answered, SERVICES } from "../workbench.ts";

/** Answers each path: a message for OK, or a status code. */
function server(answers: Record<string, Uint8Array | number>): FakeChannel {
  return new FakeChannel((call) => {
    const answer = answers[key(call)] ?? StatusCode.UNIMPLEMENTED;
    if (typeof answer === "number") return call.end(answer, "said the server");
    call.reply(answer);
    call.end();
  });
}

/** A path's last word, for grpc.health.v1 with the service asked about. */
function key({ spec, request }: FakeCall): string {
  if (spec.path !== standard.PATHS.check) return spec.path;
  return `check ${standard.HealthCheckRequest.decode(request as Uint8Array).service}`.trim();
}

const status = (status: number) => standard.HealthCheckResponse.encode({ status });

Deno.test("checkJuneHealth() tells model, version and context length of a language model", async () => {
  const health = { healthy: true, version: "0.2.0", model_name: "Qwen3-30B", max_context_length: 131072 };
  const channel = server({ [llm.PATHS.healthCheck]: llm.HealthResponse.encode(health) });
  assert.deepEqual(await checkJuneHealth(SERVICES.llm, channel, 1500), {
    state: "serving",
    asked: "june.llm.LLMInference/HealthCheck",
    details: "model Qwen3-30B, version 0.2.0, context 131072",
  });
  assert.equal(channel.call.timeout_ms, 1500);
});

Deno.test("checkJuneHealth() names the first voices and counts the rest", async () => {
  const details = async (available_voices: string[]) => {
    const bytes = tts.HealthResponse.encode({ healthy: true, version: "1", available_voices });
    return (await checkJuneHealth(SERVICES.tts, server({ [tts.PATHS.healthCheck]: bytes }), 1000)).details;
  };
  assert.equal(await details(["default"]), "version 1, voice default");
  assert.equal(await details(["a", "b", "c", "d", "e", "f"]), "version 1, voices a b c d and 2 more");
  assert.equal(await details([]), "version 1");
});

Deno.test("checkJuneHealth() takes healthy=false as unhealthy, with details", async () => {
  const bytes = asr.HealthResponse.encode({ healthy: false, model_name: "base.en" });
  const health = await checkJuneHealth(SERVICES.stt, server({ [asr.PATHS.healthCheck]: bytes }), 1000);
  assert.deepEqual([health.state, health.details], ["unhealthy", "model base.en"]);
});

Deno.test("checkJuneHealth() keeps a server's words on one line", async () => {
  const bytes = asr.HealthResponse.encode({ healthy: true, model_name: `a\n\u001b[31mb${"c".repeat(500)}` });
  const { details } = await checkJuneHealth(SERVICES.stt, server({ [asr.PATHS.healthCheck]: bytes }), 1000);
  assert.match(details, /^model a \[31mbc+…$/);
  assert.equal(details.length, 200);
});

Deno.test("checkJuneHealth() falls back to grpc.health.v1 by the service's full name", async () => {
  const name = "june.asr.SpeechToText";
  const ask = async (answer: number) => {
    const { state, asked, details } = await checkJuneHealth(
      SERVICES.stt,
      server({ [`check ${name}`]: status(answer) }),
      1000,
    );
    assert.equal(asked, "grpc.health.v1.Health/Check");
    return `${state}: ${details}`;
  };
  const { SERVING, NOT_SERVING, UNKNOWN } = standard.ServingStatus;
  assert.equal(await ask(SERVING), "serving: no HealthCheck of its own, grpc.health.v1 says SERVING");
  assert.equal(await ask(NOT_SERVING), "unhealthy: no HealthCheck of its own, grpc.health.v1 says NOT_SERVING");
  assert.equal(await ask(UNKNOWN), "connected: no HealthCheck of its own, grpc.health.v1 says UNKNOWN");
});

Deno.test("checkJuneHealth() asks for the server as a whole when the service is not registered", async () => {
  const name = "june.asr.SpeechToText";
  const whole = { [`check ${name}`]: StatusCode.NOT_FOUND, check: status(standard.ServingStatus.SERVING) };
  assert.equal((await checkJuneHealth(SERVICES.stt, server(whole), 1000)).state, "serving");
  const channel = server({ [`check ${name}`]: StatusCode.NOT_FOUND, check: StatusCode.NOT_FOUND });
  assert.equal((await checkJuneHealth(SERVICES.stt, channel, 1000)).state, "connected");
  assert.equal(channel.calls.length, 3);
});

Deno.test("checkJuneHealth() is content with a connection where there is no health method", async () => {
  assert.deepEqual(await checkJuneHealth(SERVICES.tts, server({}), 1000), {
    state: "connected",
    asked: "grpc.health.v1.Health/Check",
    details: "it has no health method",
  });
});

Deno.test("checkJuneHealth() fails with the server's status and words", async () => {
  const channel = server({ [tts.PATHS.healthCheck]: StatusCode.INTERNAL });
  assert.deepEqual(await checkJuneHealth(SERVICES.tts, channel, 1000), {
    state: "failed",
    asked: "june.tts.TextToSpeech/HealthCheck",
    details: "INTERNAL: said the server",
  });
  const later = server({ "check june.tts.TextToSpeech": StatusCode.DEADLINE_EXCEEDED });
  assert.equal((await checkJuneHealth(SERVICES.tts, later, 1000)).details, "DEADLINE_EXCEEDED: said the server");
});

Deno.test("checkJuneHealth() fails on a reply that is no health response", async () => {
  const channel = server({ [tts.PATHS.healthCheck]: new Uint8Array([0x12, 0x50]) });
  const health = await checkJuneHealth(SERVICES.tts, channel, 1000);
  assert.equal(health.state, "failed");
  assert.match(health.details, /^Cannot decode the reply: /);
});

Deno.test("checkJuneHealth() sends the service's metadata", async () => {
  const channel = server({});
  await checkJuneHealth({ ...SERVICES.tts, metadata: [{ key: "authorization", value: "Bearer x" }] }, channel, 1000);
  for (const { spec } of channel.calls) assert.deepEqual(spec.metadata, [["authorization", "Bearer x"]]);
});

Deno.test("a health task fails when the service says that it is not healthy", () => {
  assert.equal(answered("stt.health", [asr.HealthResponse.encode({ healthy: true })]).outcome, "ok");
  assert.equal(answered("llm.health", [llm.HealthResponse.encode({ healthy: true })]).outcome, "ok");
  assert.equal(answered("tts.health", [tts.HealthResponse.encode({ version: "1" })]).type, "semantic:unhealthy");
});
