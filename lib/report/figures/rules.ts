/** Rules as text: the state of each, and its confidence. */
import { formatMeasure } from "../../verdict/format_measure.ts";
import type { Run } from "../../result/run.ts";
import type { RuleOutcome } from "../../verdict/verdict.ts";
import { rangeText } from "../format/range_text.ts";

/** The state of a rule: its tone, its mark, and what the mark means. */
export interface RuleState {
  tone: "pass" | "warn" | "fail";
  mark: "✓" | "!" | "✕";
  word: string;
}

/** The state of a rule after the run. */
export function ruleState({ passed, threshold, observed, unsure }: RuleOutcome): RuleState {
  if (passed) return { tone: "pass", mark: "✓", word: "holds" };
  const word = unsure ?? (observed === null ? "no data" : "broken");
  if (threshold.level === "warn") return { tone: "warn", mark: "!", word: `${word}, a warning only` };
  return { tone: "fail", mark: "✕", word };
}

/** The effect on the run when the rule fails, if it is more than a FAIL; empty otherwise. */
export function levelText({ threshold }: RuleOutcome): string {
  if (threshold.level === "warn") return "warns only";
  return threshold.level === "abort" ? "aborts the run" : "";
}

/** `ramp left out`: stages that the rule would read by itself; empty where it leaves out none. */
export function leftOutText({ left_out = [] }: RuleOutcome): string {
  return left_out.length === 0 ? "" : `${left_out.join(", ")} left out`;
}

/** What values over the whole run leave out: `warm-up`, `warm-up and ramp`. */
export function omissions({ plan: { stages } }: Run): string {
  return stages.some(({ ramp }) => ramp === true) ? "warm-up and ramp" : "warm-up";
}

/** The interval of the observed value, `2.55–2.68 s`; empty where there is none. */
export function intervalText({ interval, threshold }: RuleOutcome): string {
  if (interval === null) return "";
  const { measure } = threshold;
  return rangeText(formatMeasure(measure, interval.low), formatMeasure(measure, interval.high)) ?? "";
}

/** `enough data`, `too little data`; empty for rules without that bound. */
export function dataText({ data }: RuleOutcome): string {
  return data === null ? "" : `${data} data`;
}
