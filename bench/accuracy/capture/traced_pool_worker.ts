/** The entry of the worker that runs one pool as `lib/pool/user_pool_worker.ts` does, and keeps every call's marks. */
/// <reference lib="deno.worker" />
import type { SeriesData } from "../../../lib/measure/interval.ts";
import { Alarm } from "../../../lib/pool/alarm.ts";
import { indexPlan, preparePool } from "../../../lib/pool/prepare.ts";
import { UserPool } from "../../../lib/pool/user_pool.ts";
import { loadTransport } from "../../../lib/transport/registry.ts";
import type { FromTracedPool, ToTracedPool, TracedRun } from "./messages.ts";
import { Trace, TracedClock } from "./trace.ts";
import { WallClock } from "./wall_clock.ts";

/** Between the making of the pool and its epoch; milliseconds. */
const START_MARGIN_MS = 100;

async function run({ plan, origin_s }: ToTracedPool): Promise<TracedRun> {
  const alarm = new Alarm();
  const prepared = await preparePool(plan, await loadTransport(plan.transport), await indexPlan(plan));
  await alarm.ready;
  const wall = new WallClock(origin_s);
  const before = wall.compare();
  const epoch_ms = performance.now() + START_MARGIN_MS;
  const clock = new TracedClock(epoch_ms, alarm);
  const trace = new Trace(clock);
  const series: SeriesData[] = [];
  const operations = prepared.operations.map((operation) => trace.of(operation));
  const pool = new UserPool(plan, 0, 1, { ...prepared, operations }, clock, (second) => series.push(...second.series));
  await pool.run();
  const clocks: TracedRun["clocks"] = [before, wall.compare()];
  wall.close();
  return { epoch_us: epoch_ms * 1000, clocks, ...trace.take(), series };
}

self.onmessage = async ({ data }: MessageEvent<ToTracedPool>) => {
  const answer = await run(data).then(
    (run): FromTracedPool => ({ kind: "ran", run }),
    (error): FromTracedPool => ({ kind: "failed", message: error instanceof Error ? error.message : String(error) }),
  );
  self.postMessage(answer);
};
