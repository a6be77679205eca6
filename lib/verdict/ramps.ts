/** Ramps are left out of values: while users start one after another, no load is there to say how long an answer takes. */
import { isDistributionMeasure, type Threshold } from "../plan/threshold/threshold.ts";
import type { Run, Selection } from "../result/run.ts";

/**
 * The calls of a selection whose values count: all of a stage that is named; otherwise none that was due in a ramp, unless
 * no other was due. Definition: docs/measurement.md.
 */
export function valuesOf(run: Run, selection: Selection): Selection {
  if (selection.stage !== undefined || !run.plan.stages.some(({ ramp }) => ramp === true)) return selection;
  const level: Selection = { ...selection, without_ramps: true };
  return run.total(level).issued > 0 ? level : selection;
}

/**
 * The calls that a rule reads. A percentile, mean or extreme leaves out the ramp; a rule that ends the run does not, for
 * it protects the service at any time.
 */
export function ruleSelection(run: Run, { stage, measure, level }: Threshold, operation: string | null): Selection {
  const all = { ...(stage === null ? {} : { stage }), ...(operation === null ? {} : { operations: operation }) };
  return isDistributionMeasure(measure) && level !== "abort" ? valuesOf(run, all) : all;
}

/** Names of the ramps that a selection leaves out. */
export function leftOut({ plan }: Run, { without_ramps }: Selection): string[] {
  return without_ramps === true ? plan.stages.filter(({ ramp }) => ramp === true).map(({ name }) => name) : [];
}
