/** How near a rule is to its limit, and how sure its answer is: for tables of objectives, after the run and during it. */
import { formatDuration, formatPercent } from "../../plan/units.ts";
import type { RuleOutcome } from "../../verdict/verdict.ts";
import { dataText, ruleState } from "./rules.ts";

/** The state of a rule: what holds for certain has a tick, what is not known never. */
export interface RuleMark {
  tone: "pass" | "warn" | "fail";
  mark: "✓" | "!" | "✕" | "?" | "~";
  /** What the mark means. */
  word: string;
}

/** The mark of a rule. */
export function markOf(rule: RuleOutcome): RuleMark {
  if (rule.undecided !== null) return { tone: "warn", mark: "?", word: "not known" };
  if (rule.passed && (rule.unproven !== null || rule.data === "too little")) {
    return { tone: "warn", mark: "~", word: "holds, but not for certain" };
  }
  return ruleState(rule);
}

/** Broken rules first, then those that nobody knows, then the others by how much of their limit is used up. */
export function closestFirst(a: RuleOutcome, b: RuleOutcome): number {
  return rank(a) - rank(b) || usedShare(b) - usedShare(a);
}

function rank(rule: RuleOutcome): number {
  if (rule.undecided !== null) return 1;
  if (!rule.passed) return rule.threshold.level === "warn" ? 2 : 0;
  // The whole load is as much as can be offered: a rule that asks for it is never far from its limit.
  return rule.threshold.measure.kind === "load" ? 4 : 3;
}

/** Share of the limit that is used up, whichever side of it is the right one: 1 at the limit; -1 without a value. */
export function usedShare({ ratio, threshold }: RuleOutcome): number {
  if (ratio === null) return -1;
  return threshold.comparison.startsWith("<") ? ratio : ratio === 0 ? Infinity : 1 / ratio;
}

/** Both ends of a rule's interval as such shares, the smaller first; null without an interval. */
export function usedInterval({ interval, threshold: { comparison, limit } }: RuleOutcome): [number, number] | null {
  if (interval === null) return null;
  const share = (value: number) => comparison.startsWith("<") ? value / limit : value <= 0 ? Infinity : limit / value;
  const [low, high] = [share(interval.low), share(interval.high)];
  return low <= high ? [low, high] : [high, low];
}

/** `certain`, `not known`, ... */
export function sureText(rule: RuleOutcome): string {
  const { undecided, passed, unproven, data, observed, inapplicable } = rule;
  if (undecided !== null) return "not known";
  if (observed === null) return inapplicable?.all === true ? "does not apply" : "no data";
  if (data === "too little") return passed ? "not certain" : "likely";
  if (passed && unproven !== null) return "not certain";
  return data === null && rule.interval === null ? "counted" : "certain";
}

/** How near, and what it would take to be certain; may be empty. */
export function sureMore(rule: RuleOutcome): string {
  const { data, passed, unproven } = rule;
  const longer = !passed || unproven === null
    ? ""
    : unproven.more_ms === null
    ? "too near its limit"
    : `${formatDuration(unproven.more_ms * 1000)} more would do`;
  const share = usedShare(rule);
  const over = share > 1 && Number.isFinite(share) && rule.observed !== null ? `${formatPercent(share - 1)} over` : "";
  return [data === "too little" ? dataText(rule) : "", longer, passed ? "" : over].filter((text) => text !== "")
    .join(", ");
}
