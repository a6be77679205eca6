/** The axes of charts: ticks at round values, few enough that their labels never meet. Pure arithmetic. */
import type { XAXisComponentOption, YAXisComponentOption } from "echarts";
import type { Stage } from "../../plan/plan.ts";
import { formatter, TEXT, type Unit } from "./chart.ts";

const INTERVALS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/** What charts over time need to know of a run: a `Run`, or a plan that is not run yet. */
export interface Timed {
  elapsed_ms: number;
  load_end_ms: number;
  plan: { duration_ms: number; stages: readonly Stage[] };
}

/** Length of a chart's time axis; seconds. */
export function spanOf(run: Timed): number {
  return Math.max(1, Math.ceil(Math.max(run.elapsed_ms, run.load_end_ms) / 1000));
}

/** Seconds between the labels of a time axis over `span` seconds. */
export function labelInterval(span: number): number {
  return INTERVALS_S.find((step) => span / step <= 6) ?? Math.ceil(span / 6);
}

/** The axis of time, which all charts share. */
export function timeAxis(span_s: number, labelled: boolean): XAXisComponentOption {
  const interval = labelInterval(span_s);
  return {
    type: "value",
    min: 0,
    max: span_s,
    interval,
    axisLine: { lineStyle: { color: "$line" } },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: {
      ...TEXT,
      show: labelled,
      formatter: formatter("clock"),
      showMaxLabel: span_s % interval === 0,
      hideOverlap: true,
    },
  };
}

/** An axis that runs from `min` to `max` with a tick every `interval`. */
export interface Scale {
  min: number;
  max: number;
  interval: number;
  /** Whether the upper end is a tick itself. */
  ends_at_tick: boolean;
}

/** How far above a limit an axis runs: every limit stands at the same height, so that one glance finds what is over. */
export const ABOVE_LIMIT = 1.75;
/** Data that stays below this share of its limit would be a flat line at the bottom: its axis fits the data. */
const NEAR_LIMIT = 0.3;

/** Whether a chart whose highest value is `highest` is drawn against its limit. */
export function isNear(highest: number, limit: number): boolean {
  return limit > 0 && highest >= NEAR_LIMIT * limit;
}

/** The axis of a chart that is drawn against a limit. */
export function limitScale(limit: number): Scale {
  return { min: 0, max: limit * ABOVE_LIMIT, interval: limit / 2, ends_at_tick: false };
}

/**
 * The axis that fits values from `lowest` to `highest`: two or three ticks, at round values of the unit.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(fittingScale(0, 730, "duration_ms"), { min: 0, max: 800, interval: 400, ends_at_tick: true });
 * assert.deepEqual(fittingScale(-120, 90, "duration_ms").min, -120);
 * ```
 */
export function fittingScale(lowest: number, highest: number, unit: Unit): Scale {
  const half = roundUp(Math.max(highest, -lowest, SMALLEST[unit]) / 2, unit);
  const interval = lowest < 0 ? half * 2 : half;
  const min = lowest < 0 ? -interval : 0;
  return { min, max: Math.max(highest > 0 ? interval : 0, min + 2 * interval), interval, ends_at_tick: true };
}

/** Axes of nothing end here. */
const SMALLEST: Readonly<Record<Unit, number>> = {
  duration_ms: 1,
  count: 2,
  rate: 2,
  number: 1,
  percent: 2,
  watt: 10,
  bytes: 1024,
  celsius: 20,
  megahertz: 100,
};

const ROUND = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
const WHOLE = [1, 2, 3, 4, 5, 6, 8, 10];

/** The next round number. Bytes have powers of two, times of minutes whole minutes, counts whole numbers. */
function roundUp(value: number, unit: Unit): number {
  if (unit === "bytes") {
    const power = 2 ** Math.ceil(Math.log2(value));
    return value <= 0.75 * power ? 0.75 * power : power;
  }
  if (unit === "duration_ms" && value > 60_000) return 60_000 * roundUp(value / 60_000, "number");
  const power = 10 ** Math.floor(Math.log10(value));
  const digits = power === 1 && (unit === "count" || unit === "rate") ? WHOLE : ROUND;
  return Number(((digits.find((digit) => digit * power >= value * (1 - 1e-9)) ?? 10) * power).toPrecision(3));
}

/** The axis of values. */
export function valueAxis({ min, max, interval, ends_at_tick }: Scale, unit: Unit): YAXisComponentOption {
  return {
    type: "value",
    min,
    max,
    interval,
    axisLabel: { ...TEXT, formatter: formatter(`${unit}_axis`), showMaxLabel: ends_at_tick },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: "$line" } },
  };
}

/** Rows of a logarithmic axis of durations to each doubling; positions on it count rows, from 1 ms. */
export const ROWS_PER_DOUBLING = 4;

/** The position of a duration; 0 ms and less has none. */
export function rowOf(ms: number): number {
  return ROWS_PER_DOUBLING * Math.log2(ms);
}

/** Ticks of a logarithmic axis over rows: at 1, 2 and 5 of each power of ten, fewer where they would meet. */
export function logTicks(bottom: number, top: number): number[] {
  const powers = Array.from({ length: 12 }, (_, i) => 10 ** (i - 4));
  const ticks = (digits: readonly number[]) =>
    powers.flatMap((power) => digits.map((digit) => rowOf(digit * power))).filter((row) => row >= bottom && row <= top);
  const fine = ticks([1, 2, 5]);
  return fine.length <= 9 ? fine : ticks([1]);
}
