/** Between the bench and the worker in which its pool runs. */
import type { SeriesData } from "../../../lib/measure/interval.ts";
import type { Plan } from "../../../lib/plan/plan.ts";
import type { CallTrace } from "./trace.ts";
import type { ClockReading } from "./wall_clock.ts";

/** To the worker: run this. */
export interface ToTracedPool {
  plan: Plan;
  /** Second from which times of the wall clock count. */
  origin_s: number;
}

/** From the worker, once. */
export type FromTracedPool = { kind: "ran"; run: TracedRun } | { kind: "failed"; message: string };

/** A run with every call's marks. */
export interface TracedRun {
  /** The run's epoch on the worker's `performance.now()`; microseconds. */
  epoch_us: number;
  /** Before the run and after it. */
  clocks: [ClockReading, ClockReading];
  /** In the order of their starts. */
  calls: CallTrace[];
  /** Every instant at which the pool is known to have been at work; rising. */
  work_us: Float64Array;
  /** What the result would hold of them. */
  series: SeriesData[];
}
