/** A figure over the runs of a history: a dot a run, a step a level, a line where the level changed. */
import type { LineSeriesOption } from "echarts";
import type { FigureHistory, PastRun } from "../../compare/history.ts";
import { type MeasureUnit, UNITS } from "../../plan/threshold/measure_units.ts";
import { plainText } from "../format/escape.ts";
import { valueAxis } from "./axis.ts";
import { type Chart, formatter, type LineData, PLOT, TEXT, type Unit, type Value } from "./chart.ts";

const HEIGHT = 110;
/** Most labels of the axis: dates of ten characters. */
const MOST_LABELS = 5;

/** How a figure is drawn: its unit, and by what its values are divided or multiplied. */
function unitOf(unit: MeasureUnit): { unit: Unit; factor: number } {
  if (unit === "us") return { unit: "duration_ms", factor: 1e-3 };
  if (unit === "ratio") return { unit: "percent", factor: 100 };
  if (unit === "ppm") return { unit: "number", factor: 1e-6 };
  return { unit: "number", factor: 1 };
}

/**
 * The chart of a figure.
 * @param text what its levels are, in words
 */
export function historyChart(one: FigureHistory, runs: readonly PastRun[], color: string, text: string): Chart {
  const { unit, factor } = unitOf(one.unit);
  const rounded = (value: number) => Number((value * factor).toPrecision(4));
  const values = runs.map((): Value => null);
  for (const { run, value } of one.points) values[run] = rounded(value);
  const at = runs.map((_, i) => i);
  const name = `${one.operation} ${one.name}`;
  const levels = one.levels.map((level, i) => ({
    name: `${name}, level ${i + 1}`,
    values: runs.map((_, run): Value => run >= level.from && run <= level.to ? rounded(level.value) : null),
  }));
  const known = values.filter((value) => value !== null);
  const lines: Record<string, LineData> = Object.fromEntries(
    [{ name, values }, ...levels].map(({ name, values }) => [name, { unit, at, values }]),
  );
  return {
    title: `${plainText(one.operation)} ${one.name}`,
    note: "",
    figure: one.levels.length === 0 ? "" : UNITS[one.unit].write(one.levels.at(-1)?.value ?? 0),
    over: false,
    color,
    height: HEIGHT + PLOT.top + PLOT.labelled_bottom,
    description: `${one.name} of ${plainText(one.operation)} over ${one.points.length} runs. ${text}`,
    x: "runs",
    option: {
      animation: false,
      textStyle: TEXT,
      grid: {
        left: PLOT.left,
        right: PLOT.right,
        top: PLOT.top,
        bottom: PLOT.labelled_bottom,
        outerBoundsMode: "none",
      },
      xAxis: {
        type: "category",
        boundaryGap: false,
        data: runs.map(({ started_at }) => started_at.slice(0, 10)),
        ...(runs.length > 1 ? { max: runs.length - 1 } : {}),
        axisLabel: {
          ...TEXT,
          interval: Math.max(0, Math.ceil(runs.length / MOST_LABELS) - 1),
          hideOverlap: true,
          // Centred, the first would meet the axis of values.
          alignMinLabel: "left",
        },
        axisTick: { show: false },
        axisLine: { lineStyle: { color: "$line" } },
      },
      yAxis: { ...valueAxis(scaleAround(known), unit), axisLabel: { ...TEXT, formatter: formatter(`${unit}_axis`) } },
      series: [
        changes(one.levels.slice(1).map(({ from }) => from)),
        ...levels.map(({ name }) => series(name, color, 2)),
        series(name, color, 0),
      ],
    } as Chart["option"],
    names: [],
    readings: [{ line: name, label: one.name }],
    lines,
  };
}

/** Dots where the line has no width. */
function series(name: string, color: string, width: number): LineSeriesOption {
  return {
    name,
    type: "line",
    data: `#${name}` as unknown as number[],
    showSymbol: width === 0,
    showAllSymbol: true,
    symbol: "circle",
    symbolSize: 6,
    lineStyle: { color: `$${color}`, width, opacity: width === 0 ? 0 : 0.7 },
    itemStyle: { color: `$${color}` },
    silent: true,
    z: width === 0 ? 4 : 3,
  };
}

/** Dashed lines where a new level begins. */
function changes(at: readonly number[]): LineSeriesOption {
  const lineStyle = { color: "$ink-3", type: [4, 3], width: 1 };
  const data = at.map((run) => ({ xAxis: run, lineStyle, label: { show: false } }));
  return {
    name: "frame",
    type: "line",
    data: [],
    silent: true,
    markLine: { silent: true, symbol: "none", data } as NonNullable<LineSeriesOption["markLine"]>,
    z: 1,
  };
}

const STEPS = [1, 2, 2.5, 5, 10];

/**
 * An axis around values, not from 0: what is looked for is a step of some per cent.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(scaleAround([1250, 1700]), { min: 1000, max: 2000, interval: 500, ends_at_tick: true });
 * ```
 */
export function scaleAround(values: readonly number[]) {
  const [low, high] = [Math.min(...values, Infinity), Math.max(...values, -Infinity)];
  if (low > high) return { min: 0, max: 1, interval: 1, ends_at_tick: true };
  const size = Math.max(high - low, Math.abs(high) * 0.02, 1e-6);
  const power = 10 ** Math.floor(Math.log10(size));
  const interval = power * (STEPS.find((step) => step * power >= size) ?? 10);
  const near = (value: number) => Number(value.toPrecision(9));
  const min = near(Math.floor(low / interval) * interval);
  const max = near(Math.max(Math.ceil(high / interval), Math.floor(low / interval) + 1) * interval);
  return { min, max, interval: near(interval), ends_at_tick: true };
}
