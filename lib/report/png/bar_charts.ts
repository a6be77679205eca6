/** The pictures of the analysis folder: one bar for each operation, drawn by ECharts as SVG without a browser. */
import { HEADLINE, type Threshold } from "../../plan/threshold/threshold.ts";
import type { BarSeriesOption, EChartsOption, ScatterSeriesOption } from "echarts";
import { errorRate } from "../../measure/series.ts";
import { formatDuration, formatPercent } from "../../plan/units.ts";
import type { Run } from "../../result/run.ts";
import { matchesGlob } from "../../plan/glob.ts";
import { plainPercentile } from "../figures/estimates.ts";
import { omissions } from "../figures/rules.ts";
import { xmlText } from "../format/escape.ts";
import { AGGREGATED, type Row, rowsOf, selectionOf } from "../figures/figures.ts";
import { init } from "./echarts.ts";

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
/** The only font family that the rasteriser has; readers of the SVG may have another. */
const FONT = "Inter, sans-serif";

interface Bars {
  name: string;
  color: string;
  values: number[];
  /** Values whose true size is this or more: calls timed out. */
  at_least?: boolean[];
}

/** The limit of one bar. */
interface Mark {
  value: number;
  broken: boolean;
}

interface Picture {
  title: string;
  /** Which calls it is over, and which stages are left out. */
  over: string;
  /** The bars' names, from the top. */
  rows: readonly Row[];
  bars: Bars[];
  write: (value: number) => string;
  /** The limit of each row; null where no rule holds it. */
  marks?: Array<Mark | null>;
}

/** One picture as an SVG file; the same run gives the same text. */
export function renderBarChart(run: Run, name: BarChartName): string {
  const picture = PICTURES[name](run, rowsOf(run));
  const rows = Math.max(1, picture.rows.length) * (picture.bars.length > 1 ? 46 : 30);
  const chart = init(null, null, { renderer: "svg", ssr: true, width: 1000, height: 130 + rows });
  try {
    chart.setOption(optionOf(run, picture));
    return tidy(chart.renderToSVGString());
  } finally {
    chart.dispose();
  }
}

/** Without ECharts' style for a pointer above it, and with ids that do not count the pictures of this process. */
function tidy(svg: string): string {
  const ids = new Map<string, string>();
  return `${
    svg.replace(/<style[^>]*>[^]*?<\/style>/g, "").replace(/ class="zr[^"]*"/g, "").replace(/\bzr\d+-[\w-]+/g, (id) => {
      ids.set(id, ids.get(id) ?? `id${ids.size}`);
      return ids.get(id) as string;
    }).trimEnd()
  }\n`;
}

/** A percentile of each row's response time, or the least that it can be where the true value is higher. */
function percentiles(run: Run, rows: readonly Row[], p: number): Pick<Bars, "values" | "at_least"> {
  const figures = rows.map((row) => plainPercentile(run, HEADLINE, p, selectionOf(row)));
  return { values: figures.map(({ value }) => value ?? 0), at_least: figures.map(({ at_least }) => at_least) };
}

type Rows = ReturnType<typeof rowsOf>;

const PICTURES: Record<BarChartName, (run: Run, rows: Rows) => Picture> = {
  response_time_by_endpoint: (run, { operations }) => ({
    title: "Response time by operation: P50, mean, P95",
    over: `ok calls, those that timed out as at least that slow, without ${omissions(run)}`,
    rows: operations,
    bars: [
      { name: "P50", color: BLUES[0] as string, ...percentiles(run, operations, 50) },
      { name: "mean", color: BLUES[1] as string, values: operations.map((row) => row.values.histogram(HEADLINE).mean) },
      { name: "P95", color: BLUES[2] as string, ...percentiles(run, operations, 95) },
    ],
    write: formatDuration,
  }),
  p95_response_time: (run, rows) => {
    const held = heldRows(rows, p95Rules(run));
    const bars: Bars = { name: "P95", color: BLUES[1] as string, ...percentiles(run, held, 95) };
    return {
      title: "P95 response time by operation",
      over: `ok calls, those that timed out as at least that slow, without ${omissions(run)}`,
      rows: held,
      bars: [bars],
      write: formatDuration,
      marks: marksOf(held, bars, p95Rules(run)),
    };
  },
  error_rate_by_endpoint: (run, rows) => {
    const held = heldRows(rows, errorRules(run));
    const bars: Bars = { name: "errors", color: BLUES[1] as string, values: held.map((row) => errorRate(row.total)) };
    return {
      title: "Error rate by operation",
      over: "calls failed, timed out or overdue at the end, without warm-up",
      rows: held,
      bars: [bars],
      write: formatPercent,
      marks: marksOf(held, bars, errorRules(run)),
    };
  },
  request_distribution: (_, { operations }) => ({
    title: "Share of calls by operation",
    over: "ended calls, without warm-up",
    rows: operations,
    bars: [{ name: "share", color: BLUES[1] as string, values: operations.map((row) => row.share) }],
    write: formatPercent,
  }),
};

/** Rules on the figure that a bar shows: over the whole run, below a limit. */
function p95Rules({ plan }: Run): Threshold[] {
  return plan.thresholds.filter(({ measure, stage, comparison }) =>
    measure.kind === "percentile" && measure.percentile === 95 && measure.of === HEADLINE && stage === null &&
    comparison.startsWith("<")
  );
}

function errorRules({ plan }: Run): Threshold[] {
  return plan.thresholds.filter(({ measure, stage, comparison }) =>
    measure.kind === "error_rate" && stage === null && comparison.startsWith("<")
  );
}

/** The operations, and all calls together where a rule is on them. */
function heldRows({ operations, all }: Rows, rules: readonly Threshold[]): Row[] {
  const together = operations.length > 1 && rules.some((rule) => rule.operations === null);
  return together ? [...operations, all] : [...operations];
}

/** The strictest limit of each bar among the rules that its row must hold. */
function marksOf(rows: readonly Row[], { values, at_least }: Bars, rules: readonly Threshold[]): Array<Mark | null> {
  return rows.map(({ name, calls }, i) => {
    const own = rules.filter(({ operations }) =>
      operations === null
        ? name === AGGREGATED || rows.length === 1
        : name !== AGGREGATED && matchesGlob(operations, name)
    );
    const strictest = own.reduce<Threshold | null>((a, b) => a === null || b.limit < a.limit ? b : a, null);
    if (strictest === null) return null;
    const { limit, comparison } = strictest;
    const value = values[i] ?? 0;
    const over = comparison === "<" ? value >= limit : value > limit;
    return { value: limit, broken: calls > 0 && (over || (at_least?.[i] === true && value >= limit)) };
  });
}

const LABEL = { color: COLORS.ink_2, fontFamily: FONT, fontSize: 13 };
/** Room left of the axis for names, and right of the longest bar for its value and limit; pixels. */
const LEFT = 220;
const RIGHT = 220;

function optionOf(run: Run, picture: Picture): EChartsOption {
  const { title, over, rows, bars, write, marks = [] } = picture;
  const text = LABEL;
  const known = bars.flatMap(({ values }) => values);
  const highest = Math.max(0, ...known, ...marks.map((mark) => mark?.value ?? 0));
  // A transcript that comes before its speech has ended has a response time below 0.
  const lowest = Math.min(0, ...known);
  // Without any value ECharts would take 1 for the end of the axis.
  const end = highest > lowest ? highest : 1;
  return {
    animation: false,
    backgroundColor: COLORS.paper,
    textStyle: text,
    title: {
      text: title,
      subtext: `${xmlText(run.plan.scenario)}: ${over}`,
      left: 24,
      top: 16,
      textStyle: { color: COLORS.ink, fontFamily: FONT, fontSize: 18, fontWeight: 600 },
      subtextStyle: text,
    },
    grid: { left: LEFT, right: RIGHT, top: 86, bottom: 24, outerBoundsMode: "none" },
    xAxis: {
      type: "value",
      min: lowest,
      max: end,
      axisLabel: { show: false },
      splitLine: { show: false },
      axisLine: { show: false },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: rows.map(({ name }) => name === AGGREGATED ? "all calls together" : xmlText(name)),
      axisLabel: { ...text, color: COLORS.ink, width: 186, overflow: "truncate" },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: COLORS.line }, show: lowest === 0 },
    },
    series: [
      ...(marks.length === 0 ? bars.map((one) => barSeries(one, write, bars.length > 1)) : [
        ...bars.map((one) => heldSeries(one, marks)),
        markSeries(marks),
        ...bars.map((one) => textSeries(one, picture, end)),
      ]),
      ...zeroLine(lowest),
    ],
  };
}

/** The value of a bar in words. */
function valueText({ values, at_least }: Bars, i: number, write: (value: number) => string): string {
  return `${at_least?.[i] === true ? "≥ " : ""}${write(values[i] ?? 0)}`;
}

/** Bars, each with its value at its end. */
function barSeries(bars: Bars, write: (value: number) => string, named: boolean): BarSeriesOption {
  const { name, color, values } = bars;
  return {
    name,
    type: "bar",
    barMaxWidth: 16,
    itemStyle: { color },
    label: {
      ...LABEL,
      show: true,
      position: "right",
      formatter: ({ dataIndex }) => `${named ? `${name} ` : ""}${valueText(bars, dataIndex, write)}`,
    },
    data: values,
  };
}

/** Bars that are held to limits: one over its own has the limit's colour. */
function heldSeries({ name, color, values }: Bars, marks: ReadonlyArray<Mark | null>): BarSeriesOption {
  return {
    name,
    type: "bar",
    barMaxWidth: 16,
    data: values.map((value, i) => ({ value, itemStyle: { color: marks[i]?.broken === true ? COLORS.limit : color } })),
  };
}

/** Where bars go to both sides. */
function zeroLine(lowest: number): ScatterSeriesOption[] {
  if (lowest === 0) return [];
  const lineStyle = { color: COLORS.line, type: "solid" as const, width: 1 };
  const markLine = { silent: true, symbol: "none", lineStyle, label: { show: false }, data: [{ xAxis: 0 }] };
  return [{ name: "zero", type: "scatter", data: [], markLine }];
}

/** Values and limits in a column right of all bars and marks, so that no mark crosses a number. */
function textSeries(bars: Bars, { write, marks = [] }: Picture, end: number): ScatterSeriesOption {
  return {
    name: "values",
    type: "scatter",
    symbolSize: 0,
    itemStyle: { opacity: 1 },
    data: bars.values.map((_, i) => {
      const mark = marks[i] ?? null;
      const limit = mark === null ? "" : `   limit ${write(mark.value)}`;
      const color = mark?.broken === true ? COLORS.limit : COLORS.ink_2;
      const text = `${valueText(bars, i, write)}${limit}`;
      return {
        value: [end, i],
        label: { ...LABEL, color, show: true, position: "right", distance: 14, formatter: () => text },
      };
    }),
  };
}

/** A short line at the limit of each bar. */
function markSeries(marks: ReadonlyArray<Mark | null>): ScatterSeriesOption {
  return {
    name: "limit",
    type: "scatter",
    symbol: "rect",
    symbolSize: [2, 24],
    data: marks.flatMap((mark, i) =>
      mark === null ? [] : [{ value: [mark.value, i], itemStyle: { color: COLORS.ink, opacity: 1 } }]
    ),
    z: 5,
  };
}
