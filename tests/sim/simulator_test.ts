import assert from "node:assert/strict";
import * as asr from "../../proto/asr.ts";
import * as health from "../../proto/health.ts";
import * as llm from "../../proto/llm.ts";
import * as tts from "../../proto/tts.ts";
import { UserError } from "../../lib/plan/errors.ts";
import type { VoiceKind } from "../../lib/plan/tasks.ts";
import { parseFault } from "../../lib/sim/fault/parser.ts";
import { instantModels } from "./instant_models.ts";
import type { SimulatorOptions } from "../../lib/sim/options.ts";
import { type Simulator, startSimulator } from "../../lib/sim/simulator.ts";
import { startInWorker } from "../../lib/sim/worker/start_in_worker.ts";
import { transcriptOf } from "../../lib/sim/model/transcripts.ts";
import type { Channel } from "../../lib/transport/channel.ts";
import { openGrpcJsChannel } from "../../lib/transport/grpc_js/grpc_js.ts";
import { StatusCode } from "../../lib/transport/status.ts";
import { openWireChannel } from "../../lib/transport/wire/wire.ts";
import { ask, type Gathered, openChannel, start } from "./client.ts";
import { sound } from "./sounds.ts";

const FREE = { llm: 0, stt: 0, tts: 0 };
const TRANSPORTS = { wire: openWireChannel, "grpc-js": openGrpcJsChannel };
const CLIP = sound(1500, 1);

type Channels = Record<VoiceKind, Channel>;

/** Runs a simulator that takes no time, with a channel to each service. */
async function withSimulator(
  options: Partial<SimulatorOptions>,
  test: (channels: Channels, simulator: Simulator) => Promise<void>,
  open = openWireChannel,
): Promise<void> {
  const simulator = await startSimulator({ ports: FREE, models: instantModels(), ...options });
  const { addresses } = simulator;
  const channels: Channels = {
    llm: openChannel(open, addresses.llm),
    stt: openChannel(open, addresses.stt),
    tts: openChannel(open, addresses.tts),
  };
  try {
    await test(channels, simulator);
  } finally {
    await Promise.all(Object.values(channels).map((channel) => channel.close()));
    await simulator.close();
  }
}

const faults = (...texts: string[]) => ({ faults: texts.map(parseFault) });

/** The only message of a call that must have ended OK. */
function only({ messages, status }: Gathered): Uint8Array {
  assert.equal(status.code, StatusCode.OK, status.details);
  assert.equal(messages.length, 1);
  return messages[0]!;
}

for (const [name, open] of Object.entries(TRANSPORTS)) {
  Deno.test(`every rpc answers over ${name}`, async () => {
    const transcripts = [transcriptOf(CLIP, "hello from the test")];
    await withSimulator({ transcripts }, async ({ llm: toLlm, stt: toStt, tts: toTts }) => {
      const generation = llm.GenerationRequest.encode({ prompt: "hello" });
      const chat = llm.ChatRequest.encode({ messages: [{ role: "user", content: "hello" }] });
      assert.notEqual(llm.GenerationResponse.decode(only(await ask(toLlm, llm.PATHS.generate, generation))).text, "");
      assert.notEqual(llm.ChatResponse.decode(only(await ask(toLlm, llm.PATHS.chat, chat))).message?.content, "");
      assert.equal((await ask(toLlm, llm.PATHS.generateStream, generation)).messages.length, 20);
      assert.equal((await ask(toLlm, llm.PATHS.chatStream, chat)).messages.length, 20);
      const embedding = await ask(toLlm, llm.PATHS.embed, llm.EmbeddingRequest.encode({ texts: ["a"] }));
      assert.equal(llm.EmbeddingResponse.decode(only(embedding)).dimension, 384);

      const clip = asr.RecognitionRequest.encode({ audio_data: CLIP, sample_rate: 16_000, encoding: "pcm" });
      const recognised = asr.RecognitionResponse.decode(only(await ask(toStt, asr.PATHS.recognize, clip)));
      assert.equal(recognised.results[0]?.transcript, "hello from the test");
      const speech = start(toStt, asr.PATHS.recognizeStream, null);
      for (let at = 0; at < CLIP.length; at += 3200) {
        const audio_data = CLIP.subarray(at, at + 3200);
        speech.call.write(asr.AudioChunk.encode({ audio_data, sample_rate: 16_000, encoding: "pcm" }));
      }
      speech.call.halfClose();
      const results = (await speech.end).messages.map(asr.RecognitionResult.decode);
      assert.equal(results.map(({ transcript }) => transcript).join(" "), "hello from the test");

      const text = tts.SynthesisRequest.encode({ text: "Twenty letters long." });
      const spoken = tts.AudioResponse.decode(only(await ask(toTts, tts.PATHS.synthesize, text)));
      assert.equal(spoken.audio_data.length, 32 * 1240);
      const stream = start(toTts, tts.PATHS.synthesizeStream, null);
      stream.call.write(text);
      stream.call.halfClose();
      const chunks = (await stream.end).messages.map(tts.AudioChunk.decode);
      assert.equal(chunks.reduce((sum, { audio_data }) => sum + audio_data.length, 0), 32 * 1240);
      assert.equal(chunks.at(-1)?.is_final, true);
    }, open);
  });
}

Deno.test("HealthCheck of each service is filled in", async () => {
  await withSimulator({ profile: "june" }, async (to) => {
    const empty = new Uint8Array(0);
    const spoken = asr.HealthResponse.decode(only(await ask(to.stt, asr.PATHS.healthCheck, empty)));
    assert.deepEqual([spoken.healthy, spoken.version, spoken.model_name], [true, "0.2.0", "june-sim-stt"]);
    const voices = tts.HealthResponse.decode(only(await ask(to.tts, tts.PATHS.healthCheck, empty)));
    assert.deepEqual([voices.healthy, [...voices.available_voices]], [true, ["default"]]);
    const model = llm.HealthResponse.decode(only(await ask(to.llm, llm.PATHS.healthCheck, empty)));
    assert.deepEqual([model.healthy, model.max_context_length, model.supports_streaming], [true, 131_072, true]);
    assert.deepEqual([...model.available_tools], ["search", "calculator", "weather"]);
  });
});

Deno.test("unhealthy services say so in both health services", async () => {
  await withSimulator({ grpc_health: true, ...faults("stt.unhealthy") }, async (to) => {
    const own = asr.HealthResponse.decode(only(await ask(to.stt, asr.PATHS.healthCheck, new Uint8Array(0))));
    assert.equal(own.healthy, false);
    const asked = health.HealthCheckRequest.encode({ service: asr.SERVICE });
    const standard = health.HealthCheckResponse.decode(only(await ask(to.stt, health.PATHS.check, asked)));
    assert.equal(standard.status, health.ServingStatus.NOT_SERVING);
  });
});

Deno.test("grpc.health.v1 checks and watches the service it has, and no other", async () => {
  await withSimulator({}, async ({ tts: channel }) => {
    const request = (service: string) => health.HealthCheckRequest.encode({ service });
    for (const service of ["", tts.SERVICE]) {
      const reply = only(await ask(channel, health.PATHS.check, request(service)));
      assert.equal(health.HealthCheckResponse.decode(reply).status, health.ServingStatus.SERVING);
    }
    assert.equal((await ask(channel, health.PATHS.check, request("x.Y"))).status.code, StatusCode.NOT_FOUND);
    const watch = start(channel, "/grpc.health.v1.Health/Watch", request("x.Y"));
    await watch.first;
    watch.call.cancel();
    const { messages, status } = await watch.end;
    assert.equal(health.HealthCheckResponse.decode(messages[0]!).status, health.ServingStatus.SERVICE_UNKNOWN);
    assert.equal(status.code, StatusCode.CANCELLED);
  });
});

Deno.test("profile june has no grpc.health.v1, and unknown methods are UNIMPLEMENTED", async () => {
  await withSimulator({ profile: "june" }, async ({ tts: channel }) => {
    for (const path of [health.PATHS.check, tts.PATHS.synthesizeStream, "/june.tts.TextToSpeech/Sing"]) {
      assert.equal((await ask(channel, path, new Uint8Array(0))).status.code, StatusCode.UNIMPLEMENTED);
    }
  });
});

Deno.test("profile june's rate limiter answers UNKNOWN with the real code in its words", async () => {
  await withSimulator({ profile: "june", ...faults("llm.rate_limit=1") }, async ({ llm: channel }) => {
    const request = llm.GenerationRequest.encode({ prompt: "x" });
    const metadata = [["user_id", "u1"]] as const;
    assert.equal((await ask(channel, llm.PATHS.generate, request, { metadata })).status.code, StatusCode.OK);
    const { status } = await ask(channel, llm.PATHS.generate, request, { metadata });
    assert.equal(status.code, StatusCode.UNKNOWN);
    assert.match(status.details, /StatusCode\.RESOURCE_EXHAUSTED/);
  });
});

Deno.test("error_rate reaches the client with its status and words", async () => {
  await withSimulator(faults("tts.error_rate=100%:UNAVAILABLE"), async (to) => {
    const text = tts.SynthesisRequest.encode({ text: "x" });
    const { status } = await ask(to.tts, tts.PATHS.synthesize, text);
    assert.deepEqual([status.code, status.details], [StatusCode.UNAVAILABLE, "simulated UNAVAILABLE"]);
    const untouched = await ask(to.llm, llm.PATHS.generate, llm.GenerationRequest.encode({ prompt: "x" }));
    assert.equal(untouched.status.code, StatusCode.OK);
  });
});

Deno.test("refuse: nobody listens", async () => {
  await withSimulator(faults("stt.refuse"), async (to) => {
    const { status } = await ask(to.stt, asr.PATHS.healthCheck, new Uint8Array(0));
    assert.deepEqual([status.code, status.origin], [StatusCode.UNAVAILABLE, "connection"]);
    only(await ask(to.tts, tts.PATHS.healthCheck, new Uint8Array(0)));
  });
});

Deno.test("stall holds answers back, health included", async () => {
  await withSimulator(faults("stall=0s+1h"), async ({ llm: channel }) => {
    const request = llm.GenerationRequest.encode({ prompt: "x" });
    const calls = [
      ask(channel, llm.PATHS.generate, request, { timeout_ms: 150 }),
      ask(channel, llm.PATHS.healthCheck, new Uint8Array(0), { timeout_ms: 150 }),
    ];
    for (const { status } of await Promise.all(calls)) assert.equal(status.code, StatusCode.DEADLINE_EXCEEDED);
  });
});

Deno.test("drop_connections_every cuts calls in flight; new ones find a new connection", async () => {
  await withSimulator(faults("llm.drop_connections_every=60ms", "stall=0s+1h"), async ({ llm: channel }, simulator) => {
    const request = llm.GenerationRequest.encode({ prompt: "x" });
    for (let i = 0; i < 2; i++) {
      const { status } = await ask(channel, llm.PATHS.generate, request);
      assert.equal(status.code, StatusCode.UNAVAILABLE);
    }
    assert.equal((await simulator.stats()).llm.queue.busy, 0);
  });
});

Deno.test("goaway_every turns connections over; calls in flight run on, none is lost", async () => {
  await withSimulator(faults("llm.goaway_every=600ms"), async ({ llm: channel }, simulator) => {
    const request = llm.GenerationRequest.encode({ prompt: "x" });
    while ((await simulator.stats()).llm.connections_total < 3) {
      const calls = Array.from({ length: 20 }, () => ask(channel, llm.PATHS.generateStream, request));
      for (const { status, messages } of await Promise.all(calls)) {
        assert.equal(status.code, StatusCode.OK, status.details);
        assert.equal(messages.length, 20);
      }
    }
  });
});

Deno.test("a cancelled call leaves its slot", async () => {
  await withSimulator(faults("stall=0s+1h"), async ({ llm: channel }, simulator) => {
    const { call, end } = start(channel, llm.PATHS.generate, llm.GenerationRequest.encode({ prompt: "x" }));
    while ((await simulator.stats()).llm.queue.busy === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    call.cancel();
    assert.equal((await end).status.origin, "cancel");
    while ((await simulator.stats()).llm.queue.busy > 0) await new Promise((resolve) => setTimeout(resolve, 2));
  });
});

Deno.test("gzip requests and messages of megabytes go both ways", async () => {
  await withSimulator({}, async (to) => {
    const audio_data = sound(60_000, 3);
    const clip = asr.RecognitionRequest.encode({ audio_data, sample_rate: 16_000, encoding: "pcm" });
    for (const gzip of [false, true]) {
      const reply = asr.RecognitionResponse.decode(only(await ask(to.stt, asr.PATHS.recognize, clip, { gzip })));
      assert.equal(reply.results[0]?.end_time_us, 60_000_000);
    }
    const text = tts.SynthesisRequest.encode({ text: "x".repeat(2000) });
    const spoken = tts.AudioResponse.decode(only(await ask(to.tts, tts.PATHS.synthesize, text)));
    assert.equal(spoken.audio_data.length, 32 * 124_000);
  });
});

Deno.test("the same seed gives the same answers, another seed others", async () => {
  const answers = async (seed: number) => {
    const texts: string[] = [];
    await withSimulator({ seed }, async ({ llm: channel }) => {
      for (let i = 0; i < 3; i++) {
        const reply = await ask(channel, llm.PATHS.generate, llm.GenerationRequest.encode({ prompt: "x" }));
        texts.push(llm.GenerationResponse.decode(only(reply)).text);
      }
    });
    return texts;
  };
  const first = await answers(4);
  assert.equal(new Set(first).size, 3);
  assert.deepEqual(await answers(4), first);
  assert.notDeepEqual(await answers(5), first);
});

Deno.test("startSimulator() names a port that is in use and what to do, and leaves nothing behind", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const ports = { llm: 0, stt: 0, tts: taken.addr.port };
  for (const begin of [startSimulator, startInWorker]) {
    await assert.rejects(begin({ ports }), (error) => {
      assert.ok(error instanceof UserError);
      assert.ok(error.message.includes(`127.0.0.1:${taken.addr.port} for its tts service: the port is in use`));
      assert.match(error.message, /choose another port/);
      return true;
    });
  }
  taken.close();
});

Deno.test("startInWorker() serves from a worker and counts", async () => {
  const simulator = await startInWorker({ ports: FREE, models: instantModels() });
  const channel = openChannel(openWireChannel, simulator.addresses.tts);
  only(await ask(channel, tts.PATHS.synthesize, tts.SynthesisRequest.encode({ text: "x" })));
  const { tts: stats } = await simulator.stats();
  assert.deepEqual([stats.calls_total, stats.connections_total, stats.queue.started_total], [1, 1, 1]);
  await channel.close();
  await simulator.close();
});
