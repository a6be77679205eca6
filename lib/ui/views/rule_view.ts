/** The states of the rules of a plan, as plain data. */
import { usedShare } from "../../report/figures/margin.ts";
import { dataText, intervalText, leftOutText, levelText, reachText } from "../../report/figures/rules.ts";
import type { RuleOutcome } from "../../verdict/verdict.ts";

/** State of a rule. `unknown`: nothing measured yet; `warn`: it fails, but does not fail the run, or it is undecided. */
export type RuleState = "pass" | "fail" | "warn" | "unknown";

/** One rule of the plan. */
export interface RuleView {
  /** Text of the rule in the plan: `p95(response_time, llm.*) < 2s`. */
  source: string;
  state: RuleState;
  /** Observed value with its unit; empty when there is none. */
  observed: string;
  /** Which side of its limit a value must be on. */
  holds: "below" | "above";
  /** Share of the limit that is used up, 1 at the limit; null where it cannot be said. */
  used: number | null;
  /** Interval of the true value, or empty. Shown only at the end. */
  range: string;
  /** Stages left out, the worst operation, whether enough was measured, the effect of a failure; may be empty. Shown only at the end. */
  where: string;
}

function ruleState({ passed, observed, threshold, undecided }: RuleOutcome): RuleState {
  if (undecided !== null) return "warn";
  if (passed) return "pass";
  if (threshold.level === "warn") return "warn";
  return observed === null ? "unknown" : "fail";
}

/** The view of one rule of a verdict. */
export function ruleView(rule: RuleOutcome): RuleView {
  const { threshold, observed_text, worst, data } = rule;
  const glob = threshold.operations?.includes("*") ?? false;
  const where = [
    leftOutText(rule),
    ...(worst !== null && glob ? [`worst: ${worst}`] : []),
    ...(data === "too little" ? [dataText(rule)] : []),
    reachText(rule),
    levelText(rule),
  ];
  return {
    source: threshold.source,
    state: ruleState(rule),
    observed: observed_text,
    holds: threshold.comparison.startsWith("<") ? "below" : "above",
    used: knownShare(rule),
    range: intervalText(rule),
    where: where.filter((text) => text !== "").join(", "),
  };
}

/** A rule that asks for more than nothing and got nothing has no such share. */
function knownShare(rule: RuleOutcome): number | null {
  const share = usedShare(rule);
  return rule.ratio === null || share === Infinity ? null : share;
}
