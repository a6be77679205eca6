import assert from "node:assert/strict";
import { figuresOf, frozen } from "../../bench/accuracy/path.ts";
import { arrivalsOf } from "../../bench/accuracy/tool.ts";
import { constant } from "../../lib/sim/model/distribution.ts";
import { startInWorker } from "../../lib/sim/worker/start_in_worker.ts";
import { holdStage, task } from "../plans.ts";
import { runPlan } from "../pool/run_plan.ts";
import { makePlan } from "../result/make_run.ts";

const DURATION_MS = 5000;
const FREEZE_MS = 1000;
/** After the simulator's start: pools that are ready within 3 s have the whole freeze in their 5 s of load. */
const FREEZE_AT_MS = 3000;
const SERVICE_MS = 5;

Deno.test("a server that freezes for 1 s of 5 s: the P99 at 100/s is within 5 % of what the schedule says", async () => {
  const simulator = await startInWorker({
    ports: { llm: 0, stt: 0, tts: 0 },
    models: {
      llm: { slots: 10_000, first_token_ms: constant(SERVICE_MS), output_tokens: constant(1) },
    },
    faults: [{ kind: "stall", at_ms: FREEZE_AT_MS, for_ms: FREEZE_MS, service: "llm" }],
  });
  try {
    const base = makePlan();
    const plan = makePlan({
      services: base.services.filter(({ kind }) => kind === "llm")
        .map((service) => ({ ...service, address: simulator.addresses.llm })),
      tasks: [task("llm.generate")],
      loads: [{
        kind: "open",
        name: "load",
        courses: [{ kind: "linear", start_ms: 0, end_ms: DURATION_MS, from: 100, to: 100 }],
        spacing: "constant",
        max_in_flight: 1000,
        max_wait_ms: 10_000,
      }],
      stages: [holdStage(DURATION_MS)],
      duration_ms: DURATION_MS,
      thresholds: [],
      transport: "wire",
      workers: 1,
    });
    const run = await runPlan(plan);
    const { issued, outcomes } = run.total();
    assert.deepEqual([issued, outcomes.ok, run.unaccounted], [500, 500, 0]);
    const latency = run.total().histogram("latency");
    assert.ok(latency.max > 0.95 * FREEZE_MS * 1000, `no call met the whole freeze: ${latency.max} us at worst`);
    // Where in the run the freeze falls moves the truth by 10 ms at most, the time between two calls.
    const freeze_at_us = DURATION_MS * 500;
    const truth_us = figuresOf(frozen(arrivalsOf(run), SERVICE_MS * 1000, freeze_at_us, FREEZE_MS * 1000)).p99;
    const p99_us = latency.percentile(99);
    assert.ok(Math.abs(p99_us / truth_us - 1) < 0.05, `P99 ${p99_us} us, truth ${truth_us} us`);
  } finally {
    await simulator.close();
  }
});
