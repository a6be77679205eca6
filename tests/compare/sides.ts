/** Sides and reports for tests of comparisons. */
import { compareSides } from "../../lib/compare/compare.ts";
import { holdGates, parseGate } from "../../lib/compare/gate.ts";
import type { Side } from "../../lib/compare/sides.ts";
import type { ComparisonReport } from "../../lib/report/figures/comparison.ts";
import type { Run } from "../../lib/result/run.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";

/** A side of runs. */
export function sideOf(name: string, ...runs: Run[]): Side {
  return { name, runs: runs.map((run, i) => ({ run, verdict: evaluate(run), path: `${name}/${i + 1}` })) };
}

/** Two runs as every form shows them, with rules held. */
export function reportOf(base: Run, other: Run, rules: readonly string[] = []): ComparisonReport {
  const [from, to] = [sideOf("main", base), sideOf("pr-318", other)];
  const gates = holdGates(rules.map(parseGate), from, to);
  return { comparison: compareSides(from, [to]), gates, version: "0.1.0" };
}
