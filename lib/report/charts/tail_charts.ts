/** The distribution of one operation's response time: every call over time, and by percentile. */
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import type { CustomSeriesOption, EChartsOption, LineSeriesOption, YAXisComponentOption } from "echarts";
import { censoredPercentile } from "../../measure/censored.ts";
import { formatCount } from "../../plan/units.ts";
import { highestAt, lowestAt } from "../../measure/histogram.ts";
import type { HistogramData } from "../../measure/interval.ts";
import type { Series } from "../../measure/series.ts";
import type { Run } from "../../result/run.ts";
import { type Bin, binLength, binsOf } from "../figures/bins.ts";
import { toMs } from "../figures/figures.ts";
import { memoized } from "../figures/memory.ts";
import { logTicks, rowOf, spanOf, timeAxis } from "./axis.ts";
import { type Chart, formatter, type LineData, PLOT, TEXT, type Value } from "./chart.ts";
import { operationColors } from "./colors.ts";
import { type Limit, limitsOn } from "./limits.ts";
import { limitMarks } from "./marks.ts";
import { valuesOf } from "../../verdict/ramps.ts";

const HEIGHT = 220;
/** Columns of the heat map at most. */
const HEAT_COLUMNS = 75;

/** Percentiles of the curve: dense where the tail is. */
const PERCENTILES = [
  ...[0, 5, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92, 94, 95, 96, 97, 98, 98.5, 99],
  ...[99.2, 99.4, 99.6, 99.8, 99.9, 99.92, 99.94, 99.96, 99.98, 99.99, 99.995, 99.999],
];
/** A curve ends where so many calls are left: fewer say nothing of the next run. */
const LEAST_CALLS = 5;
/** Stages with a curve of their own. */
const MAX_STAGES = 4;

/** x of a percentile: its number of nines, which stretches the tail. */
const nines = (percentile: number) => Math.round(1e4 * Math.log10(1 / (1 - percentile / 100))) / 1e4;

/** Every ok call of an operation by its end and its response time; null when there was none. */
export function heatChart(run: Run, operation: string): Chart | null {
  const column_ms = binLength(run, HEAT_COLUMNS);
  const bins = memoized(run, "heat bins", () => binsOf(run, column_ms));
  const { cells, most, early } = cellsOf(bins, operation, column_ms);
  if (cells.length === 0) return null;
  const rows = cells.filter((_, i) => i % 3 === 1);
  const bottom = rows.reduce((min, row) => Math.min(min, row), Infinity);
  const top = rows.reduce((max, row) => Math.max(max, row), -Infinity) + 1;
  const color = operationColors(run).get(operation) ?? "op-0";
  const name = `calls of ${operation}`;
  const limits = rowLimits(limitsOn(run, operation), bottom, top);
  const option: EChartsOption = {
    animation: false,
    textStyle: TEXT,
    grid: GRID,
    xAxis: timeAxis(spanOf(run), true),
    yAxis: logAxis(bottom, top),
    series: [
      cellSeries(name, color),
      curveSeries(`${operation} P95`, "ink", 1.2),
      frame(limits),
    ],
  };
  return {
    title: "Every call",
    note: `response time, the stronger the more${
      early ? "; the lowest row holds answers before the speech had ended" : ""
    }`,
    figure: "",
    over: false,
    color: "",
    height: HEIGHT + PLOT.top + PLOT.labelled_bottom,
    description: `Number of calls of ${operation} by time and response time`,
    x: "time",
    option,
    names: [{ data: `log:${operation} P95`, text: "P95", color: "ink" }],
    readings: [{ line: `${operation} P95`, label: "P95" }],
    lines: {},
    cells: { [name]: { column_s: column_ms / 1000, cells, most } },
  };
}

const GRID = {
  left: PLOT.left,
  right: PLOT.right,
  top: PLOT.top,
  bottom: PLOT.labelled_bottom,
  outerBoundsMode: "none" as const,
};

/** Rows of the slots of histograms, by their index, as they are asked for. */
const ROWS: number[] = [];

/** Takes the slots of a histogram as they are saved: no histogram is filled, for there are hundreds for each operation. */
function addRows({ buckets, below }: HistogramData, add: (row: number, count: number) => void): void {
  let index = 0;
  for (let i = 0; i + 1 < buckets.length; i += 2) {
    index += buckets[i] as number;
    add(ROWS[index] ??= rowAt(index), buckets[i + 1] as number);
  }
  for (let i = 1; below !== undefined && i < below.length; i += 2) add(-Infinity, below[i] as number);
}

function rowAt(index: number): number {
  const highest = highestAt(index);
  return highest <= 0 ? -Infinity : Math.floor(rowOf(Math.max(1, (lowestAt(index) + highest) / 2) / 1000));
}

/** Column, row and calls, flat; answers that came before the speech had ended are in the row under all others. */
function cellsOf(bins: readonly Bin[], operation: string, column_ms: number) {
  const columns = new Map<number, Map<number, number>>();
  for (const { start_ms, series } of bins) {
    const column = Math.round(start_ms / column_ms);
    const rows = columns.get(column) ?? new Map<number, number>();
    const add = (row: number, count: number) => rows.set(row, (rows.get(row) ?? 0) + count);
    for (const { operation: name, histograms } of series) {
      if (name === operation && histograms[HEADLINE] !== undefined) addRows(histograms[HEADLINE], add);
    }
    if (rows.size > 0) columns.set(column, rows);
  }
  const all = [...columns].flatMap(([column, rows]) => [...rows].map(([row, count]) => ({ column, row, count })));
  const late = all.filter(({ row }) => row !== -Infinity);
  const lowest = late.reduce((min, { row }) => Math.min(min, row), late.length === 0 ? 0 : Infinity);
  const cells = all.flatMap(({ column, row, count }) => [column, row === -Infinity ? lowest - 1 : row, count]);
  return { cells, most: all.reduce((max, { count }) => Math.max(max, count), 1), early: late.length < all.length };
}

function cellSeries(name: string, color: string): CustomSeriesOption {
  return {
    type: "custom",
    name,
    renderItem: "@cells" as unknown as NonNullable<CustomSeriesOption["renderItem"]>,
    data: `#cells:${name}` as unknown as number[],
    itemStyle: { color: `$${color}` },
    clip: true,
    silent: true,
    z: 2,
  };
}

function logAxis(bottom: number, top: number): YAXisComponentOption {
  const ticks = logTicks(bottom, top);
  return {
    type: "value",
    min: bottom,
    max: top,
    axisLabel: { ...TEXT, formatter: formatter("log_axis"), customValues: ticks },
    axisLine: { show: false },
    axisTick: { show: false, customValues: ticks },
    splitLine: { lineStyle: { color: "$line" } },
  };
}

/** Limits on an axis of rows; those beyond it are left out. */
function rowLimits(limits: readonly Limit[], bottom: number, top: number): Limit[] {
  return limits.map((limit) => ({ ...limit, value: rowOf(limit.value) }))
    .filter(({ value }) => value > bottom && value < top).slice(0, 1);
}

function frame(limits: readonly Limit[]): LineSeriesOption {
  return {
    name: "frame",
    type: "line",
    data: [],
    silent: true,
    markLine: { silent: true, symbol: "none", data: limitMarks(limits) } as NonNullable<LineSeriesOption["markLine"]>,
    z: 1,
  };
}

function curveSeries(name: string, color: string, width: number, dashed = false): LineSeriesOption {
  return {
    name,
    type: "line",
    showSymbol: false,
    data: `#log:${name}` as unknown as number[],
    lineStyle: { color: `$${color}`, width, ...(dashed ? { type: [4, 3] } : {}) },
    itemStyle: { color: `$${color}` },
    silent: true,
    z: 4,
  };
}

/** One curve of a percentile plot. */
export interface Curve {
  label: string;
  name: string;
  values: Value[];
  color: string;
  width: number;
  dashed?: boolean;
}

/** Response time by percentile: all calls of an operation, and each stage of the plan where there are several. */
export function percentileChart(run: Run, operation: string): Chart | null {
  const color = operationColors(run).get(operation) ?? "op-0";
  const stages = run.plan.stages.filter(({ warm_up, ramp }) => !warm_up && ramp !== true).slice(0, MAX_STAGES);
  const all = run.total(valuesOf(run, { operations: operation }));
  const curves: Curve[] = [
    ...(stages.length < 2 ? [] : stages.map(({ name }): Curve => ({
      label: name,
      name: `${operation} by percentile, ${name}`,
      values: curveOf(run.total({ operations: operation, stage: name })),
      color: "ink-2",
      width: 1,
    }))),
    { label: "all", name: `${operation} by percentile`, values: curveOf(all), color, width: 2 },
  ];
  return curvesChart(curves, {
    title: "By percentile",
    description: `Response time of ${operation} by percentile, one line for each stage`,
    limits: limitsOn(run, operation),
  });
}

/** What a percentile plot shows beside its curves. */
export interface CurvesLook extends Pick<Chart, "title" | "description"> {
  color?: string;
  limits: readonly Limit[];
}

/** Curves on one plot by percentile, both axes logarithmic; null where none has a value. */
export function curvesChart(
  all: readonly Curve[],
  { title, description, color = "", limits }: CurvesLook,
): Chart | null {
  const curves = all.filter(({ values }) => values.some((value) => value !== null));
  if (curves.length === 0) return null;
  const known = curves.flatMap(({ values }) => values.filter((value): value is number => value !== null && value > 0));
  const bottom = Math.floor(rowOf(Math.min(...known, Number.MAX_VALUE)));
  const top = Math.ceil(rowOf(Math.max(...known, 1)));
  const longest = Math.max(...curves.map(({ values }) => values.findLastIndex((value) => value !== null)));
  const ticks = [nines(50), 1, 2, 3, 4].filter((tick) => tick <= nines(PERCENTILES[longest] ?? 0) + 0.15);
  const at = PERCENTILES.map(nines);
  const lines = curves.map(({ name, values }): [string, LineData] => [name, { unit: "duration_ms", at, values }]);
  return {
    title,
    note: `until ${formatCount(LEAST_CALLS)} calls are left`,
    figure: "",
    over: false,
    color,
    height: HEIGHT + PLOT.top + PLOT.labelled_bottom,
    description,
    x: "nines",
    option: {
      animation: false,
      textStyle: TEXT,
      grid: GRID,
      xAxis: {
        type: "value",
        min: 0,
        max: Math.max(1, nines(PERCENTILES[longest] ?? 0)),
        axisLabel: { ...TEXT, formatter: formatter("nines"), customValues: ticks },
        axisTick: { show: false, customValues: ticks },
        splitLine: { show: false },
        axisLine: { lineStyle: { color: "$line" } },
      },
      yAxis: logAxis(bottom, Math.max(top, bottom + 1)),
      series: [
        frame(rowLimits(limits, bottom, top)),
        ...curves.map(({ name, color, width, dashed }) => curveSeries(name, color, width, dashed)),
      ],
    },
    names: curves.length === 1
      ? []
      : curves.map(({ name, label, color }) => ({ data: `log:${name}`, text: label, color })),
    readings: curves.map(({ name, label }) => ({ line: name, label })),
    lines: Object.fromEntries(lines),
  };
}

/** Up to the percentile that five calls represent, or from which calls that timed out hide the true value. */
export function curveOf(values: Series): Value[] {
  const answered = values.histogram(HEADLINE);
  const count = answered.count + values.censored.count;
  let ended = count === 0;
  return PERCENTILES.map((percentile): Value => {
    if (ended) return null;
    const found = censoredPercentile(answered, values.censored, percentile);
    ended = found === null || found.at_least || (percentile > 0 && count * (1 - percentile / 100) < LEAST_CALLS - 1e-9);
    return ended || found === null ? null : toMs(found.value_us);
  });
}
