/** Rules as text: the state of each, and its confidence. */
import { formatMeasure } from "../../verdict/format_measure.ts";
import { formatCount, formatDuration } from "../../plan/units.ts";
import type { Run } from "../../result/run.ts";
import type { Inapplicable, RuleOutcome, Undecided } from "../../verdict/verdict.ts";
import { rangeText } from "../format/range_text.ts";

/** The state of a rule: its tone, its mark, and what the mark means. */
export interface RuleState {
  tone: "pass" | "warn" | "fail";
  mark: "✓" | "!" | "✕";
  word: string;
}

/** The state of a rule after the run. */
export function ruleState({ passed, threshold, observed, unsure, undecided, inapplicable }: RuleOutcome): RuleState {
  if (undecided !== null) return { tone: "warn", mark: "!", word: "undecided" };
  if (passed) return { tone: "pass", mark: "✓", word: "holds" };
  const absent = inapplicable?.all === true ? "does not apply" : "no data";
  const word = unsure ?? (observed === null ? absent : "broken");
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

/** Why a rule says nothing of some operations, or leaves its answer open; empty where it does neither. */
export function reachText({ inapplicable, undecided }: RuleOutcome): string {
  const texts = [
    ...(undecided === null ? [] : [undecidedText(undecided)]),
    ...(inapplicable === null ? [] : [inapplicableText(inapplicable)]),
  ];
  return texts.join(", ");
}

function undecidedText(by: Undecided): string {
  switch (by.kind) {
    case "tainted calls":
      return `undecided: ${by.clean_text} without the calls that june-load spoilt`;
    case "one piece":
      return `undecided: ${formatCount(by.whole)} of ${formatCount(by.calls)} replies came in one piece`;
    case "partial readings":
      if (by.read_ms === 0 && by.why !== null) return `undecided: ${by.why}`;
      return `undecided: ${by.device ?? "the machine"} was read for ${formatDuration(by.read_ms * 1000)} of ${
        formatDuration(by.of_ms * 1000)
      }`;
  }
}

function inapplicableText({ operations, all, needs, instead }: Inapplicable): string {
  if (!all) return `does not apply to ${operations.join(", ")}`;
  return `needs ${needs}${instead === null ? "" : `; judge by ${instead.replaceAll("_", " ")}`}`;
}
