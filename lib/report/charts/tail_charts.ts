/** Two views of the distribution: response time by percentile, and the heat map of every call over time. */
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import type { EChartsOption } from "echarts";
import { censoredPercentile } from "../../measure/censored.ts";
import type { Series } from "../../measure/series.ts";
import type { Run } from "../../result/run.ts";
import { type Bin, timesByBin } from "../figures/bins.ts";
import { type Row, toMs } from "../figures/figures.ts";
import { type Chart, type Formatter, formatter, labelInterval, spanOf, TEXT, tooltip } from "./panels.ts";

const COLORS = ["cat-1", "cat-2", "cat-3", "cat-4", "cat-5", "cat-6"];
/** Readers could not distinguish more lines. */
const MAX_LINES = 6;
const PERCENTILES = [
  ...[0, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92.5, 95, 96, 97, 98, 98.5, 99],
  ...[99.25, 99.5, 99.75, 99.9, 99.95, 99.99],
];

/** x of a percentile: its number of nines, which stretches the tail. */
const nines = (percentile: number) => Math.round(1e4 * Math.log10(1 / (1 - percentile / 100))) / 1e4;

/** Response time by percentile, the busiest operations; null when no call was ok. */
export function percentileChart(operations: readonly Row[]): Chart | null {
  const rows = operations.filter(({ values }) => values.histogram(HEADLINE).count > 0)
    .sort((a, b) => b.calls - a.calls).slice(0, MAX_LINES);
  if (rows.length === 0) return null;
  const most = Math.max(...rows.map(({ values }) => values.histogram(HEADLINE).count));
  const option: EChartsOption = {
    animation: false,
    textStyle: TEXT,
    grid: { left: 62, right: 146, top: 16, bottom: 30, outerBoundsMode: "none" },
    tooltip: tooltip(),
    xAxis: {
      type: "value",
      min: 0,
      // Ends at the largest sample's limit: n calls give no percentile beyond 1 - 1/n.
      max: Math.min(4, Math.max(1, Math.log10(most))),
      interval: 1,
      axisLabel: {
        ...TEXT,
        formatter: formatter("nines"),
        showMaxLabel: Number.isInteger(Math.log10(most)) || most > 1e4,
      },
      splitLine: { show: false },
      axisLine: { lineStyle: { color: "$line" } },
      axisTick: { show: false },
    },
    yAxis: {
      type: "value",
      ...(rows.some(({ values }) => values.histogram(HEADLINE).min < 0) ? {} : { min: 0 }),
      axisLabel: { ...TEXT, formatter: formatter("duration_ms_axis") },
      splitLine: { lineStyle: { color: "$line" } },
    },
    series: rows.map(({ name, values }, i) => ({
      name,
      type: "line" as const,
      showSymbol: false,
      data: curve(values),
      lineStyle: { color: `$${COLORS[i]}`, width: 1.8 },
      itemStyle: { color: `$${COLORS[i]}` },
      endLabel: {
        show: true,
        formatter: "{a}",
        color: `$${COLORS[i]}`,
        fontFamily: "$font",
        fontSize: 12,
        width: 136,
        textMargin: [3, 0],
        overflow: "truncate" as const,
      },
      labelLayout: { moveOverlap: "shiftY" as const },
    })),
  };
  const units = Object.fromEntries(rows.map(({ name }) => [name, "duration_ms" as const]));
  return { option, height: 320, units, description: "Response time by percentile, one line for each operation" };
}

/** Up to the percentile that a single call represents, or from which calls that timed out hide the true value. */
function curve(values: Series): Array<[number, number]> {
  const answered = values.histogram(HEADLINE);
  const count = answered.count + values.censored.count;
  const points: Array<[number, number]> = [[nines(0), toMs(answered.min)]];
  for (const percentile of PERCENTILES.slice(1)) {
    const found = censoredPercentile(answered, values.censored, percentile);
    if (count * (1 - percentile / 100) < 1 - 1e-9 || found === null || found.at_least) break;
    points.push([nines(percentile), toMs(found.value_us)]);
  }
  return points;
}

/** Height of a row of the heat map: four to a doubling of the response time. */
const ROWS_PER_DOUBLING = 4;
const rowOf = (us: number) => Math.floor(ROWS_PER_DOUBLING * Math.log2(Math.max(1, us)));
const lowestOf = (row: number) => 2 ** (row / ROWS_PER_DOUBLING);
/** The row of answers that came before the speech had ended, which a logarithm has no place for: under all others. */
const EARLY = -1;

/** Every ok call by its end and its response time; null when there was none. */
export function heatChart(run: Run, bins: readonly Bin[], bin_ms: number): Chart | null {
  const cells = new Map<number, Map<number, number>>();
  timesByBin(bins, undefined, ({ answered }, bin) => {
    const column = Math.round(bin.start_ms / bin_ms);
    for (const { lowest, highest, count } of answered.slots()) {
      const row = highest <= 0 ? EARLY : rowOf((lowest + highest) / 2);
      const rows = cells.get(column) ?? new Map<number, number>();
      cells.set(column, rows.set(row, (rows.get(row) ?? 0) + count));
    }
  });
  const all = [...cells].flatMap(([column, rows]) => [...rows].map(([row, count]) => ({ column, row, count })));
  if (all.length === 0) return null;
  const late = all.filter(({ row }) => row !== EARLY);
  const early = late.length < all.length;
  const bottom = late.reduce((min, { row }) => Math.min(min, row), late.length === 0 ? 0 : Infinity);
  const top = late.reduce((max, { row }) => Math.max(max, row), bottom);
  const rowAt = (row: number) => row === EARLY ? 0 : row - bottom + (early ? 1 : 0);
  const most = all.reduce((max, { count }) => Math.max(max, count), 1);
  const columns = Math.max(1, Math.ceil((spanOf(run) * 1000) / bin_ms));
  const option: EChartsOption = {
    animation: false,
    textStyle: TEXT,
    grid: { left: 62, right: 20, top: 16, bottom: 30, outerBoundsMode: "none" },
    tooltip: { ...tooltip(), trigger: "item", formatter: formatter("cell") },
    xAxis: categoryAxis(
      Array.from({ length: columns }, (_, i) => i * bin_ms / 1000),
      formatter("clock"),
      Math.max(1, Math.round(labelInterval(spanOf(run)) * 1000 / bin_ms)),
    ),
    yAxis: {
      ...categoryAxis(
        [...(early ? [0] : []), ...Array.from({ length: top - bottom + 1 }, (_, i) => toMs(lowestOf(bottom + i)))],
        formatter("round_duration"),
      ),
      axisLine: { show: false },
    },
    // The square root keeps single calls of the tail visible beside thousands in the middle.
    visualMap: {
      show: false,
      min: 0,
      max: Math.sqrt(most),
      dimension: 2,
      inRange: { color: ["$fill", "$blue-1", "$blue-2", "$blue-3", "$blue-4"] },
    },
    series: [{
      type: "heatmap",
      name: "calls",
      // Without animation: print and screenshots do not wait.
      progressive: 0,
      data: all.map((
        { column, row, count },
      ) => [column, rowAt(row), Math.round(1e3 * Math.sqrt(count)) / 1e3, count]),
      itemStyle: { borderWidth: 0 },
    }],
  };
  return { option, height: 320, units: { calls: "count" }, description: "Number of calls by time and response time" };
}

function categoryAxis(data: number[], label: `@${Formatter}`, every = 1) {
  return {
    type: "category" as const,
    data,
    axisLabel: { ...TEXT, interval: every - 1, formatter: label, hideOverlap: true },
    axisTick: { show: false },
    axisLine: { lineStyle: { color: "$line" } },
  };
}
