/**
 * ECharts options from the page's data: `$name` stands for a CSS variable, `@name` for one of the functions below, `#name`
 * for a line, so the same data can be drawn in either colour scheme and on paper.
 */
import type { EChartsOption } from "echarts";
import { rowOf } from "../../charts/axis.ts";
import type { Formatter, Unit } from "../../charts/chart.ts";
import type { PageChart, PageData } from "../chart_data.ts";
import { markAreas, markLines } from "../../charts/marks.ts";
import { pointsOf } from "./data.ts";
import { bandShape, type CellPoint, cellShape } from "./shapes.ts";
import { writeElapsed, writeNinesTick, writeRowTick, writeTick } from "./values.ts";

const tickOf = (unit: Unit) => (value: number) => writeTick(unit, value);

/** The functions that `@name` stands for under `formatter`. */
export const FORMATTERS: Record<Formatter, (value: number) => string> = {
  clock: writeElapsed,
  nines: writeNinesTick,
  log_axis: writeRowTick,
  duration_ms_axis: tickOf("duration_ms"),
  count_axis: tickOf("count"),
  rate_axis: tickOf("rate"),
  number_axis: tickOf("number"),
  percent_axis: tickOf("percent"),
  watt_axis: tickOf("watt"),
  bytes_axis: tickOf("bytes"),
  celsius_axis: tickOf("celsius"),
  megahertz_axis: tickOf("megahertz"),
};

/** The colours in force, by the name of their CSS variable. */
export type Colors = (name: string) => string;

/** The series of a chart that holds what stands behind its lines. */
interface Frame {
  name?: string;
  markArea?: { data?: unknown[] };
  markLine?: { data?: unknown[] };
}

/** A chart over time with the run's marks behind its lines. */
function withMarks({ x, option }: PageChart, { marks, span_s }: PageData): EChartsOption {
  if (x !== "time" || marks.length === 0) return option;
  const quiet = { silent: true, symbol: "none" };
  const series = (option.series as Frame[]).map((one) =>
    one.name !== "frame" ? one : {
      ...one,
      markArea: { ...quiet, ...one.markArea, data: [...one.markArea?.data ?? [], ...markAreas(marks, span_s)] },
      markLine: { ...quiet, ...one.markLine, data: [...one.markLine?.data ?? [], ...markLines(marks, span_s)] },
    }
  );
  return { ...option, series } as EChartsOption;
}

/** A chart's option with the run's marks, and its stand-ins replaced. */
export function optionOf(chart: PageChart, data: PageData, colors: Colors): EChartsOption {
  const replaced = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => replaced(item, key));
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, replaced(item, name)]));
    }
    if (typeof value !== "string") return value;
    if (value.startsWith("$") && /color$|^fontFamily$/i.test(key)) return colors(value.slice(1));
    if (value.startsWith("#") && key === "data") return dataOf(data, value.slice(1));
    if (value.startsWith("@") && key === "formatter") return FORMATTERS[value.slice(1) as Formatter];
    return value.startsWith("@") && key === "renderItem" ? shapeOf(data, value.slice(1)) : value;
  };
  return replaced(withMarks(chart, data), "") as EChartsOption;
}

/** A line; `log:` before its name puts durations on a logarithmic axis, `cells:` names a heat map. */
export function dataOf(data: PageData, name: string): unknown[] {
  if (name.startsWith("cells:")) return cellsOf(data, name.slice(6));
  if (!name.startsWith("log:")) return pointsOf(data, name);
  return pointsOf(data, name.slice(4)).map(([x, ms]) => [x, ms === null ? null : rowOf(Math.max(ms, 1e-3))]);
}

/** The square root keeps single calls of the tail visible beside thousands in the middle. */
function cellsOf(data: PageData, name: string): CellPoint[] {
  const found = data.cells[name];
  if (found === undefined) return [];
  const { cells, column_s, most } = found;
  return Array.from({ length: cells.length / 3 }, (_, i): CellPoint => {
    const [column = 0, row = 0, calls = 0] = cells.slice(3 * i, 3 * i + 3);
    const from_s = column * column_s;
    return [from_s, row, from_s + column_s, row + 1, 0.12 + 0.88 * Math.sqrt(calls / most)];
  });
}

function shapeOf(data: PageData, text: string): unknown {
  if (text === "cells") return cellShape;
  const [low = "", high = ""] = text.replace(/^band /, "").split("\t");
  return bandShape(pointsOf(data, low), pointsOf(data, high));
}
