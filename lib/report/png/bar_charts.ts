/** The pictures of the analysis folder: one bar for each operation, drawn by ECharts as SVG without a browser. */
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import { type EChartsOption, init } from "echarts";
import { errorRate } from "../../measure/series.ts";
import { formatDuration, formatPercent } from "../../plan/units.ts";
import type { Run } from "../../result/run.ts";
import { matchesGlob } from "../../plan/glob.ts";
import { plainPercentile } from "../figures/estimates.ts";
import { type Row, rowsOf, selectionOf } from "../figures/figures.ts";

/** File names of the pictures, without the extension. */
export const BAR_CHARTS = [
  "response_time_by_endpoint",
  "p95_response_time",
  "error_rate_by_endpoint",
  "request_distribution",
] as const;
/** Name of a picture. */
export type BarChartName = typeof BAR_CHARTS[number];

/** Paper is light whatever the screen; the page's light theme. */
const COLORS = { paper: "#fcfcfa", ink: "#1b1f24", ink_2: "#57606a", line: "#e4e6e8", limit: "#c2410c" };
const BLUES = ["#0b3c68", "#1f6fb2", "#a9cbe6"];
/** The only font family that the rasteriser has. */
const FONT = "Inter";

interface Bars {
  name: string;
  color: string;
  values: number[];
  /** Values whose true size is this or more: calls timed out. */
  at_least?: boolean[];
}

interface Picture {
  title: string;
  bars: Bars[];
  write: (value: number) => string;
  limit?: { name: string; value: number };
}

/** One picture as SVG; the same run gives the same pixels. */
export function renderBarChart(run: Run, name: BarChartName): string {
  const { operations } = rowsOf(run);
  const picture = PICTURES[name](run, operations);
  const rows = Math.max(1, operations.length) * (picture.bars.length > 1 ? 46 : 30);
  const chart = init(null, null, { renderer: "svg", ssr: true, width: 1000, height: 130 + rows });
  try {
    chart.setOption(optionOf(run, picture, operations.map((row) => row.name)));
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

/** A percentile of each operation's latency, or the deadline where the true value is higher. */
function percentiles(run: Run, rows: readonly Row[], p: number): Pick<Bars, "values" | "at_least"> {
  const figures = rows.map((row) => plainPercentile(run, HEADLINE, p, selectionOf(row)));
  return { values: figures.map(({ value }) => value ?? 0), at_least: figures.map(({ at_least }) => at_least) };
}

const PICTURES: Record<BarChartName, (run: Run, rows: readonly Row[]) => Picture> = {
  response_time_by_endpoint: (run, rows) => ({
    title: "Response time by operation: P50, mean, P95",
    bars: [
      { name: "P50", color: BLUES[0] as string, ...percentiles(run, rows, 50) },
      { name: "mean", color: BLUES[1] as string, values: rows.map((row) => row.values.histogram(HEADLINE).mean) },
      { name: "P95", color: BLUES[2] as string, ...percentiles(run, rows, 95) },
    ],
    write: formatDuration,
  }),
  p95_response_time: (run, rows) => ({
    title: "P95 response time by operation",
    bars: [{ name: "P95", color: BLUES[1] as string, ...percentiles(run, rows, 95) }],
    write: formatDuration,
    ...p95Limit(run, rows),
  }),
  error_rate_by_endpoint: (run, rows) => ({
    title: "Error rate by operation: failed, timed out or overdue at the end",
    bars: [{ name: "errors", color: COLORS.limit, values: rows.map((row) => errorRate(row.total)) }],
    write: formatPercent,
    ...errorLimit(run),
  }),
  request_distribution: (_, rows) => ({
    title: "Share of calls by operation",
    bars: [{ name: "share", color: BLUES[1] as string, values: rows.map((row) => row.share) }],
    write: formatPercent,
  }),
};

/** The strictest P95 limit on the latency of any of the operations. */
function p95Limit(run: Run, rows: readonly Row[]): { limit?: { name: string; value: number } } {
  const limits = run.plan.thresholds.filter(({ measure, operations, comparison }) =>
    measure.kind === "percentile" && measure.percentile === 95 && measure.of === HEADLINE &&
    comparison.startsWith("<") && rows.some(({ name }) => matchesGlob(operations ?? "*", name))
  ).sort((a, b) => a.limit - b.limit);
  const [strictest] = limits;
  return strictest === undefined ? {} : { limit: { name: strictest.source, value: strictest.limit } };
}

function errorLimit(run: Run): { limit?: { name: string; value: number } } {
  const rule = run.plan.thresholds.find(({ measure, comparison }) =>
    measure.kind === "error_rate" && comparison.startsWith("<")
  );
  return rule === undefined ? {} : { limit: { name: rule.source, value: rule.limit } };
}

function optionOf(run: Run, { title, bars, write, limit }: Picture, names: readonly string[]): EChartsOption {
  const text = { color: COLORS.ink_2, fontFamily: FONT, fontSize: 13 };
  const highest = Math.max(...bars.flatMap(({ values }) => values), limit?.value ?? 0);
  return {
    animation: false,
    backgroundColor: COLORS.paper,
    textStyle: text,
    title: {
      text: title,
      subtext: `${run.plan.scenario}, times over ok calls, without warm-up`,
      left: 24,
      top: 16,
      textStyle: { color: COLORS.ink, fontFamily: FONT, fontSize: 18, fontWeight: 600 },
      subtextStyle: text,
    },
    grid: { left: 220, right: 110, top: 86, bottom: 24, outerBoundsMode: "none" },
    xAxis: {
      type: "value",
      min: 0,
      // Without any value ECharts would take 1 for the end of the axis, and hide a limit far below.
      max: highest > 0 ? highest * 1.05 : 1,
      axisLabel: { show: false },
      splitLine: { show: false },
      axisLine: { show: false },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: [...names],
      axisLabel: { ...text, color: COLORS.ink, width: 186, overflow: "truncate" },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: COLORS.line } },
    },
    series: bars.map(({ name, color, values, at_least }, i) => ({
      name,
      type: "bar" as const,
      barMaxWidth: 16,
      itemStyle: { color },
      label: {
        ...text,
        show: true,
        position: "right" as const,
        formatter: ({ dataIndex }: { dataIndex: number }) => {
          const value = `${at_least?.[dataIndex] === true ? "≥ " : ""}${write(values[dataIndex] ?? 0)}`;
          return bars.length === 1 ? value : `${name} ${value}`;
        },
      },
      data: values,
      ...(limit === undefined || i > 0 ? {} : { markLine: limitLine(limit) }),
    })),
  };
}

function limitLine({ name, value }: { name: string; value: number }) {
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: COLORS.limit, type: "dashed" as const, width: 1.2 },
    label: { formatter: name, color: COLORS.limit, fontFamily: FONT, fontSize: 12, position: "start" as const },
    data: [{ xAxis: value }],
  };
}
