/** Charts over the run's time: lines, a band between two of them, limits, and the plan's stages behind; the page adds the run's marks. */
import type { CustomSeriesOption, EChartsOption, LineSeriesOption } from "echarts";
import type { Bin } from "../figures/bins.ts";
import { fittingScale, isNear, limitScale, type Scale, spanOf, timeAxis, type Timed, valueAxis } from "./axis.ts";
import { type Chart, type Line, type LineData, PLOT, TEXT, type Unit, type Value } from "./chart.ts";
import type { Limit } from "./limits.ts";
import { atLeastMarks, limitMarks, nowMarks, peakMark, stageMarks } from "./marks.ts";

/** Middle of a bin; seconds. */
export function middleOf({ start_ms, length_ms }: Pick<Bin, "start_ms" | "length_ms">): number {
  return (start_ms + length_ms / 2) / 1000;
}

/** What a chart over time shows. */
export interface Panel extends Pick<Chart, "title" | "description"> {
  note?: string;
  figure?: string;
  over?: boolean;
  color?: string;
  unit: Unit;
  /** Of the plot without its axis; pixels. */
  height: number;
  /** Seconds of the values of all lines. */
  at: readonly number[];
  lines: readonly Line[];
  /** The lines between which the chart is filled: the lower one, then the upper. */
  band?: readonly [low: Line, high: Line];
  limits?: readonly Limit[];
  /** Upper end of the axis; by default it fits the limit or the data. */
  max?: number;
  /** Whether the axis of time has its labels; the last chart of a column has them. */
  labelled?: boolean;
  /** How far a run is that goes on; seconds. */
  now_s?: number;
}

/** The chart of a panel. */
export function panelChart(run: Timed, panel: Panel): Chart {
  const { title, note = "", figure = "", over = false, color = "", unit, height, at, lines, labelled = false } = panel;
  const [binding] = panel.limits ?? [];
  const highest = highestOf(lines);
  const drawn = binding !== undefined && panel.max === undefined && isNear(highest, binding.value)
    ? panel.limits ?? []
    : [];
  const scale = scaleOf(panel, drawn[0], highest);
  const bottom = labelled ? PLOT.labelled_bottom : PLOT.bottom;
  const option: EChartsOption = {
    animation: false,
    textStyle: TEXT,
    grid: { ...PLOT_SIDES, bottom, outerBoundsMode: "none" },
    xAxis: timeAxis(spanOf(run), labelled),
    yAxis: valueAxis(scale, unit),
    series: [
      frameSeries(run, panel, drawn),
      ...(panel.band === undefined ? [] : [bandSeries(...panel.band)]),
      ...lines.map((line) => lineSeries(line, line.at ?? at, scale, drawn[0], height)),
    ],
  };
  const far = binding !== undefined && drawn.length === 0 ? `${binding.name}, far above` : "";
  return {
    title,
    note: [note, far].filter((text) => text !== "").join(" · "),
    figure,
    over,
    color,
    height: PLOT.top + height + bottom,
    description: panel.description,
    x: "time",
    option,
    names: lines.filter(({ unnamed }) => unnamed !== true)
      .map(({ name, label: text, color }) => ({ data: name, text, color })),
    // A reading is of one list of positions.
    readings: lines.filter(({ at: own }) => own === undefined).map(({ name, label }) => ({ line: name, label })),
    lines: Object.fromEntries(lines.map((line) => [line.name, lineData(line, line.at ?? at, unit)])),
  };
}

const PLOT_SIDES = { left: PLOT.left, right: PLOT.right, top: PLOT.top } as const;

function lineData({ values, at_least }: Line, at: readonly number[], unit: Unit): LineData {
  return { unit, at, values: values.map(rounded), ...(at_least !== undefined && { at_least }) };
}

/** Four digits are finer than a pixel, and than any reading. */
function rounded(value: Value): Value {
  return value === null ? null : Number(value.toPrecision(4));
}

function scaleOf({ unit, lines, max }: Panel, limit: Limit | undefined, highest: number): Scale {
  if (max !== undefined) return { min: 0, max, interval: max / 2, ends_at_tick: true };
  return limit === undefined ? fittingScale(lowestOf(lines), highest, unit) : limitScale(limit.value);
}

/** Largest value of all lines; 0 without values. */
function highestOf(lines: readonly Line[]): number {
  return lines.reduce((max, { values }) => values.reduce<number>((m, value) => Math.max(m, value ?? 0), max), 0);
}

/** Smallest value of all lines; 0 without values. */
function lowestOf(lines: readonly Line[]): number {
  return lines.reduce((min, { values }) => values.reduce<number>((m, value) => Math.min(m, value ?? 0), min), 0);
}

/** Most points of a line with dots: more would run into each other. */
const MAX_DOTS = 120;

/** Whether a value has neighbours without one. */
function isAlone(value: Value, at: number, values: readonly Value[]): boolean {
  return value !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null;
}

/** Pixels drawn and left out of a line that is not whole. */
function dashesOf({ dotted, dashed }: Line): { type?: [number, number] } {
  if (dotted === true) return { type: [2, 4] };
  return dashed === true ? { type: [4, 3] } : {};
}

function lineSeries(
  line: Line,
  at: readonly number[],
  scale: Scale,
  limit: Limit | undefined,
  height: number,
): LineSeriesOption {
  const { name, values, color, width, area, judged, dotted } = line;
  const marked = judged === true && limit !== undefined && limit.from_s === undefined;
  const stroke = marked ? overColor(color, 1 - limit.value / scale.max, height) : `$${color}`;
  return {
    name,
    type: "line",
    // A line would not show a single point between gaps.
    showSymbol: dotted !== true && (values.length < 3 || (values.length <= MAX_DOTS && values.some(isAlone))),
    showAllSymbol: true,
    symbolSize: 4,
    data: `#${name}` as unknown as number[],
    lineStyle: { width, color: stroke as string, ...dashesOf(line) },
    itemStyle: { color: `$${color}` },
    ...(area ? { areaStyle: { color: `$${color}`, opacity: 0.22 } } : {}),
    markPoint: { silent: true, data: [...atLeastMarks(line, at), ...peakMark(line, at, scale)] },
    silent: true,
    z: 3,
  };
}

/** The colour of limits above the share `part` of the plot, seen from its top, the line's own below; in pixels. */
function overColor(color: string, part: number, height: number): unknown {
  const stop = (offset: number, name: string) => ({ offset, color: `$${name}` });
  return {
    type: "linear",
    global: true,
    x: 0,
    x2: 0,
    y: PLOT.top,
    y2: PLOT.top + height,
    colorStops: [stop(0, "fail"), stop(part, "fail"), stop(part, color), stop(1, color)],
  };
}

/** The area between two lines; the script builds its shape. */
function bandSeries(low: Line, high: Line): CustomSeriesOption {
  return {
    type: "custom",
    name: `between ${low.name}`,
    renderItem: `@band ${low.name}\t${high.name}` as unknown as NonNullable<CustomSeriesOption["renderItem"]>,
    data: [[0, 0]],
    itemStyle: { color: `$${high.color}`, opacity: 0.22 },
    clip: true,
    silent: true,
    z: 2,
  };
}

/** What stands behind the lines, and limits across them. */
function frameSeries(run: Timed, { now_s }: Panel, limits: readonly Limit[]): LineSeriesOption {
  return {
    name: "frame",
    type: "line",
    data: [],
    silent: true,
    // The tests that draw it check it against ECharts' own types; TypeScript cannot infer its union of data items.
    markArea: { silent: true, data: stageMarks(run) } as NonNullable<
      LineSeriesOption["markArea"]
    >,
    markLine: { silent: true, symbol: "none", data: [...limitMarks(limits), ...nowMarks(now_s)] } as NonNullable<
      LineSeriesOption["markLine"]
    >,
    z: 1,
  };
}
