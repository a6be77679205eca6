/**
 * Charts that share one time axis, as ECharts options without functions and colours: `$name` under a key that ends in
 * `color` (or is `fontFamily`) refers to the page's CSS variable of that name, and `@name` under `formatter` refers to a
 * function of the page's script. So an option is JSON, and the page can redraw it in another theme.
 */
import { knownRecovery } from "../figures/memory.ts";
import type {
  EChartsOption,
  LineSeriesOption,
  TooltipComponentOption,
  XAXisComponentOption,
  YAXisComponentOption,
} from "echarts";
import { mayRepeat } from "../../result/event_kinds.ts";
import type { Run } from "../../result/run.ts";
import type { Bin } from "../figures/bins.ts";

/** The format of values on axes and in the tooltip. */
export type Unit = "duration_ms" | "count" | "rate" | "percent" | "watt" | "bytes" | "celsius";

/** Names that stand for functions of the page's script, without their `@`. */
export type Formatter = "clock" | "nines" | "round_duration" | "tooltip" | "cell" | `${Unit}_axis`;

/** What stands for a function of the page's script in an option. */
export function formatter(name: Formatter): `@${Formatter}` {
  return `@${name}`;
}

/** A value at an instant; null leaves a gap. `at_least`: the true value is this or more, because calls timed out. */
export type Point = [seconds: number, value: number | null, sure?: "at_least"];

/** Middle of a bin; seconds. */
export function middleOf({ start_ms, length_ms }: Pick<Bin, "start_ms" | "length_ms">): number {
  return (start_ms + length_ms / 2) / 1000;
}

/** One line of a panel. Its name is unique in the chart and shows at the line's end and in the tooltip. */
export interface Line {
  name: string;
  points: Point[];
  /** CSS variable without dashes. */
  color: string;
  width: number;
  /** Filled to the axis instead of drawn as a line. */
  area?: boolean;
  /** Label at the end of the line in place of the name. */
  label?: string;
  /** Colour of the label, where the line's own colour is too light to read. */
  label_color?: string;
}

/** A stretch marked on a panel. */
export interface Band {
  name: string;
  from_s: number;
  to_s: number;
  color: string;
}

/** A dashed horizontal line at a limit; of a rule on one stage over that stage only. */
export interface Limit {
  name: string;
  value: number;
  from_s?: number;
  to_s?: number;
}

/** One of the stacked charts. */
export interface Panel {
  title: string;
  unit: Unit;
  height: number;
  lines: Line[];
  bands?: Band[];
  limits?: Limit[];
  /** Upper end of the axis; by default it fits the data. */
  max?: number;
}

/** A chart as the page's script reads it. */
export interface Chart {
  option: EChartsOption;
  /** Height in pixels. */
  height: number;
  /** Unit of each line, by its name. */
  units: Record<string, Unit>;
  /** Description for screen readers. */
  description: string;
}

/** Text on charts. */
export const TEXT = { color: "$ink-2", fontFamily: "$font", fontSize: 12 };
const TOP = 44;
const GAP = 52;
const BOTTOM = 26;

/** Stacks panels over one time axis, with the plan's stages shaded across all panels and events numbered on top. */
export function stackPanels(run: Run, panels: readonly Panel[], description: string): Chart {
  let top = TOP;
  const grid = panels.map(({ height }) => {
    // Fixed, so that the axes of all panels align whatever their labels.
    const place = { left: 62, right: 82, top, height, outerBoundsMode: "none" as const };
    top += height + GAP;
    return place;
  });
  const last = panels.length - 1;
  const option: EChartsOption = {
    animation: false,
    textStyle: TEXT,
    grid,
    xAxis: panels.map((_, i) => timeAxis(run, i, i === last)),
    yAxis: panels.map((panel, i) => valueAxis(panel, i)),
    axisPointer: { link: [{ xAxisIndex: "all" }], lineStyle: { color: "$ink-3" } },
    tooltip: tooltip(),
    series: panels.flatMap((panel, i) => [
      ...panel.lines.map((line) => lineSeries(line, i)),
      frameSeries(run, panel, i),
    ]),
  };
  const units = Object.fromEntries(panels.flatMap(({ lines, unit }) => lines.map(({ name }) => [name, unit])));
  return { option, height: top - GAP + BOTTOM, units, description };
}

/** The tooltip of every chart; the script builds its content from elements, so names can never become markup. */
export function tooltip(): TooltipComponentOption {
  return {
    trigger: "axis",
    confine: true,
    transitionDuration: 0,
    backgroundColor: "$paper",
    borderColor: "$line",
    formatter: formatter("tooltip"),
  };
}

const INTERVALS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/** Length of a chart's time axis; seconds. */
export function spanOf(run: Run): number {
  return Math.max(1, Math.ceil(Math.max(run.elapsed_ms, run.load_end_ms) / 1000));
}

/** Seconds between the labels of a time axis over `span` seconds. */
export function labelInterval(span: number): number {
  return INTERVALS_S.find((step) => span / step <= 7) ?? Math.ceil(span / 7);
}

function timeAxis(run: Run, gridIndex: number, labelled: boolean): XAXisComponentOption {
  const span = spanOf(run);
  const interval = labelInterval(span);
  return {
    type: "value",
    gridIndex,
    min: 0,
    max: span,
    interval,
    axisLine: { lineStyle: { color: "$line" } },
    axisTick: { show: false },
    splitLine: { show: false },
    axisPointer: { show: true, label: { show: false } },
    axisLabel: {
      show: labelled,
      ...TEXT,
      formatter: formatter("clock"),
      showMaxLabel: span % interval === 0,
      hideOverlap: true,
    },
  };
}

function valueAxis({ title, unit, height, limits = [], lines, max }: Panel, gridIndex: number): YAXisComponentOption {
  const top = max ?? (unit === "bytes" ? binaryTop(highestOf(lines)) : roomForLimits(lines, limits));
  return {
    type: "value",
    gridIndex,
    name: title,
    // A transcript that comes before its speech has ended has a response time below 0.
    ...(lowestOf(lines) < 0 ? {} : { min: 0 }),
    ...(top === undefined ? {} : { max: top }),
    ...(unit === "bytes" && top !== undefined ? { interval: top / 2 } : {}),
    ...(unit === "count" ? { minInterval: 1 } : {}),
    nameTextStyle: { ...TEXT, align: "left", padding: [0, 0, 4, -54] },
    splitNumber: height > 120 ? 4 : 2,
    axisLabel: { ...TEXT, formatter: formatter(`${unit}_axis`) },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: "$line" } },
  };
}

/** The axis includes a limit up to twice the data; one further off would flatten every line. */
function roomForLimits(lines: readonly Line[], limits: readonly Limit[]): number | undefined {
  const highest = highestOf(lines);
  const near = limits.filter(({ value }) => value <= 2 * highest).map(({ value }) => value);
  const limit = Math.max(0, ...near);
  return limit > highest ? limit * 1.1 : undefined;
}

/** The next power of two, or one and a half of it: both give round binary ticks. */
function binaryTop(value: number): number {
  const power = 2 ** Math.ceil(Math.log2(Math.max(1, value)));
  return value <= 0.75 * power ? 0.75 * power : power;
}

/** Largest value of all lines; 0 without values. */
function highestOf(lines: readonly Line[]): number {
  return lines.reduce((max, { points }) => points.reduce((m, [, value]) => Math.max(m, value ?? 0), max), 0);
}

/** Smallest value of all lines; 0 without values. */
function lowestOf(lines: readonly Line[]): number {
  return lines.reduce((min, { points }) => points.reduce((m, [, value]) => Math.min(m, value ?? 0), min), 0);
}

/** Most points of a line with dots: more would run into each other. */
const MAX_DOTS = 120;

/** Whether a point has a value and its neighbours have none. */
function isAlone([, value]: Point, at: number, points: readonly Point[]): boolean {
  return value !== null && (points[at - 1]?.[1] ?? null) === null && (points[at + 1]?.[1] ?? null) === null;
}

function lineSeries({ name, points, color, width, area, label, label_color }: Line, index: number): LineSeriesOption {
  return {
    id: name,
    name,
    type: "line",
    xAxisIndex: index,
    yAxisIndex: index,
    // A line would not show a single point between gaps.
    showSymbol: points.length < 3 || (points.length <= MAX_DOTS && points.some(isAlone)),
    showAllSymbol: true,
    symbolSize: 4,
    data: points,
    lineStyle: { width: area ? 0 : width, color: `$${color}` },
    itemStyle: { color: `$${color}` },
    ...(area ? { areaStyle: { color: `$${color}`, opacity: 0.55 } } : {}),
    endLabel: {
      show: true,
      formatter: label === undefined ? "{a}" : label,
      color: `$${label_color ?? color}`,
      fontFamily: "$font",
      fontSize: 12,
      distance: 6,
      textMargin: [3, 0],
    },
    labelLayout: { moveOverlap: "shiftY" },
    ...atLeastMarks(points, color),
    z: 3,
  };
}

/** Most arrows of a line: more would be a solid band. */
const MAX_ARROWS = 60;

/** Arrows up from values whose true size is not known: calls timed out. */
function atLeastMarks(points: readonly Point[], color: string): Pick<LineSeriesOption, "markPoint"> {
  const marked = points.filter(([, , sure]) => sure === "at_least");
  if (marked.length === 0) return {};
  const every = Math.ceil(marked.length / MAX_ARROWS);
  return {
    markPoint: {
      silent: true,
      symbol: "triangle",
      symbolSize: [7, 6],
      symbolOffset: [0, -5],
      itemStyle: { color: `$${color}` },
      label: { show: false },
      data: marked.filter((_, i) => i % every === 0).map(([x, y]) => ({ name: "at least", coord: [x, y ?? 0] })),
    },
  };
}

/** The marks behind and across a panel's lines, in a separate series so that the lines can change. */
function frameSeries(run: Run, panel: Panel, index: number): LineSeriesOption {
  const first = index === 0;
  const font = { fontFamily: "$font", fontSize: 12 };
  const bands = (panel.bands ?? []).map((band) => [
    {
      name: band.name,
      xAxis: band.from_s,
      itemStyle: { color: `$${band.color}`, opacity: 0.13 },
      label: { color: `$${band.color}`, position: "top", distance: 3, ...font },
    },
    { xAxis: band.to_s },
  ]);
  const stages = stageBands(run).map(({ name, from_s, to_s, shaded, room }) => [
    {
      name: first && room ? name : "",
      xAxis: from_s,
      itemStyle: { color: "$fill", opacity: shaded ? 1 : 0 },
      label: { color: "$ink-3", position: "top", distance: 4, ...font },
    },
    { xAxis: to_s },
  ]);
  return {
    id: `frame-${index}`,
    type: "line",
    xAxisIndex: index,
    yAxisIndex: index,
    data: [],
    silent: true,
    // The tests that draw it check it against ECharts' own types; TypeScript cannot infer its union of data items.
    markArea: { silent: true, data: [...stages, ...bands] } as NonNullable<LineSeriesOption["markArea"]>,
    markLine: {
      silent: true,
      symbol: "none",
      data: [...limitMarks(panel.limits ?? []), ...eventMarks(run, first), ...recoveryMark(run, first)] as NonNullable<
        NonNullable<LineSeriesOption["markLine"]>["data"]
      >,
    },
    z: 1,
  };
}

function limitMarks(limits: readonly Limit[]) {
  return limits.map(({ name, value, from_s, to_s }) => {
    const look = {
      name,
      lineStyle: { color: "$fail", type: [4, 3], width: 1 },
      label: {
        formatter: "{b}",
        color: "$fail",
        textBorderColor: "$paper",
        textBorderWidth: 3,
        position: "insideStartTop" as const,
        fontFamily: "$font",
        fontSize: 12,
      },
    };
    return from_s === undefined || to_s === undefined
      ? { ...look, yAxis: value }
      : [{ ...look, coord: [from_s, value] }, { coord: [to_s, value] }];
  });
}

/** Events numbered on the charts, and listed under the first. */
const MAX_EVENTS = 20;

/** Those of which there may be many take the room that the others leave. */
function eventMarks(run: Run, numbered: boolean) {
  const events = run.events.map(({ t_ms, kind }, i) => ({ t_ms, kind, name: String(i + 1) }));
  const [many, few] = [true, false].map((wanted) => events.filter(({ kind }) => mayRepeat(kind) === wanted));
  return [...few!, ...many!].slice(0, MAX_EVENTS).map(({ t_ms, name }) => ({
    name,
    xAxis: t_ms / 1000,
    lineStyle: { color: "$ink-3", type: [1, 3], width: 1 },
    label: {
      show: numbered,
      formatter: "{b}",
      color: "$ink-2",
      position: "insideEndTop" as const,
      rotate: 0,
      fontFamily: "$font",
      fontSize: 11,
    },
  }));
}

/** Marks the end of the recovery after the spike. */
function recoveryMark(run: Run, named: boolean) {
  const recovery = knownRecovery(run);
  if (recovery.state !== "recovered" || recovery.recovery_ms === 0) return [];
  return [{
    name: "recovered",
    xAxis: (recovery.spike_end_ms + recovery.recovery_ms) / 1000,
    lineStyle: { color: "$pass", type: [4, 3], width: 1 },
    label: {
      show: named,
      formatter: "{b}",
      color: "$pass",
      textBorderColor: "$paper",
      textBorderWidth: 3,
      position: "insideEndTop" as const,
      rotate: 0,
      fontFamily: "$font",
      fontSize: 12,
    },
  }];
}

/** Pixels of a chart on a phone, for deciding whether a stage's name fits above its stretch. */
const NARROW_PX = 260;
const CHARACTER_PX = 6;

function stageBands(run: Run) {
  const { stages } = run.plan;
  const span = spanOf(run);
  const even_ms = stages.reduce((sum, { start_ms, end_ms }, i) => i % 2 === 0 ? sum + end_ms - start_ms : sum, 0);
  // Shades the shorter half of the time: a short ramp stands out, a long hold stays plain.
  const parity = even_ms < run.plan.duration_ms / 2 ? 0 : 1;
  return stages.map(({ name, start_ms, end_ms }, i) => ({
    name,
    from_s: start_ms / 1000,
    to_s: Math.min(end_ms / 1000, span),
    shaded: stages.length > 1 && i % 2 === parity,
    room: ((end_ms - start_ms) / 1000 / span) * NARROW_PX > name.length * CHARACTER_PX,
  }));
}
