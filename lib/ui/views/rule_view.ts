/** How the rules of a plan stand, as plain data. */
import { dataText, intervalText, levelText } from "../../report/figures/rules.ts";
import type { RuleOutcome } from "../../verdict/verdict.ts";

/** How a rule stands. `unknown`: nothing measured yet; `warn`: broken, but it does not fail the run. */
export type RuleState = "pass" | "fail" | "warn" | "unknown";

/** One rule of the plan. */
export interface RuleView {
  /** As the plan writes it: `p95(latency, llm.*) < 2s`. */
  source: string;
  state: RuleState;
  /** Observed value with its unit; empty when there is none. */
  observed: string;
  /** Range the true value lies in, or empty. Shown at the end only. */
  range: string;
  /** Operation where it was worst, whether enough was measured, what a break does; may be empty. Shown at the end only. */
  where: string;
}

function ruleState({ passed, observed, threshold }: RuleOutcome): RuleState {
  if (passed) return "pass";
  if (threshold.level === "warn") return "warn";
  return observed === null ? "unknown" : "fail";
}

/** One rule as a verdict has it. */
export function ruleView(rule: RuleOutcome): RuleView {
  const { threshold, observed_text, worst, data } = rule;
  const glob = threshold.operations?.includes("*") ?? false;
  const where = [
    ...(worst !== null && glob ? [`worst: ${worst}`] : []),
    ...(data === "too little" ? [dataText(rule)] : []),
    levelText(rule),
  ];
  return {
    source: threshold.source,
    state: ruleState(rule),
    observed: observed_text,
    range: intervalText(rule),
    where: where.filter((text) => text !== "").join(", "),
  };
}
