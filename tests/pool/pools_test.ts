import assert from "node:assert/strict";
import type { IntervalData } from "../../lib/measure/interval.ts";
import { endedCalls } from "../../lib/measure/series.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import { PoolWorker } from "../../lib/pool/pool_worker.ts";
import { preparePools, startPools } from "../../lib/pool/pools.ts";
import { Run } from "../../lib/result/run.ts";
import { startInWorker } from "../../lib/sim/worker/start_in_worker.ts";
import { makeHeader, makePlan } from "../result/make_run.ts";
import { closedLoad, constantPause, holdStage, task } from "../plans.ts";

/** A plan of quick health checks against a simulator, so that seconds hold many calls. */
function healthPlan(addresses: Record<string, string>, change: Partial<Plan> = {}): Plan {
  const base = makePlan();
  const duration_ms = change.duration_ms ?? 1500;
  return makePlan({
    services: base.services.map((service) => ({ ...service, address: addresses[service.kind]! })),
    tasks: [
      task("llm.health", 1),
      task("stt.health", 1),
      task("tts.health", 1),
    ],
    loads: [closedLoad(12, 1000, duration_ms, constantPause(5))],
    duration_ms,
    stages: [holdStage(duration_ms)],
    thresholds: [],
    transport: "wire",
    workers: 3,
    ...change,
  });
}

async function withSimulator(body: (addresses: Record<string, string>) => Promise<void>): Promise<void> {
  const simulator = await startInWorker({ ports: { llm: 0, stt: 0, tts: 0 } });
  try {
    await body(simulator.addresses);
  } finally {
    await simulator.close();
  }
}

Deno.test("three pools run one plan: every call accounted for, seconds merged in order", async () => {
  await withSimulator(async (addresses) => {
    const plan = healthPlan(addresses);
    const run = new Run(makeHeader(plan));
    const indexes: number[] = [];
    const pools = await preparePools(plan);
    const { failure } = await pools.start((interval) => {
      indexes.push(interval.index);
      run.add({ type: "interval", ...interval });
    }).done;
    assert.equal(failure, null);
    assert.equal(run.unaccounted, 0);
    assert.deepEqual(indexes, indexes.map((_, i) => i));
    assert.equal(run.peak_users, 12);
    const { outcomes } = run.total();
    assert.ok(outcomes.ok > 300, `${outcomes.ok} calls`);
    assert.equal(endedCalls(outcomes), outcomes.ok);
    assert.equal(run.slots[0]?.connections.reduce((sum, { connections }) => sum + connections, 0), 9);
  });
});

Deno.test("a pool that dies is a failed run; what all pools had measured is kept and accounted for", async () => {
  await withSimulator(async (addresses) => {
    const plan = healthPlan(addresses, { duration_ms: 60_000 });
    const run = new Run(makeHeader(plan));
    const workers = [0, 1, 2].map((part) => new PoolWorker(part, 1500));
    await Promise.all(workers.map((worker) => worker.prepare(plan, workers.length)));
    let seconds = 0;
    const { done } = startPools(workers, (interval: IntervalData) => {
      run.add({ type: "interval", ...interval });
      if (++seconds === 1) workers[1]!.terminate();
    });
    const { failure } = await done;
    assert.match(failure?.message ?? "", /User pool 2 gave no sign of life for 2 s/);
    assert.ok(run.total().outcomes.ok > 100);
    assert.equal(run.unaccounted, 0);
  });
});

Deno.test("preparePools() tells a service that is not there as the user's to mend", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${listener.addr.port}`;
  listener.close();
  const plan = healthPlan({ llm: address, stt: address, tts: address });
  await assert.rejects(preparePools(plan), (error: Error) => {
    assert.equal(error.name, "UserError");
    assert.match(error.message, /refused/);
    return true;
  });
});
