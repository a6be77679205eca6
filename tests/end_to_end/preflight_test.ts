import assert from "node:assert/strict";
import { headerFor } from "../../lib/run/header.ts";
import {
  checkServices,
  describeObstacles,
  lookAtServices,
  mayStart,
  warningOf,
  withRates,
} from "../../lib/run/preflight.ts";
import { HEALTH_RPCS } from "../../lib/driver/june/health.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import { describeService } from "../../lib/scenario/describe/service.ts";
import { loadScenario } from "../../lib/scenario/load.ts";
import type { Overrides } from "../../lib/scenario/plan/overrides.ts";
import { WireServer } from "../../lib/sim/server/wire_server.ts";
import { startSimulator } from "../../lib/sim/simulator.ts";
import { StatusCode } from "../../lib/transport/status.ts";
import { openSpeechServer } from "../driver/openai/speech_server.ts";
import * as health from "../../proto/health.ts";
import * as kserve from "../../proto/kserve.ts";

const planOf = (services: string, more = "", overrides: Overrides = {}): Plan =>
  loadScenario({
    text: `services: ${services}\nscenarios: { one: { users: 1, duration: 1s${more} } }`,
    file: "x.yaml",
    dir: ".",
    env: {},
    cores: 1,
    overrides,
  }).plan;

/** A server that answers as Triton does: standard health for any name, and KServe's metadata. */
async function openTriton(): Promise<WireServer & { address: string }> {
  const server = new WireServer();
  const answer = (path: string, bytes: Uint8Array) =>
    server.handle(path, (call) => ({
      message() {
        call.write(bytes);
        call.end(StatusCode.OK, "");
      },
      halfClose() {},
      cancel() {},
      drain() {},
    }));
  answer(health.PATHS.check, health.HealthCheckResponse.encode({ status: health.ServingStatus.SERVING }));
  answer(kserve.PATHS.serverMetadata, kserve.ServerMetadataResponse.encode({ name: "triton", version: "2.51.0" }));
  const port = await server.listen({ hostname: "127.0.0.1", port: 0 });
  return Object.assign(server, { address: `127.0.0.1:${port}` });
}

Deno.test("preflight tells Triton from a service of june.llm, though Triton calls that one healthy (fault 10)", async () => {
  const triton = await openTriton();
  try {
    const plan = planOf(
      `{ grpc: { inference_api: { host: "${triton.address}" }, stt: { host: "${triton.address}" } } }`,
    );
    const [llm, stt] = await checkServices(plan);
    assert.deepEqual([llm!.state, llm!.details], ["failed", "The server there is Triton Inference Server"]);
    assert.equal(llm!.remedy, 'Write "protocol: triton" in the scenario, or correct the address');
    assert.equal(stt!.remedy, "Correct the address: the scenario needs a stt service that speaks june");
    assert.equal(mayStart([llm!]), false);
    assert.match(describeObstacles([llm!, stt!]), /2 of 2 services are not ready.*try: Write "protocol: triton"/s);
  } finally {
    await triton.close();
  }
});

Deno.test("preflight finds services of every protocol well at the simulator", async () => {
  const simulator = await startSimulator({ ports: { llm: 0, stt: 0, tts: 0 }, http_port: 0 });
  try {
    const { addresses: { llm, stt, tts }, http_address } = simulator;
    const plan = planOf(`{
      grpc: {
        inference_api: { host: "${llm}" },
        llm: { protocol: openai, host: "http://${http_address}", model: june-sim-llm },
        stt: { protocol: riva, host: "${stt}" },
        tts: { protocol: riva, host: "${tts}" },
      },
      calls: {
        shop: { protocol: rest, host: "http://${http_address}", exchanges: [{ path: /health }] },
        chat: { protocol: websocket, host: "ws://${http_address}/ws/me", exchanges: [{ text: hi }] },
      },
    }`);
    const checks = await checkServices(plan);
    assert.deepEqual(checks.map(({ name, state }) => [name, state]), [
      ["inference_api", "serving"],
      ["llm", "serving"],
      ["stt", "serving"],
      ["tts", "serving"],
      ["shop", "serving"],
      ["chat", "serving"],
    ]);
    assert.ok(checks.every(({ remedy }) => remedy === ""));
    const speech = planOf(`{ grpc: { llm: { protocol: openai, host: "http://${http_address}", model: wrong } } }`);
    const [wrong] = await checkServices(speech);
    assert.equal(wrong!.details, 'it does not list the model "wrong"; it lists june-sim-llm');
  } finally {
    await simulator.close();
  }
});

Deno.test("looking at services tells of each, though one of them cannot be begun with", async () => {
  const simulator = await startSimulator({ ports: { llm: 0, stt: 0, tts: 0 } });
  try {
    const plan = planOf(`{
      grpc: { llm: { host: "${simulator.addresses.llm}" } },
      calls: { shop: { protocol: grpc, host: "${simulator.addresses.llm}", exchanges: [{ method: shop.Search/Find }] } },
    }`);
    const [llm, shop] = await lookAtServices(plan);
    assert.deepEqual([llm!.state, shop!.state], ["serving", "failed"]);
    assert.match(shop!.details, /^it has no server reflection; name its \.proto files/);
  } finally {
    await simulator.close();
  }
});

Deno.test("preflight counts the addresses that connections are spread over, for plan, check and report", async () => {
  const triton = await openTriton();
  try {
    const host = `ipv4:${triton.address},127.0.0.2:1`;
    const plan = planOf(`{ grpc: { llm: { protocol: triton, model: m, host: "${host}" } } }`);
    assert.match(describeService(plan.services[0]!), /spread over 2 addresses/);
    const checks = await checkServices(plan);
    assert.equal(checks[0]!.addresses, 2);
    assert.equal(headerFor({ plan, tool: "t", services: checks }, new Date()).services[0]!.addresses, 2);
    const first = planOf(`{ grpc: { llm: { protocol: triton, model: m, host: "${host}", addresses: pick_first } } }`);
    assert.match(describeService(first.services[0]!), /first address only/);
    assert.equal((await checkServices(first))[0]!.addresses, undefined);
  } finally {
    await triton.close();
  }
});

/** One service of each protocol over gRPC. */
const OVER_GRPC: Readonly<Record<string, (address: string) => string>> = {
  june: (host) => `{ grpc: { llm: { host: "${host}" } } }`,
  triton: (host) => `{ grpc: { tensorrt_llm: { host: "${host}" } } }`,
  riva: (host) => `{ grpc: { stt: { protocol: riva, host: "${host}" } } }`,
  grpc: (host) => `{ calls: { shop: { protocol: grpc, host: "${host}", exchanges: [{ method: a.B/C }] } } }`,
};

/** What servers of HTTP/2 without gRPC answer to each request. */
const FOREIGN: Readonly<Record<string, () => Response>> = {
  "404 text/plain": () => new Response("404 page not found", { status: 404 }),
  "404 without a content type": () => new Response(null, { status: 404 }),
  "403 text/html": () => new Response("<html>no</html>", { status: 403, headers: { "content-type": "text/html" } }),
  "200 without a content type": () => new Response(null),
};

for (const transport of ["wire", "grpc-js"]) {
  Deno.test(`a port that speaks HTTP/2 but not gRPC is a wrong port for every protocol (${transport})`, async () => {
    for (const [what, answer] of Object.entries(FOREIGN)) {
      const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
      try {
        for (const [protocol, services] of Object.entries(OVER_GRPC)) {
          const plan = planOf(services(`127.0.0.1:${server.addr.port}`), `, transport: ${transport}`);
          const [check] = await lookAtServices(plan);
          const seen = `${protocol}, ${what}: ${check!.state}, ${check!.details}`;
          assert.equal(check!.state, "failed", seen);
          assert.match(check!.details, /HTTP status|without a grpc-status|HTTP_1_1_REQUIRED/, seen);
          assert.equal(mayStart([check!]), false);
        }
      } finally {
        await server.shutdown();
      }
    }
  });
}

/** A gRPC server that ends every call to some methods with one status. */
async function refusing(paths: readonly string[], code: number): Promise<WireServer & { address: string }> {
  const server = new WireServer();
  for (const path of paths) {
    server.handle(path, (call) => ({
      message: () => call.end(code, "said the server"),
      halfClose() {},
      cancel() {},
      drain() {},
    }));
  }
  const port = await server.listen({ hostname: "127.0.0.1", port: 0 });
  return Object.assign(server, { address: `127.0.0.1:${port}` });
}

Deno.test("who is unknown may not start, and who may not ask is warned, whatever the protocol", async () => {
  for (const [code, status, state] of [[16, 401, "failed"], [7, 403, "doubtful"]] as const) {
    const rpc = await refusing([HEALTH_RPCS.llm.path, health.PATHS.check], code);
    const http = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response("no", { status }));
    try {
      const url = `http://127.0.0.1:${http.addr.port}`;
      const checks = await checkServices(planOf(`{
        grpc: {
          inference_api: { host: "${rpc.address}" },
          stt: { protocol: riva, host: "${rpc.address}" },
          llm: { protocol: openai, host: "${url}", model: any },
        },
        calls: { shop: { protocol: rest, host: "${url}", exchanges: [{ path: / }] } },
      }`));
      assert.deepEqual(checks.map((check) => check.state), [state, state, state, state]);
      const words = checks.map(({ remedy }) => remedy.replace("metadata", "headers"));
      assert.equal(new Set(words).size, 1, words.join("\n"));
      assert.equal(mayStart(checks), state === "doubtful");
      for (const check of checks) assert.doesNotMatch(warningOf(check) ?? "", /not healthy/);
    } finally {
      await Promise.all([rpc.close(), http.shutdown()]);
    }
  }
});

Deno.test("a port that accepts and stays silent is reported after the limit it names", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const held: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const conn of listener) held.push(conn);
  })();
  const host = `127.0.0.1:${listener.addr.port}`;
  try {
    for (const transport of ["wire", "grpc-js"]) {
      const plan = planOf(
        `{
        grpc: {
          inference_api: { host: "${host}" },
          stt: { protocol: riva, host: "${host}", tls: true },
          llm: { protocol: openai, host: "http://${host}", model: any },
        },
        calls: {
          shop: { protocol: rest, host: "http://${host}", exchanges: [{ path: / }] },
          fast: { protocol: rest, http: 2, host: "http://${host}", exchanges: [{ path: / }] },
          chat: { protocol: websocket, host: "ws://${host}", exchanges: [{ text: hi }] },
        },
      }`,
        `, transport: ${transport}`,
        { timeout: "1500ms" },
      );
      const checks = await lookAtServices(plan);
      assert.equal(checks.length, 6);
      for (const { name, details, took_ms } of checks) {
        assert.match(details, /within 1500 ms$/, name);
        assert.ok(took_ms >= 1450 && took_ms < 2250, `${name} took ${took_ms} ms`);
      }
    }
  } finally {
    listener.close();
    await accepting;
    for (const conn of held) conn.close();
  }
});

Deno.test("check tries a model with its own task, and says what it does not do", async () => {
  await using server = openSpeechServer({
    listed: ["whisper-1", "kokoro", "chat"],
    stt: ["whisper-1"],
    tts: ["kokoro"],
    llm: ["chat"],
    voices: ["af_bella", "af_sky"],
  });
  const plan = planOf(`{ grpc: {
    llm: { protocol: openai, host: "${server.url}", model: whisper-1 },
    stt: { protocol: openai, host: "${server.url}", model: chat },
    tts: { protocol: openai, host: "${server.url}", model: kokoro, voice: af_bella(2)+af_sky },
  } }`);
  const [llm, stt, tts] = await lookAtServices(plan);
  assert.equal(llm!.state, "failed");
  assert.match(llm!.details, /by its name recognises speech, .*; model whisper-1 does not answer in words: HTTP 400/);
  assert.deepEqual([stt!.state, tts!.state], ["failed", "serving"]);
  assert.match(stt!.details, /^model chat does not recognise speech: HTTP 400: .*: The model chat does not support/);
  server.asked.length = 0;
  const [before] = await checkServices(plan);
  assert.equal(before!.state, "doubtful", "a run only reads the name");
  assert.ok(!server.asked.some((asked) => asked.startsWith("POST")), server.asked.join());
});

Deno.test("a voice that is not there, and raw PCM of another rate, are warnings with what is there", async () => {
  await using server = openSpeechServer({
    tts: ["kokoro"],
    voices: { voices: [{ id: "af_bella" }, { id: "af_sky" }] },
  });
  const simulator = await startSimulator({ ports: { llm: 0, stt: 0, tts: 0 } });
  try {
    const checkOf = async (keys: string) => (await checkServices(planOf(`{ grpc: { tts: { ${keys} } } }`)))[0]!;
    const openai = `protocol: openai, host: "${server.url}", model: kokoro`;
    const voice = await checkOf(openai);
    assert.deepEqual([voice.state, voice.details], ["doubtful", 'it has no voice "alloy"; it has af_bella, af_sky']);
    assert.match(warningOf(voice) ?? "", /^tts \(.*\): it has no voice "alloy".*Set `voice` to one of those/);
    const asked = await checkOf(`${openai}, voice: af_sky, format: pcm`);
    assert.deepEqual([asked.state, asked.sample_rate_hz], ["serving", 22_050]);
    const events = await checkOf(`${openai}, voice: af_sky, format: pcm, extra: { stream_format: sse }`);
    assert.deepEqual([events.state, events.sample_rate_hz], ["serving", 22_050], "the rate of events is known, too");
    const plan = planOf(`{ grpc: { tts: { ${openai}, format: pcm } } }`);
    const { settings } = withRates(plan, [asked]).services[0]!;
    assert.equal(settings?.protocol === "openai" && settings.sample_rate_hz, 22_050);
    const raw = await checkOf(`${openai}, voice: af_sky, format: pcm, sample_rate: 24000`);
    assert.equal(raw.details, "it speaks at 22050 Hz as WAV, and the scenario reads its raw PCM at 24000 Hz");
    assert.match(raw.remedy, /Leave `sample_rate` out/);
    assert.equal((await checkOf(`${openai}, voice: af_sky, format: pcm, sample_rate: 22050`)).state, "serving");
    const june = await checkOf(`host: "${simulator.addresses.tts}", voice: alloy`);
    assert.deepEqual([june.state, june.details], ["doubtful", 'it has no voice "alloy"; it has default']);
    const riva = await checkOf(`protocol: riva, host: "${simulator.addresses.tts}", voice: alloy`);
    assert.deepEqual([riva.state, riva.details.slice(0, 24)], ["failed", 'it has no voice "alloy";']);
  } finally {
    await simulator.close();
  }
});
