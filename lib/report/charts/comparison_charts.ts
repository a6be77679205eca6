/** Both sides of a comparison on one chart: by percentile, and over time. Runs differ by form: grey, full, dashed. */
import type { Side } from "../../compare/sides.ts";
import { runsOf } from "../../compare/sides.ts";
import { Series } from "../../measure/series.ts";
import type { Run } from "../../result/run.ts";
import { valuesOf } from "../../verdict/ramps.ts";
import { binsOf, percentileBinLength, timesByBin } from "../figures/bins.ts";
import { toMs } from "../figures/figures.ts";
import { OVER_TIME, percentilesOfBin } from "../figures/over_time.ts";
import { columnNames } from "../figures/comparison.ts";
import { plainText } from "../format/escape.ts";
import type { Chart, Line, Value } from "./chart.ts";
import { spanOf } from "./axis.ts";
import { panelChart } from "./panels.ts";
import { curveOf, curvesChart } from "./tail_charts.ts";

/** What the sides are called on charts: the names of branches would not fit beside a line. */
export const SIDE_NAMES = ["baseline", "new", "third", "fourth"] as const;
const HEIGHT = 130;

/** What stands at the end of a side's line; the sides of a duet have names of their own. */
function labelsOf(sides: readonly Side[]): string[] {
  const [base, first] = sides;
  if (base !== undefined && first?.paired === true) return columnNames(base, first);
  return sides.map((_, i) => SIDE_NAMES[i] ?? `${i + 1}th`);
}

/** How the lines of a side look. */
function lookOf(side: number, color: string): Pick<Line, "color" | "width"> & { dashed?: boolean } {
  if (side === 0) return { color: "ink-3", width: 1.6 };
  return side === 1 ? { color, width: 2 } : { color, width: 1.3, dashed: true };
}

/** Response time of an operation by percentile, a curve a side; null where a side has no call of it. */
export function sidesByPercentile(sides: readonly Side[], operation: string, color: string): Chart | null {
  const labels = labelsOf(sides);
  const curves = sides.map((side, i) => ({
    label: labels[i] ?? "",
    name: `${operation} by percentile, ${labels[i]}`,
    values: curveOf(together(side, operation)),
    ...lookOf(i, color),
  }));
  if (curves.some(({ values }) => values.every((value) => value === null))) return null;
  return curvesChart(curves, {
    title: operation,
    description: `Response time of ${plainText(operation)} by percentile, a line for each side`,
    color,
    limits: [],
  });
}

function together(side: Side, operation: string): Series {
  const all = new Series();
  for (const run of runsOf(side)) all.merge(run.total(valuesOf(run, { operations: operation })));
  return all;
}

/** The first run of each side: the longest of them gives the axis of time and the stages behind. */
export function longestRun(sides: readonly Side[]): Run {
  const runs = sides.flatMap((side) => runsOf(side).slice(0, 1));
  return runs.reduce((longest, run) => spanOf(run) > spanOf(longest) ? run : longest);
}

/** P95 of an operation's response time over the time of each side's first run; null where a side has no call of it. */
export function sidesOverTime(sides: readonly Side[], operation: string, color: string): Chart | null {
  const runs = sides.flatMap((side) => runsOf(side).slice(0, 1));
  const slot_ms = Math.max(1000, ...runs.flatMap(({ slots }) => slots.map(({ length_ms }) => length_ms)));
  // Stretches of one length for all, each a whole number of every run's slots.
  const bin_ms = Math.ceil(Math.max(...runs.map(percentileBinLength)) / slot_ms) * slot_ms;
  const found = runs.map((run) => p95s(run, operation, bin_ms));
  if (found.some((values) => values.size === 0)) return null;
  const last = Math.max(...found.flatMap((values) => [...values.keys()]));
  const starts = Array.from({ length: Math.floor(last / bin_ms) + 1 }, (_, i) => i * bin_ms);
  const labels = labelsOf(sides);
  const lines = found.map((values, i): Line => ({
    name: `${operation} P95, ${labels[i]}`,
    label: labels[i] ?? "",
    values: starts.map((start_ms): Value => values.get(start_ms) ?? null),
    ...lookOf(i, color),
  }));
  return panelChart(longestRun(sides), {
    title: operation,
    note: "P95",
    color,
    description: `P95 of the response time of ${plainText(operation)} over the time of each run`,
    unit: "duration_ms",
    height: HEIGHT,
    at: starts.map((start_ms) => (start_ms + bin_ms / 2) / 1000),
    // The new run over the baseline.
    lines,
    labelled: true,
  });
}

function p95s(run: Run, operation: string, bin_ms: number): Map<number, number> {
  const bins = binsOf(run, bin_ms);
  const times = timesByBin(bins, operation);
  return new Map(bins.flatMap(({ start_ms }, i): Array<[number, number]> => {
    const found = percentilesOfBin(times[i] as typeof times[number])[OVER_TIME.indexOf(95)] ?? null;
    return found === null ? [] : [[start_ms, toMs(found.value_us)]];
  }));
}
