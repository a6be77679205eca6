import assert from "node:assert/strict";
import { builtInClips } from "../../lib/driver/inputs/built_in.ts";
import type { Run } from "../../lib/result/run.ts";
import { inFolder, runScenario } from "./cli.ts";

/** June's own file as its first version had it, with a short scenario. */
const JUNE = `services:
  grpc:
    tensorrt_llm: { host: "tensorrt-llm:8000", weight: 30 }
    stt: { host: "stt:50052", weight: 20 }
    tts: { host: "tts:50053", weight: 20 }
  gateway:
    host: "http://localhost:8000"
    rest_endpoints:
      - { path: /health, method: GET, weight: 10 }
      - { path: /api/v1/llm/generate, method: POST, weight: 30 }
      - { path: /api/v1/tts/speak, method: POST, weight: 20 }
      - { path: /api/v1/audio/transcribe, method: POST, weight: 20 }
      - { path: /chat, method: POST, weight: 40, requires_auth: true }
      - { path: /status, method: GET, weight: 5 }
    websocket: { path: "/ws/{user_id}", weight: 20 }
scenarios:
  short: { users: 10, spawn_rate: 100, duration: 2s, think_time: 20ms, thresholds: [calls > 0] }
metrics:
  error_rate: { threshold: 0.01 }
`;

const REST = [
  "rest GET /health",
  "rest GET /status",
  "rest POST /api/v1/audio/transcribe",
  "rest POST /api/v1/llm/generate",
  "rest POST /api/v1/tts/speak",
  "rest POST /chat",
];

/** Runs the file before the simulator's gateway. */
async function run(dir: string, type: string, text: string, ...flags: string[]): Promise<Run> {
  await Deno.writeTextFile(`${dir}/load_test_config.yaml`, text);
  const wanted = `${dir}/load_test_config.yaml`;
  return (await runScenario(dir, { wanted, name: "short", flags: ["--test-type", type, ...flags] })).run;
}

/** All calls ended ok. */
function assertFine(run: Run): void {
  for (const operation of run.operations) {
    const { issued, outcomes } = run.total({ operations: operation });
    assert.ok(outcomes.ok > 0, operation);
    assert.equal(outcomes.ok, issued, `${operation}: ${JSON.stringify([outcomes, run.failures])}`);
  }
}

Deno.test("June's gateway file runs with --test-type rest: every end point, the chat with its token", async () => {
  await inFolder(async (dir) => {
    // What the gateway hears is what was said, whichever clip it was.
    const said = (await builtInClips()).map(({ text }) => text).join("|").replace(/[.?]/g, "\\$&");
    const file = JUNE.replace(
      /transcribe, method: POST/,
      `$&, checks: [{ path: transcript, matches: ${JSON.stringify(`^(${said})$`)} }]`,
    );
    const result = await run(dir, "rest", file);
    assert.deepEqual([...result.operations].sort(), REST);
    assertFine(result);
  });
});

Deno.test("with --test-type websocket each exchange is timed to its answer, over new sockets and over kept ones", async () => {
  for (const sessions of ["per_exchange", "kept"]) {
    await inFolder(async (dir) => {
      const settings = `websocket: { path: "/ws/{user_id}", weight: 20, sessions: ${sessions}, ping: 1s }`;
      const result = await run(dir, "websocket", JUNE.replace(/websocket: .*/, settings));
      assert.deepEqual(result.operations, ["websocket /ws/{user_id} text"]);
      assertFine(result);
      const total = result.total({});
      assert.equal(total.messages, total.outcomes.ok);
      // The model behind the gateway takes its time: a local write would be a thousand times quicker.
      assert.ok((total.histogram("service_time")?.percentile(50) ?? 0) > 50_000);
    });
  }
});

Deno.test("all runs both, and the gateway's limits and outages are told apart", async () => {
  await inFolder(async (dir) => {
    const faults = ["--fault", "llm.rate_limit=5", "--fault", "tts.refuse"];
    const result = await run(dir, "all", JUNE.replace(/ {2}grpc:\n(.*\n){3}/, ""), ...faults);
    const told = result.failures.map(({ operation, type, pattern }) => `${operation}: ${type}: ${pattern}`).join("\n");
    assert.match(told, /rest POST \/api\/v1\/llm\/generate: HTTP 429: .*too many requests; try again after/);
    assert.match(told, /rest POST \/chat: HTTP 429/);
    assert.match(told, /rest POST \/api\/v1\/tts\/speak: HTTP 503: .*overloaded or still loading/);
    assert.match(told, /rest GET \/health: HTTP 503/);
    const { outcomes } = result.total({ operations: "rest POST /api/v1/audio/transcribe" });
    assert.ok(outcomes.ok > 0);
    assert.equal(outcomes.failed, 0);
  });
});
