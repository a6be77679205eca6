/** Two runs side by side. These are differences between two measurements; whether they mean anything is not judged. */
import { errorRate } from "../measure/series.ts";
import type { Run } from "../result/run.ts";
import type { Verdict } from "../verdict/verdict.ts";
import { AGGREGATED, percentileName, rowsOf } from "./figures.ts";

/** An earlier run to compare with. */
export interface Baseline {
  run: Run;
  verdict: Verdict;
  /** What the user calls it, e.g. its path. */
  name: string;
}

/** How a figure is written. */
export type FigureKind = "count" | "rate" | "ratio" | "duration_us";

/** One figure of both runs; null where a run has none. */
export interface Difference {
  name: string;
  kind: FigureKind;
  before: number | null;
  after: number | null;
  /** (after - before) / before; null where it cannot be formed. */
  change: number | null;
}

/** All figures of one operation. */
export interface OperationDifference {
  operation: string;
  differences: Difference[];
}

/** Percentiles compared, whatever the plans show. */
const COMPARED = [50, 95, 99];

/** Every operation of either run, then all calls together. */
export function compareRuns(run: Run, baseline: Run): OperationDifference[] {
  const after = figuresOf(run);
  const before = figuresOf(baseline);
  const names = new Set([...after.keys(), ...before.keys()].filter((name) => name !== AGGREGATED));
  return [...names, AGGREGATED].map((operation) => {
    const then = before.get(operation);
    const now = after.get(operation);
    const differences = (now ?? then ?? []).map(({ name, kind }, i) =>
      difference(name, kind, then?.[i]?.value ?? null, now?.[i]?.value ?? null)
    );
    return { operation, differences };
  });
}

interface Figure {
  name: string;
  kind: FigureKind;
  value: number | null;
}

function figuresOf(run: Run): Map<string, Figure[]> {
  const { operations, all } = rowsOf(run);
  return new Map([...operations, all].map(({ name, calls, rate_per_s, total }) => {
    const latency = total.histogram("latency");
    const figures: Figure[] = [
      { name: "calls", kind: "count", value: calls },
      { name: "rate", kind: "rate", value: rate_per_s },
      { name: "error rate", kind: "ratio", value: calls === 0 ? null : errorRate(total.outcomes) },
      ...COMPARED.map((p): Figure => ({
        name: percentileName(p),
        kind: "duration_us",
        value: latency.count === 0 ? null : latency.percentile(p),
      })),
    ];
    return [name, figures];
  }));
}

function difference(name: string, kind: FigureKind, before: number | null, after: number | null): Difference {
  const change = before === null || after === null || before === 0 ? null : (after - before) / before;
  return { name, kind, before, after, change };
}

/** What stands between the two runs and a fair comparison, each a sentence; empty when the plans are alike. */
export function caveats(run: Run, baseline: Run): string[] {
  const notes: string[] = [];
  const differs = (what: string, of: (run: Run) => unknown) => {
    if (JSON.stringify(of(run)) !== JSON.stringify(of(baseline))) notes.push(`The two runs differ in their ${what}.`);
  };
  differs("scenario", ({ plan }) => plan.scenario);
  differs("load", ({ plan }) => [plan.loads, plan.duration_ms, plan.stages]);
  differs("task mix", ({ plan }) => plan.tasks);
  differs("services", ({ plan }) =>
    plan.services.map(({ protocol, connections, options, inputs }) => [
      protocol,
      connections,
      options,
      inputs.map(({ path }) => path),
    ]));
  differs("transport", ({ plan }) => plan.transport);
  differs("machine", ({ header }) => header.host);
  if (run.end?.reason !== "completed") notes.push("This run did not complete.");
  if (baseline.end?.reason !== "completed") notes.push("The baseline did not complete.");
  return notes;
}
