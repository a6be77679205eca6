/** The simulator's Triton, called over the network by the driver for Triton. */
import assert from "node:assert/strict";
import { simulated } from "../../lib/cli/sim/simulated.ts";
import type { TaskName } from "../../lib/plan/tasks.ts";
import type { Run } from "../../lib/result/run.ts";
import { lookAtServices } from "../../lib/run/preflight.ts";
import { loadScenario } from "../../lib/scenario/load.ts";
import { parseFault } from "../../lib/sim/fault/parser.ts";
import { startSimulator } from "../../lib/sim/simulator.ts";
import { SERVICES } from "../driver/workbench.ts";
import { closedLoad, constantPause, holdStage, task } from "../plans.ts";
import { runPlan } from "../pool/run_plan.ts";
import { makePlan } from "../result/make_run.ts";

const TASKS: TaskName[] = ["llm.generate", "llm.generate_stream", "llm.chat", "llm.chat_stream", "llm.health"];

async function runTriton(streams: "per_request" | "shared", faults: string[] = []): Promise<Run> {
  const simulator = await startSimulator({ ports: { llm: 0, stt: 0, tts: 0 }, faults: faults.map(parseFault) });
  try {
    const settings = {
      protocol: "triton",
      model: "ensemble",
      version: "7",
      streams,
      inputs: null,
      text_output: "out",
    } as const;
    const plan = makePlan({
      services: [{ ...SERVICES.llm, protocol: "triton", settings }],
      tasks: TASKS.map((name) => task(name)),
      loads: [closedLoad(8, 100, 1500, constantPause(5))],
      duration_ms: 1500,
      grace_ms: 30_000,
      stages: [holdStage(1500)],
      thresholds: [],
      workers: 1,
    });
    return await runPlan(simulated(plan, simulator).plan);
  } finally {
    await simulator.close();
  }
}

for (const streams of ["per_request", "shared"] as const) {
  Deno.test(`every task of Triton succeeds against the simulator, with streams ${streams}`, async () => {
    const run = await runTriton(streams);
    assert.deepEqual(run.operations.toSorted(), TASKS.toSorted());
    for (const operations of TASKS) {
      const total = run.total({ operations });
      assert.ok(total.issued > 0, operations);
      assert.equal(total.outcomes.ok, total.issued, operations);
    }
    const streamed = run.total({ operations: "llm.chat_stream" });
    assert.ok(streamed.counter("output_tokens") > 2 * streamed.issued, "the server counts its tokens");
    assert.ok(streamed.histogram("gap").count > streamed.issued, "words come one by one");
  });

  Deno.test(`faults of the simulator reach the calls of Triton, with streams ${streams}`, async () => {
    const run = await runTriton(streams, ["llm.error_rate=100%"]);
    for (const operations of TASKS.slice(0, 4)) {
      const { outcomes, issued } = run.total({ operations });
      assert.deepEqual([outcomes.failed, issued > 0], [issued, true], operations);
    }
  });
}

Deno.test("the simulated Triton tells what it lacks, as Triton does", async () => {
  const simulator = await startSimulator({ ports: { llm: 0, stt: 0, tts: 0 }, faults: [] });
  try {
    const look = async (keys: string) => {
      const text =
        `services: { grpc: { tensorrt_llm: { host: "${simulator.addresses.llm}"${keys} } } }\nscenarios: { a: { users: 1, duration: 1s } }`;
      const { plan } = loadScenario({ text, file: "x.yaml", dir: ".", env: {}, cores: 1, overrides: {} });
      const [check] = await lookAtServices(plan);
      return `${check!.state}: ${check!.details}`;
    };
    assert.match(await look(""), /failed: The server has no model "ensemble"; it has june-sim-llm/);
    assert.match(await look(", model: june-sim-llm"), /serving: model june-sim-llm, version 1, .*decoupled/);
    assert.match(await look(', model: june-sim-llm, version: "3"'), /failed: .*has no version "3"; its versions: 1/);
  } finally {
    await simulator.close();
  }
});
