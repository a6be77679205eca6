/** Two runs side by side. Shows differences between two measurements; does not judge whether they are significant. */
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import { errorRate } from "../../measure/series.ts";
import { damageText } from "../../result/damage.ts";
import type { Run } from "../../result/run.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import { plainPercentile } from "./estimates.ts";
import { AGGREGATED, percentileName, type Row, rowsOf, selectionOf } from "./figures.ts";

/** An earlier run to compare with. */
export interface Baseline {
  run: Run;
  verdict: Verdict;
  /** The user's name for it, e.g. its path. */
  name: string;
}

/** The format of a figure. */
export type FigureKind = "count" | "rate" | "ratio" | "duration_us";

/** One figure of both runs; null where a run has none. */
export interface Difference {
  name: string;
  kind: FigureKind;
  before: number | null;
  after: number | null;
  /** (after - before) / before; null without both values, where before is 0, where one is below 0, or where calls timed out. */
  change: number | null;
  /** The true value is this or more: calls timed out. */
  before_at_least: boolean;
  after_at_least: boolean;
}

/** All figures of one operation. */
export interface OperationDifference {
  operation: string;
  differences: Difference[];
}

/** Percentiles of the response time compared, whatever the plans show. */
const COMPARED = [50, 95, 99];

/**
 * Every operation of either run, then all calls together.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../../tests/result/make_run.ts"; // sixty made-up seconds
 *
 * const [first] = compareRuns(makeRun({ slowFrom: 0, slowTo: 60 }), makeRun());
 * const p95 = first?.differences.find(({ name }) => /95/.test(name));
 * assert.ok(p95?.change !== null && p95!.change > 2); // four times the response time
 * ```
 */
export function compareRuns(run: Run, baseline: Run): OperationDifference[] {
  const after = figuresOf(run);
  const before = figuresOf(baseline);
  const names = new Set([...after.keys(), ...before.keys()].filter((name) => name !== AGGREGATED));
  return [...names, AGGREGATED].map((operation) => {
    const then = before.get(operation);
    const now = after.get(operation);
    const differences = (now ?? then ?? []).map(({ name, kind }, i) =>
      difference(name, kind, then?.[i] ?? NOTHING, now?.[i] ?? NOTHING)
    );
    return { operation, differences };
  });
}

interface Figure {
  name: string;
  kind: FigureKind;
  value: number | null;
  at_least?: boolean;
}

const NOTHING: Pick<Figure, "value" | "at_least"> = { value: null };

function figuresOf(run: Run): Map<string, Figure[]> {
  const { operations, all } = rowsOf(run);
  return new Map([...operations, all].map((row) => {
    const { name, calls, rate_per_s, total } = row;
    const figures: Figure[] = [
      { name: "calls", kind: "count", value: calls },
      { name: "rate", kind: "rate", value: rate_per_s },
      { name: "error rate", kind: "ratio", value: calls === 0 ? null : errorRate(total) },
      ...COMPARED.map((p) => timeFigure(run, row, p)),
    ];
    return [name, figures];
  }));
}

/** Null for all calls together: their percentile follows the mix of operations, which may differ from run to run. */
function timeFigure(run: Run, row: Row, percentile: number): Figure {
  const figure = { name: percentileName(percentile), kind: "duration_us" } as const;
  if (row.name === AGGREGATED) return { ...figure, value: null };
  const { value, at_least } = plainPercentile(run, HEADLINE, percentile, selectionOf(row));
  return { ...figure, value, at_least };
}

type Side = Pick<Figure, "value" | "at_least">;

function difference(name: string, kind: FigureKind, then: Side, now: Side): Difference {
  const [before, after] = [then.value, now.value];
  const sides = { before_at_least: then.at_least === true, after_at_least: now.at_least === true };
  // Below 0, where a transcript came early, a ratio would change its sign.
  const comparable = before !== null && after !== null && before > 0 && after >= 0;
  const known = comparable && !sides.before_at_least && !sides.after_at_least;
  return { name, kind, before, after, change: known ? (after - before) / before : null, ...sides };
}

/** What makes the comparison unfair, one sentence each; empty when the plans match. */
export function caveats(run: Run, baseline: Run): string[] {
  const notes: string[] = [];
  const differs = (what: string, of: (run: Run) => unknown) => {
    if (JSON.stringify(of(run)) !== JSON.stringify(of(baseline))) notes.push(`The two runs differ in their ${what}.`);
  };
  differs("scenario", ({ plan }) => plan.scenario);
  differs("load", ({ plan }) => [plan.loads, plan.duration_ms, plan.stages]);
  differs("task mix", ({ plan }) => plan.tasks);
  differs(
    "services",
    ({ plan }) =>
      plan.services.map(({ protocol, connections, options, inputs, input_plan = null }) => [
        protocol,
        connections,
        options,
        inputs.map(({ path }) => path),
        input_plan,
      ]),
  );
  differs("transport", ({ plan }) => plan.transport);
  differs("machine", ({ header }) => header.host);
  if (run.damage !== null) notes.push(`This result is damaged: ${damageText(run.damage)}.`);
  else if (run.end?.reason !== "completed") notes.push("This run did not complete.");
  if (baseline.damage !== null) notes.push(`The baseline is damaged: ${damageText(baseline.damage)}.`);
  else if (baseline.end?.reason !== "completed") notes.push("The baseline did not complete.");
  return notes;
}
