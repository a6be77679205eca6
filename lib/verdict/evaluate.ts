/** Holds a plan's thresholds against a run. Pure: the same run gives the same verdict, live or years later. */
import { endedCalls } from "../measure/series.ts";
import { formatCount, formatDuration } from "../plan/units.ts";
import type { Run } from "../result/run.ts";
import { abortedRun } from "./abort_event.ts";
import { generatorFit } from "./generator_fit.ts";
import { holdRule } from "./hold_rule.ts";
import { sentenceFor } from "./sentence.ts";
import type { Verdict } from "./verdict.ts";

/**
 * The verdict on a run. A rule with nothing to read fails: an outage must not look like a pass. A run that ended early,
 * broke off, lost a call or whose generator could not keep up is never PASS.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../tests/result/make_run.ts"; // sixty made-up seconds
 *
 * assert.equal(evaluate(makeRun()).status, "PASS");
 * const { status, rules } = evaluate(makeRun({ errors: 0.1 }));
 * assert.equal(status, "FAIL");
 * assert.deepEqual(rules.filter(({ passed }) => !passed).map(({ threshold }) => threshold.source), ["error_rate < 1%"]);
 * ```
 */
export function evaluate(run: Run): Verdict {
  const rules = run.plan.thresholds.map((threshold) => holdRule(run, threshold));
  const failed = rules.some((rule) => !rule.passed && rule.threshold.level !== "warn");
  const invalid = whyInvalid(run);
  const status = failed && invalid?.decisive !== true ? "FAIL" : invalid !== null ? "INVALID" : "PASS";
  return { status, sentence: sentenceFor(run, status, rules, invalid?.text ?? null), rules };
}

/** Why the run cannot carry a PASS, or null. A decisive reason leaves no FAIL either: the figures are not the service's. */
function whyInvalid(run: Run): { text: string; decisive: boolean } | null {
  const { end } = run;
  if (end === null) {
    return { text: "The run broke off before its end; these are the figures up to there.", decisive: false };
  }
  if (end.reason === "failed") return { text: `june-load itself failed: ${end.text}`, decisive: true };
  if (run.unaccounted !== 0) {
    return {
      text: `${formatCount(run.unaccounted)} calls are unaccounted for; this is a fault of june-load.`,
      decisive: true,
    };
  }
  const limit = generatorFit(run).find(({ state }) => state === "invalid");
  if (limit !== undefined) return { text: `The load generator was the limit: ${limit.advice}.`, decisive: true };
  if (end.reason !== "completed") {
    const rule = run.plan.thresholds.find((threshold) => abortedRun(run, threshold));
    const how = rule === undefined ? "stopped" : `aborted by "${rule.source}"`;
    return { text: `The run was ${how} after ${formatDuration(run.load_end_ms * 1000)}.`, decisive: false };
  }
  if (run.plan.thresholds.length > 0) return null;
  return endedCalls(run.total().outcomes) > 0 ? null : { text: "No call ended.", decisive: true };
}
