/** Holds a plan's thresholds against a run. Pure: the same run gives the same verdict, live or years later. */
import { endedCalls } from "../measure/series.ts";
import { formatClock, formatCount, formatDuration } from "../plan/units.ts";
import type { Run } from "../result/run.ts";
import { abortedRun } from "./abort_event.ts";
import { remedyOf } from "./fit/remedy.ts";
import { generatorFit } from "./generator_fit.ts";
import { holdRule } from "./hold_rule.ts";
import { sentenceFor } from "./sentence.ts";
import type { RuleOutcome, Verdict } from "./verdict.ts";

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
  const deciding = rules.filter(({ threshold }) => threshold.level !== "warn");
  const failed = deciding.filter((rule) => !rule.passed && rule.undecided === null);
  const invalid = whyInvalid(run) ?? whyUndecided(run, deciding);
  // Calls that failed did so however late june-load was; what it spoils are times.
  const stands = invalid?.decisive === "of times" ? failed.some((rule) => !isTime(rule)) : invalid?.decisive !== true;
  const status = failed.length > 0 && stands ? "FAIL" : invalid !== null ? "INVALID" : "PASS";
  return { status, sentence: sentenceFor(run, status, rules, invalid?.text ?? null), rules };
}

/** Why a run carries no PASS. */
interface Invalid {
  text: string;
  /** It leaves no FAIL either, because the figures are not the service's: none at all, or only those of times. */
  decisive: boolean | "of times";
}

function isTime({ threshold: { measure } }: RuleOutcome): boolean {
  return "of" in measure && measure.kind !== "resource" && measure.kind !== "drift";
}

/** Rules whose answer hangs on calls that june-load spoilt. */
function whyUndecided(run: Run, rules: readonly RuleOutcome[]): Invalid | null {
  const open = rules.filter(({ undecided }) => undecided !== null);
  const worst = open.toSorted((a, b) => (b.undecided?.tainted ?? 0) - (a.undecided?.tainted ?? 0))[0];
  if (worst === undefined || worst.undecided === null) return null;
  const { tainted, calls, clean_text } = worst.undecided;
  const text =
    `june-load itself ${spoiltBy(run)}, which touched ${formatCount(tainted)} of ${
      formatCount(calls)
    } calls that "${worst.threshold.source}" reads: ${worst.observed_text} with them, ${clean_text} without. ` +
    `To decide it, ${remedyOf(run)}.`;
  return { text, decisive: "of times" };
}

/** What june-load did wrong, with when and how long. */
function spoiltBy(run: Run): string {
  const stalls = run.generator.stalls ?? [];
  const longest = stalls.toSorted((a, b) => b.length_ms - a.length_ms)[0];
  const late = run.total().counter("late_speech");
  if (longest === undefined && late > 0) return `sent ${formatCount(late)} clips of speech late`;
  if (longest === undefined) return "stood still (often, for less than 50 ms at a time)";
  const times = `${formatCount(stalls.length)} time${stalls.length === 1 ? "" : "s"}`;
  return `stood still (${times}, the longest ${formatDuration(longest.length_ms * 1000)} at ${
    formatClock(longest.start_ms)
  })`;
}

/** Why the run cannot carry a PASS, or null. */
function whyInvalid(run: Run): Invalid | null {
  const { end } = run;
  if (end === null && endedCalls(run.total({}, true).outcomes) === 0) {
    return { text: "The run broke off before any call had ended.", decisive: true };
  }
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
  if (limit !== undefined) return { text: `The load generator was the limit: ${limit.advice}.`, decisive: "of times" };
  if (end.reason !== "completed") {
    const rule = run.plan.thresholds.find((threshold) => abortedRun(run, threshold));
    const how = rule === undefined ? "stopped" : `aborted by "${rule.source}"`;
    return { text: `The run was ${how} after ${formatDuration(run.load_end_ms * 1000)}.`, decisive: false };
  }
  if (run.plan.thresholds.length > 0) return null;
  return endedCalls(run.total().outcomes) > 0 ? null : { text: "No call ended.", decisive: true };
}
