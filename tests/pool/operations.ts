/** Operations that do what a test says, and pools that run them. */
import type { Clock, Marks, Operation, OperationEnd, Random } from "../../lib/driver/driver.ts";
import type { IntervalData } from "../../lib/measure/interval.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import { PoolClock } from "../../lib/pool/clock.ts";
import { UserPool } from "../../lib/pool/user_pool.ts";
import { Run } from "../../lib/result/run.ts";
import type { Offsets } from "../../lib/schedule/arrivals.ts";
import { makeHeader } from "../result/make_run.ts";

/** A good end. */
export const OK: OperationEnd = { outcome: "ok", code: 0, type: "", details: "", sent_bytes: 10, received_bytes: 20 };
/** The end of a call that was cut off. */
export const CANCELLED: OperationEnd = { ...OK, outcome: "cancelled", code: 1, type: "CANCELLED" };
/** The end of a call to a target that is not there. */
export const FAILED: OperationEnd = { ...OK, outcome: "failed", code: 14, type: "UNAVAILABLE" };

/** What a call does; returns what cancelling it does. */
export type Begin = (marks: Marks, clock: Clock, random: Random) => () => void;

/** An operation whose calls do what `begin` says. */
export function operation(name: string, begin: Begin): Operation {
  return { name, reply_stream: true, start: ({ marks, clock, random }) => ({ cancel: begin(marks, clock, random) }) };
}

/** Calls that are sent at once and end `wait_us` later. */
export function after(wait_us: number, end: OperationEnd = OK): Begin {
  return (marks, clock) => {
    marks.sent();
    const timer = clock.at(clock.now_us() + wait_us, () => marks.end(end));
    return () => {
      timer.cancel();
      marks.end(CANCELLED);
    };
  };
}

/** How a pool of a test is run. */
export interface PoolOptions {
  part?: number;
  parts?: number;
  offsets?: Offsets;
  /** Called once the pool runs. */
  act?: (pool: UserPool) => void;
}

/** Runs one pool to its end. */
export async function runPool(plan: Plan, operations: Operation[], options: PoolOptions = {}) {
  const { part = 0, parts = 1, offsets = () => [], act = () => {} } = options;
  const run = new Run(makeHeader(plan));
  const intervals: IntervalData[] = [];
  const clock = new PoolClock(performance.now());
  const pool = new UserPool(plan, part, parts, { services: [], operations, offsets }, clock, (interval) => {
    intervals.push(interval);
    run.add({ type: "interval", ...interval });
  });
  const done = pool.run();
  act(pool);
  await done;
  return { run, intervals };
}
