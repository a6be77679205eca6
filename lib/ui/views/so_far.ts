/** What would come of a run if it ended now, in words: a verdict of a run that goes on says that it broke off. */
import { isFigureMeasure, isOfWholeRun } from "../../plan/threshold/threshold.ts";
import { ruleWords } from "../../report/figures/rule_words.ts";
import { usedShare } from "../../report/figures/margin.ts";
import type { FitCheck } from "../../verdict/generator_fit.ts";
import type { RuleOutcome, Verdict } from "../../verdict/verdict.ts";

/** The state of a running test. */
export interface SoFar {
  /** `Would PASS`, `Would FAIL`, `Would be INVALID`, `Not decided yet`, `Too early`. */
  status: string;
  tone: "pass" | "fail" | "warn";
  sentence: string;
}

/** Whether a rule can only be held when the run has ended: its figure grows until then. */
export function waitsForEnd({ threshold: { measure, comparison } }: RuleOutcome): boolean {
  if (!isFigureMeasure(measure)) return false;
  return isOfWholeRun(measure.kind) || (measure.kind === "calls" && comparison.startsWith(">"));
}

/**
 * The state of a running test.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../../tests/result/make_run.ts"; // thirty made-up seconds
 * import { evaluate } from "../../verdict/evaluate.ts";
 *
 * assert.equal(soFar(evaluate(makeRun({ seconds: 30, errors: 0.1, complete: false })), []).status, "Would FAIL");
 * assert.equal(soFar(evaluate(makeRun({ seconds: 30, complete: false })), []).status, "Would PASS");
 * ```
 */
export function soFar({ rules }: Verdict, health: readonly FitCheck[]): SoFar {
  const judged = rules.filter((rule) => rule.observed !== null && !waitsForEnd(rule));
  const broken = judged.filter(({ passed, undecided, threshold }) =>
    !passed && undecided === null && threshold.level !== "warn"
  ).sort((a, b) => usedShare(b) - usedShare(a));
  const [worst] = broken;
  if (worst !== undefined) {
    return { status: "Would FAIL", tone: "fail", sentence: brokenText(worst, broken.length - 1) };
  }
  const limit = health.find(({ state }) => state === "invalid");
  if (limit !== undefined) {
    const sentence = `june-load, and not the services, is the limit: ${limit.name}, ${limit.value}. ${limit.advice}`;
    return { status: "Would be INVALID", tone: "warn", sentence: full(sentence) };
  }
  if (judged.length === 0) {
    const sentence = rules.length === 0
      ? "No objective is set."
      : "Nothing that an objective reads has been measured yet.";
    return { status: "Too early", tone: "warn", sentence };
  }
  const sentence = holdText(judged, rules.length - judged.length);
  // Such a run would end INVALID: what holds is no PASS while another objective is open.
  const open = judged.some(({ undecided, threshold }) => undecided !== null && threshold.level !== "warn");
  if (open) return { status: "Not decided yet", tone: "warn", sentence: `${sentence}${whyOpen(health)}` };
  return { status: "Would PASS", tone: "pass", sentence };
}

/** What june-load itself was short of: mostly that leaves an objective open. */
function whyOpen(health: readonly FitCheck[]): string {
  const short = health.find(({ state }) => state === "warn");
  return short === undefined ? "" : ` ${full(`${capital(short.name)}: ${short.value}`)}`;
}

function brokenText(rule: RuleOutcome, more: number): string {
  const whose = rule.worst === null ? "" : ` (${rule.worst})`;
  const others = more === 0 ? "" : `, and ${more} more ${more === 1 ? "objective is" : "objectives are"} broken`;
  return `${ruleWords(rule.threshold)}: ${rule.observed_text}${whose} so far${others}.`;
}

function holdText(judged: readonly RuleOutcome[], later: number): string {
  const open = judged.filter(({ undecided }) => undecided !== null).length;
  const holding = judged.filter(({ passed, undecided }) => passed && undecided === null).length;
  const parts = [
    `${holding} ${holding === 1 ? "objective holds" : "objectives hold"} so far`,
    ...(open > 0 ? [`${open} cannot be decided`] : []),
    ...(later > 0 ? [`${later} will be known later`] : []),
  ];
  return `${parts.join(", ")}.`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const full = (text: string) => /[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;
