/** A run beside its baseline: what `run --compare` and `report --compare` say of it in the terminal. */
import { compareSides } from "../../compare/compare.ts";
import { headlineLines } from "../../report/compare/text.ts";
import type { ComparisonReport } from "../../report/figures/comparison.ts";
import type { Run } from "../../result/run.ts";
import { evaluate } from "../../verdict/evaluate.ts";
import { VERSION } from "../version.ts";
import type { Baseline } from "./baseline.ts";

/** Compares a run with its baseline. */
export function compareWithBaseline(run: Run, baseline: Baseline): ComparisonReport {
  const side = (name: string, one: Run) => ({ name, runs: [{ run: one, verdict: evaluate(one), path: name }] });
  const comparison = compareSides(side(baseline.name, baseline.run), [side("this run", run)]);
  return { comparison, gates: [], version: VERSION };
}

/** The headline, with a blank line before it; nothing without a comparison. */
export function headlineOf(report: ComparisonReport | null): string[] {
  return report === null ? [] : ["", `compared with ${report.comparison.base.name}`, ...headlineLines(report)];
}
