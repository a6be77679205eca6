import assert from "node:assert/strict";
import { headerFor } from "../../lib/run/header.ts";
import { checkServices, describeObstacles, lookAtServices, mayStart } from "../../lib/run/preflight.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import { describeService } from "../../lib/scenario/describe/service.ts";
import { loadScenario } from "../../lib/scenario/load.ts";
import { WireServer } from "../../lib/sim/server/wire_server.ts";
import { startSimulator } from "../../lib/sim/simulator.ts";
import { StatusCode } from "../../lib/transport/status.ts";
import * as health from "../../proto/health.ts";
import * as kserve from "../../proto/kserve.ts";

const planOf = (services: string): Plan =>
  loadScenario({
    text: `services: ${services}\nscenarios: { one: { users: 1, duration: 1s } }`,
    file: "x.yaml",
    dir: ".",
    env: {},
    cores: 1,
    overrides: {},
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
