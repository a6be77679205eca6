/**
 * Timeouts are censored: of a call that timed out is known only that it took at least its deadline. Where so many timed
 * out that a percentile lies among them, the percentile of the calls that came back says nothing. Definition:
 * docs/measurement.md.
 */
import { matchesGlob } from "../plan/glob.ts";
import { DISTRIBUTIONS, isDistributionMeasure, type Measure } from "../plan/threshold/threshold.ts";
import type { Run, Selection } from "../result/run.ts";

/** Whether a measure reads values of which a call that timed out is known to have a large one. */
export function isCensored(measure: Measure): boolean {
  return isDistributionMeasure(measure) && DISTRIBUTIONS[measure.of].censored;
}

/**
 * The deadline that a percentile or maximum of latency is hidden behind, or null where it can be read; microseconds. Of
 * operations with several deadlines it is the shortest among those that timed out.
 */
export function censoringDeadline_us(run: Run, measure: Measure, selection: Selection): number | null {
  const percentile = measure.kind === "percentile" ? measure.percentile : measure.kind === "max" ? 100 : null;
  if (percentile === null || !isCensored(measure)) return null;
  const { ok, timed_out } = run.total(selection).outcomes;
  if (timed_out === 0 || timed_out / (ok + timed_out) <= 1 - percentile / 100) return null;
  return shortestDeadline_us(run, selection);
}

function shortestDeadline_us(run: Run, selection: Selection): number | null {
  const { tasks, services } = run.plan;
  const timedOut = tasks.filter(({ operation }) =>
    (selection.operations === undefined || matchesGlob(selection.operations, operation)) &&
    run.total({ ...selection, operations: operation }).outcomes.timed_out > 0
  );
  const called = services.filter(({ name }) => timedOut.some((task) => task.services.includes(name)));
  return called.length === 0 ? null : Math.min(...called.map(({ timeout_ms }) => timeout_ms)) * 1000;
}
