/** Marks on charts over time: stages, stretches, limits, values cut off at the top or known only from below. */
import type { LineSeriesOption } from "echarts";
import { formatDuration } from "../../plan/units.ts";
import { type Scale, spanOf, type Timed } from "./axis.ts";
import { type Line, TEXT } from "./chart.ts";
import type { Limit } from "./limits.ts";

type Marks = NonNullable<NonNullable<LineSeriesOption["markPoint"]>["data"]>;

/** A stage of the plan on the charts. */
export interface StageSpan {
  name: string;
  from_s: number;
  to_s: number;
  warm_up: boolean;
  shaded: boolean;
}

/** The stages; every second one is shaded, of both ways the one with less shade: a short spike stands out. */
export function stageSpans(run: Timed): StageSpan[] {
  const { stages } = run.plan;
  const span = spanOf(run);
  const even_ms = stages.reduce((sum, { start_ms, end_ms }, i) => i % 2 === 0 ? sum + end_ms - start_ms : sum, 0);
  const parity = even_ms < run.plan.duration_ms / 2 ? 0 : 1;
  return stages.map(({ name, start_ms, end_ms, warm_up }, i) => ({
    name,
    from_s: start_ms / 1000,
    to_s: Math.min(end_ms / 1000, span),
    warm_up,
    shaded: stages.length > 1 && i % 2 === parity,
  }));
}

/** The shading of stages. */
export function stageMarks(run: Timed) {
  return stageSpans(run).filter(({ shaded }) => shaded).map(({ from_s, to_s }) => [
    { xAxis: from_s, itemStyle: { color: "$fill", opacity: 1 } },
    { xAxis: to_s },
  ]);
}

/** A stretch or an instant that the page marks on every chart over time, in words beside the stages. */
export interface PageMark {
  /** The same for all stretches of one story. */
  name: string;
  /** CSS variable without dashes. */
  color: string;
  from_s: number;
  /** Null for an instant. */
  to_s: number | null;
}

/** A shorter stretch of what is shown would be thinner than a line. */
const LEAST_SHARE = 1 / 500;

/** Stretches as pale areas. */
export function markAreas(marks: readonly PageMark[], span_s: number) {
  return marks.filter((mark) => isArea(mark, span_s)).map(({ color, from_s, to_s }) => [
    { xAxis: from_s, itemStyle: { color: `$${color}`, opacity: 0.13 } },
    { xAxis: to_s ?? from_s },
  ]);
}

/** Instants, and what is as short as one, as thin lines. */
export function markLines(marks: readonly PageMark[], span_s: number) {
  return marks.filter((mark) => !isArea(mark, span_s)).map(({ name, color, from_s }) => ({
    name,
    xAxis: from_s,
    lineStyle: { color: `$${color}`, type: [2, 2], width: 1 },
    label: { show: false },
  }));
}

const isArea = ({ from_s, to_s }: PageMark, span_s: number) => to_s !== null && to_s - from_s >= LEAST_SHARE * span_s;

/** Limits as dashed lines, the first two with their names: at the left and at the right, so that they never meet. */
export function limitMarks(limits: readonly Limit[]) {
  return limits.map(({ name, value, from_s, to_s }, i) => {
    const look = {
      name,
      lineStyle: { color: "$fail", type: [4, 3], width: 1 },
      label: {
        ...TEXT,
        show: i < 2,
        formatter: "{b}",
        color: "$fail",
        textBorderColor: "$paper",
        textBorderWidth: 3,
        position: i === 0 ? "insideStartTop" as const : "insideEndTop" as const,
      },
    };
    return from_s === undefined || to_s === undefined
      ? { ...look, yAxis: value }
      : [{ ...look, coord: [from_s, value] }, { coord: [to_s, value] }];
  });
}

/** The instant that a running load has reached: a thin line from top to bottom; none for a run that has ended. */
export function nowMarks(now_s: number | undefined) {
  if (now_s === undefined) return [];
  return [{
    name: "now",
    xAxis: now_s,
    lineStyle: { color: "$ink-2", type: "solid", width: 1 },
    label: { show: false },
  }];
}

/** Most arrows of a line: more would be a solid band. */
const MAX_ARROWS = 60;

/** Arrows up from values whose true size is not known: calls timed out. */
export function atLeastMarks({ values, at_least = [], color }: Line, at: readonly number[]): Marks {
  const every = Math.ceil(at_least.length / MAX_ARROWS);
  return at_least.filter((_, i) => i % every === 0).map((i) => ({
    name: "at least",
    coord: [at[i] ?? 0, values[i] ?? 0],
    symbol: "triangle",
    symbolSize: [7, 6],
    symbolOffset: [0, -5],
    itemStyle: { color: `$${color}` },
    label: { show: false },
  }));
}

/** The height of a peak that is cut off at the top. */
export function peakMark({ values, judged }: Line, at: readonly number[], { max }: Scale): Marks {
  if (judged !== true) return [];
  const peak = values.reduce<number>((best, value, i) => (value ?? 0) > (values[best] ?? 0) ? i : best, 0);
  const value = values[peak] ?? 0;
  if (value <= max) return [];
  const share = (at[peak] ?? 0) / Math.max(1, at.at(-1) ?? 1);
  return [{
    name: "peak",
    coord: [at[peak] ?? 0, max],
    symbol: "circle",
    symbolSize: 1,
    itemStyle: { color: "$fail" },
    label: {
      ...TEXT,
      show: true,
      formatter: `↑ ${formatDuration(value * 1000)}`,
      color: "$fail",
      textBorderColor: "$paper",
      textBorderWidth: 3,
      // Over the plot, where no line and no other label is.
      position: "top",
      distance: 1,
      align: share < 0.1 ? "left" : share > 0.9 ? "right" : "center",
    },
  }];
}
