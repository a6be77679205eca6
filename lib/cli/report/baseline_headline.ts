/** A run beside its baseline: what `run --compare` and `report --compare` say of it in the terminal. */
import { compareSides } from "../../compare/compare.ts";
import { headlineLines } from "../../report/compare/text.ts";
import type { ComparisonReport } from "../../report/figures/comparison.ts";
import type { Run } from "../../result/run.ts";
import { evaluate } from "../../verdict/evaluate.ts";
import { type CliContext, say } from "../context.ts";
import { VERSION } from "../version.ts";
import type { Baseline } from "./baseline.ts";

/** Compares a run with its baseline. */
export function compareWithBaseline(run: Run, baseline: Baseline): ComparisonReport {
  const side = (name: string, one: Run) => ({ name, runs: [{ run: one, verdict: evaluate(one), path: name }] });
  const comparison = compareSides(side(baseline.name, baseline.run), [side("this run", run)]);
  return { comparison, gates: [], version: VERSION };
}

/** Prints the headline. */
export function sayHeadline(context: CliContext, report: ComparisonReport): void {
  say(context, `\ncompared with ${report.comparison.base.name}`);
  for (const line of headlineLines(report)) say(context, line);
}
