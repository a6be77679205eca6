/** `comparison.txt`: what changed between two runs, as a table in plain text. */
import { formatCount, formatDuration, formatPercent, formatRate, NO_VALUE } from "../../plan/units.ts";
import type { Run } from "../../result/run.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import { type Baseline, caveats, compareRuns, type Difference, type FigureKind } from "../figures/comparison.ts";
import { instantText } from "../figures/figures.ts";
import { plainText } from "../format/escape.ts";
import { textTable } from "./table.ts";

/** Shown wherever two runs are compared. */
export const NOT_PROOF =
  "These are differences between two runs, not proof of a change: two runs of the same system differ too. " +
  "Repeat both runs, in turn, before acting on a small difference.";

/** The whole file. */
export function renderComparison(run: Run, verdict: Verdict, baseline: Baseline): string {
  const line = (label: string, one: Run, its: Verdict) =>
    `${label} ${plainText(one.plan.scenario)}, ${instantText(one.header.started_at)}, ${its.status}\n`;
  const notes = caveats(run, baseline.run);
  const tables = compareRuns(run, baseline.run).map(({ operation, differences }) =>
    textTable([[operation, "baseline", "this run", "change"], ...differences.filter(isKnown).map(cells)])
  );
  return [
    line("this run:", run, verdict) + line("baseline:", baseline.run, baseline.verdict) +
    `          ${plainText(baseline.name)}\n`,
    ...(notes.length === 0 ? [] : [notes.map((note) => note + "\n").join("")]),
    ...tables,
    NOT_PROOF.replace(": two", ":\ntwo").replace(". Repeat", ".\nRepeat") + "\n",
  ].join("\n");
}

const isKnown = ({ before, after }: Difference) => before !== null || after !== null;

function cells(difference: Difference): string[] {
  const { name, kind } = difference;
  return [
    `  ${kind === "duration_us" ? `response time ${name}` : name}`,
    beforeText(difference),
    afterText(difference),
    changeText(difference),
  ];
}

/** The earlier figure with its unit; `≥` where the true value lies beyond a deadline. */
export function beforeText({ before, kind, before_at_least }: Difference): string {
  return `${before_at_least ? "≥ " : ""}${figureText(before, kind)}`;
}

/** The later one. */
export function afterText({ after, kind, after_at_least }: Difference): string {
  return `${after_at_least ? "≥ " : ""}${figureText(after, kind)}`;
}

function figureText(value: number | null, kind: FigureKind): string {
  if (value === null) return NO_VALUE;
  const write = { count: formatCount, rate: formatRate, ratio: formatPercent, duration_us: formatDuration };
  return write[kind](value);
}

/** `+12.3 %`, `-4 %`, `same`; of times below 0 the difference, `+160 ms`; a dash where there is neither. */
export function changeText({ before, after, kind, change, before_at_least, after_at_least }: Difference): string {
  const known = before !== null && after !== null && !before_at_least && !after_at_least;
  if (known && before === after) return "same";
  if (known && kind === "duration_us" && change === null) {
    return `${after > before ? "+" : ""}${formatDuration(after - before)}`;
  }
  if (change === null) return NO_VALUE;
  return `${change > 0 ? "+" : ""}${formatPercent(change)}`;
}
