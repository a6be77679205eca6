/** Users against services that refuse them, over real sockets. */
import assert from "node:assert/strict";
import type { Plan } from "../../lib/plan/plan.ts";
import { Run } from "../../lib/result/run.ts";
import { preparePools } from "../../lib/pool/pools.ts";
import { startInWorker } from "../../lib/sim/worker/start_in_worker.ts";
import { constantPause, holdStage, task } from "../plans.ts";
import { CALL_TASK, restService, withSeen } from "../driver/rest/bench.ts";
import { makeHeader, makePlan } from "../result/make_run.ts";
import { runPlan } from "./run_plan.ts";

const USERS = 6;
const SECONDS = 3;

function planOf(change: Partial<Plan>, after_failure_ms: number): Plan {
  const duration_ms = SECONDS * 1000;
  const courses = [{ kind: "linear", start_ms: 0, end_ms: duration_ms, from: USERS, to: USERS } as const];
  return makePlan({
    loads: [{
      kind: "closed",
      name: "crowd",
      courses,
      users: USERS,
      think_time: constantPause(0),
      start: "staggered",
      after_failure_ms,
    }],
    duration_ms,
    grace_ms: 1000,
    stages: [holdStage(duration_ms)],
    transport: "wire",
    thresholds: [],
    ...change,
  });
}

/** Runs six users without think time against a REST service that answers so. */
async function against(status: number, headers: Record<string, string>, after_failure_ms: number): Promise<Run> {
  let found: Run | null = null;
  await withSeen(() => ({ status, headers }), async (address) => {
    const plan = planOf({ services: [restService(address, [{}])], tasks: [CALL_TASK] }, after_failure_ms);
    found = await runPlan(plan);
  });
  return found ?? assert.fail("no run");
}

const repeatsOf = (run: Run) => run.total().counter("repeats");

Deno.test("six users before a server that refuses at once make at most six calls a second", async () => {
  for (const status of [429, 503]) {
    const run = await against(status, {}, 1000);
    const { issued, outcomes } = run.total();
    assert.ok(issued >= USERS && issued <= USERS * SECONDS, `${issued} calls`);
    assert.equal(outcomes.failed, issued);
    assert.equal(repeatsOf(run), issued - USERS);
  }
});

Deno.test("a server's Retry-After is waited for", async () => {
  const run = await against(503, { "retry-after": "2" }, 1000);
  assert.ok(run.total().issued >= USERS && run.total().issued <= 2 * USERS, `${run.total().issued} calls`);
});

Deno.test("with after_failure 0 users go on at once, and the result says that they repeat", async () => {
  const run = await against(503, { "retry-after": "2" }, 0);
  assert.ok(run.total().issued > 20 * USERS, `${run.total().issued} calls`);
  assert.equal(repeatsOf(run), run.total().issued - USERS);
});

for (const transport of ["wire", "grpc-js"] as const) {
  Deno.test(`users of a gRPC service that has gone pause, too, over ${transport}`, async () => {
    const simulator = await startInWorker({ ports: { llm: 0, stt: 0, tts: 0 } });
    const base = makePlan();
    const services = base.services.filter(({ kind }) => kind === "llm")
      .map((service) => ({ ...service, address: simulator.addresses.llm }));
    const plan = planOf({ services, tasks: [task("llm.health")], transport }, 1000);
    const pools = await preparePools(plan);
    await simulator.close();
    const run = new Run(makeHeader(plan));
    const { failure } = await pools.start((interval) => run.add({ type: "interval", ...interval })).done;
    assert.equal(failure, null);
    const { issued, outcomes } = run.total();
    assert.ok(issued >= 2 * USERS && issued <= USERS * SECONDS, `${issued} calls`);
    assert.equal(outcomes.failed, issued);
    assert.equal(repeatsOf(run), issued - USERS);
  });
}
