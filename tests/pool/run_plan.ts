/** Runs whole plans, in workers, with no command line and no file. */
import assert from "node:assert/strict";
import type { Plan } from "../../lib/plan/plan.ts";
import { preparePools } from "../../lib/pool/pools.ts";
import { Run } from "../../lib/result/run.ts";
import { makeHeader } from "../result/make_run.ts";

/** Runs a plan to its end, into `run`; no pool may fail, and every call must be accounted for. */
export async function runPlan(
  plan: Plan,
  run: Run = new Run(makeHeader(plan)),
  indexes?: Parameters<typeof preparePools>[1],
): Promise<Run> {
  const pools = await preparePools(plan, indexes);
  const { failure } = await pools.start((interval) => run.add({ type: "interval", ...interval })).done;
  assert.equal(failure, null);
  assert.equal(run.unaccounted, 0);
  return run;
}
