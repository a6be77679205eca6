/** Holds a plan's thresholds against a run. Pure: the same run gives the same verdict, live or years later. */
import { endedCalls, judgedCalls } from "../measure/series.ts";
import { FIGURES, isFigureMeasure, isOfWholeRun } from "../plan/threshold/threshold.ts";
import { formatClock, formatCount, formatDuration } from "../plan/units.ts";
import { damageText } from "../result/damage.ts";
import type { Run } from "../result/run.ts";
import { abortedRun } from "./abort_event.ts";
import { shortageFit } from "./shortages.ts";
import { remedyOf } from "./fit/remedy.ts";
import { generatorFit } from "./generator_fit.ts";
import { holdRule } from "./hold_rule.ts";
import { certaintyOfAll } from "./run_length.ts";
import { steeredSentence } from "./steered.ts";
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
  const failed = deciding.filter((rule) => !rule.passed && rule.undecided === null && !mightHaveHeld(run, rule));
  const invalid = whyInvalid(run) ?? whyUndecided(run, deciding);
  // Calls that failed did so however late june-load was; what it spoils are times.
  const stands = typeof invalid?.decisive === "string"
    ? failed.some((rule) => !isTime(rule) && !(invalid.decisive === "of times and rates" && isRate(rule)))
    : invalid?.decisive !== true;
  const status = failed.length > 0 && stands ? "FAIL" : invalid !== null ? "INVALID" : "PASS";
  const certainty = status === "PASS" || (status === "FAIL" && failed.every(({ unsure }) => unsure !== null))
    ? certaintyOfAll(run, rules.filter(({ passed, unsure }) => passed || unsure !== null))
    : null;
  // Where june-load spoilt times, one of the rules that stand all the same comes first.
  const named = invalid?.decisive === "of times" ? failed.filter((rule) => !isTime(rule)) : failed;
  const sentence = sentenceFor(run, { status, rules, named, certainty, invalid: invalid?.text ?? null });
  return { status, sentence: sentence + steeredSentence(run), rules, certainty };
}

/**
 * A run that was cut short breaks no rule that waits for what never came: users still to start, calls still to end. Nobody
 * knows how it would have gone on.
 */
function mightHaveHeld(run: Run, { threshold, observed, worst }: RuleOutcome): boolean {
  if (run.end?.reason === "completed" || abortedRun(run, threshold)) return false;
  const { measure, comparison, stage } = threshold;
  if (isFigureMeasure(measure) && isOfWholeRun(measure.kind)) return true;
  if (measure.kind === "calls") return comparison.startsWith(">");
  if (observed !== null || measure.kind === "resource" || measure.kind === "drift") return observed === null;
  const operations = worst ?? threshold.operations;
  const selection = { ...(operations === null ? {} : { operations }), ...(stage === null ? {} : { stage }) };
  return judgedCalls(run.total(selection)) === 0;
}

/** Why a run carries no PASS. */
interface Invalid {
  text: string;
  /** It leaves no FAIL either, because the figures are not the service's: none at all, only those of times, or also what was done in a time. */
  decisive: boolean | "of times" | "of times and rates";
}

function isTime({ threshold: { measure } }: RuleOutcome): boolean {
  return "of" in measure && measure.kind !== "resource" && measure.kind !== "drift";
}

/** What was done in a time: less of it where june-load could not send. */
function isRate({ threshold: { measure } }: RuleOutcome): boolean {
  if ("of" in measure || !isFigureMeasure(measure)) return false;
  const { kind } = FIGURES[measure.kind];
  return kind !== "share" && kind !== "count";
}

/** Rules whose answer hangs on calls that june-load spoilt, or on what was not read. */
function whyUndecided(run: Run, rules: readonly RuleOutcome[]): Invalid | null {
  return byTaintedCalls(run, rules) ?? byPartialReadings(rules) ?? byPieces(rules);
}

function byPieces(rules: readonly RuleOutcome[]): Invalid | null {
  for (const { undecided, threshold, observed_text, worst } of rules) {
    if (undecided?.kind !== "one piece") continue;
    const whose = worst === null ? "" : ` of ${worst}`;
    const text =
      `"${threshold.source}" is open: ${formatCount(undecided.whole)} of ${
        formatCount(undecided.calls)
      } replies${whose} came in one piece, so ${observed_text} is no time of the service. Look for what buffers the stream ` +
      "(a proxy, a server that does not stream), or judge by response_time.";
    return { text, decisive: false };
  }
  return null;
}

function byTaintedCalls(run: Run, rules: readonly RuleOutcome[]): Invalid | null {
  const open = rules.flatMap((rule) => rule.undecided?.kind === "tainted calls" ? [{ rule, by: rule.undecided }] : []);
  const worst = open.toSorted((a, b) => b.by.tainted - a.by.tainted)[0];
  if (worst === undefined) return null;
  const { rule, by: { tainted, calls, clean_text } } = worst;
  const text =
    `june-load itself ${spoiltBy(run)}, which touched ${formatCount(tainted)} of ${
      formatCount(calls)
    } calls that "${rule.threshold.source}" reads: ${rule.observed_text} with them, ${clean_text} without. ` +
    `To decide it, ${remedyOf(run)}.`;
  // A rule that is broken with and without those calls stays broken.
  return { text, decisive: false };
}

/** `, with 12 calls in flight`, where a run broke off. */
function openAt({ in_flight }: Run): string {
  return in_flight === 0 ? "" : `, with ${formatCount(in_flight)} call${in_flight === 1 ? "" : "s"} in flight`;
}

/** The rule that was read for the smallest part; other rules that are broken stay broken. */
function byPartialReadings(rules: readonly RuleOutcome[]): Invalid | null {
  const open = rules.flatMap((rule) =>
    rule.undecided?.kind === "partial readings" ? [{ rule, by: rule.undecided }] : []
  );
  const worst = open.toSorted((a, b) => a.by.read_ms / a.by.of_ms - b.by.read_ms / b.by.of_ms)[0];
  if (worst === undefined) return null;
  const { rule: { threshold, observed, observed_text }, by: { device, read_ms, of_ms, last_ms, why } } = worst;
  if (observed === null) {
    return {
      text: `"${threshold.source}" is open: nothing was read${why === null ? "" : ` (${why})`}.`,
      decisive: false,
    };
  }
  const last = last_ms === null ? "" : `, the last at ${formatClock(last_ms)}`;
  const text = `"${threshold.source}" is open: ${device ?? "the machine"} was read for ${
    formatDuration(read_ms * 1000)
  } of ${formatDuration(of_ms * 1000)}${last}${
    why === null ? "" : ` (${why})`
  }. What was read is ${observed_text}; nobody knows the rest.`;
  return { text, decisive: false };
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
  const { end, damage } = run;
  if (end === null && endedCalls(run.total({}, true).outcomes) === 0) {
    const what = damage === null ? "The run broke off" : `The result is damaged (${damageText(damage)})`;
    return { text: `${what} before any call had ended${openAt(run)}.`, decisive: true };
  }
  if (damage !== null) {
    const text = `The result is damaged: ${damageText(damage)}. These are the figures up to there.`;
    return { text, decisive: false };
  }
  if (end === null) {
    const text = `The run broke off before its end${openAt(run)}; these are the figures up to there.`;
    return { text, decisive: false };
  }
  if (end.reason === "failed") return { text: `june-load itself failed: ${end.text}`, decisive: true };
  if (run.unaccounted !== 0) {
    return {
      text: `${formatCount(run.unaccounted)} calls are unaccounted for; this is a fault of june-load.`,
      decisive: true,
    };
  }
  const short = shortageFit(run);
  if (short?.state === "invalid") {
    return { text: `The load generator was the limit: ${short.advice}.`, decisive: "of times and rates" };
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
