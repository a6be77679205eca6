/** Rules that end a run: judged each second on the run so far. */
import { endedCalls } from "../measure/series.ts";
import type { Threshold } from "../plan/threshold/threshold.ts";
import type { Run } from "../result/run.ts";
import { type AbortReason, abortReason } from "./abort_event.ts";
import { holdRule } from "./hold_rule.ts";

/** Fewer calls than these end no run: the first call of all may well be slow, or fail. */
const MIN_CALLS = 10;

/**
 * Why the run has to end now, or null. A rule is judged once its delay has passed, ten of its
 * calls have ended and there is something to read. That a strict rule is not sure yet ends no run, nor what june-load
 * itself may have caused, and once the load is over there is nothing left to end.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makePlan, makeRun } from "../../tests/result/make_run.ts";
 * import { rule } from "../../tests/plans.ts";
 *
 * const plan = makePlan({ thresholds: [rule("error_rate < 50% else abort")] });
 * assert.equal(whyAbort(makeRun({ plan, seconds: 20 })), null);
 * assert.match(whyAbort(makeRun({ plan, seconds: 20, errors: 0.9 }))?.text ?? "", /error_rate < 50%/);
 * ```
 */
export function whyAbort(run: Run): AbortReason | null {
  if (run.elapsed_ms >= run.plan.duration_ms) return null;
  for (const rule of run.plan.thresholds) {
    if (rule.level !== "abort" || run.elapsed_ms < (rule.abort_after_ms ?? 0) || !hasCalls(run, rule)) continue;
    const { passed, observed, observed_text, unsure, undecided } = holdRule(run, rule);
    if (!passed && observed !== null && unsure === null && undecided === null) return abortReason(rule, observed_text);
  }
  return null;
}

function hasCalls(run: Run, { stage, operations }: Threshold): boolean {
  const total = run.total({ ...(stage === null ? {} : { stage }), ...(operations === null ? {} : { operations }) });
  return endedCalls(total.outcomes) >= MIN_CALLS;
}
