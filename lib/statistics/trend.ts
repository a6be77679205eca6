/** Whether a value rises or falls over time, with a confidence interval. */
import { lagOne } from "./batch_means.ts";
import { CONFIDENCE, type Interval } from "./interval.ts";
import { studentQuantile } from "./quantiles.ts";

/** A value at a time; the unit of time is the caller's. */
export interface Point {
  x: number;
  y: number;
}

/** A straight line through points. */
export interface Trend {
  /** Change of y for 1 of x. */
  slope: number;
  /** 95 %; null with fewer than ten points. */
  interval: Interval | null;
}

/** Fewest points for an interval. */
const LEAST_POINTS = 10;
/** A correlation nearer to 1 looks the same as a trend. */
const MAX_CORRELATION = 0.95;

/** The middle value, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

/**
 * The median of the slopes of all pairs of points; NaN with fewer than two times. Sources: H. Theil 1950, P. K. Sen 1968.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const points = [0, 1, 2, 3, 4].map((x) => ({ x, y: x === 2 ? 1000 : 5 * x }));
 * assert.equal(theilSen(points), 5, "one outlier moves it little");
 * ```
 */
export function theilSen(points: readonly Point[]): number {
  const slopes: number[] = [];
  for (const [i, a] of points.entries()) {
    for (const b of points.slice(i + 1)) if (a.x !== b.x) slopes.push((b.y - a.y) / (b.x - a.x));
  }
  return median(slopes);
}

/**
 * The Theil-Sen slope of points in order of time, roughly evenly spaced. Its interval allows for correlated
 * neighbours: if the residuals are an AR(1) series, n of them count as n (1 - r) / (1 + r) independent ones. r
 * is their lag-1 correlation, which detrending makes too small by about (2 + 4 r) / n and which is corrected for that.
 * Mann-Kendall's test, which ignores r, reports drift in 60 % of runs without drift at r = 0.9; this interval excludes 0 in 5 to
 * 10 % (tests/statistics). Sources: B. Santer et al. 2000 (effective sample size), M. Kendall 1954 (bias).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * // Memory in MB, once a minute: it grows by 2, with some noise.
 * const points = Array.from({ length: 30 }, (_, x) => ({ x, y: 500 + 2 * x + 3 * Math.sin(x * x) }));
 * const trend = trendOf(points);
 * assert.ok(trend?.interval && trend.interval.low > 0, "it grows");
 * assert.equal(trend.slope.toFixed(0), "2");
 * ```
 */
export function trendOf(points: readonly Point[]): Trend | null {
  const slope = theilSen(points);
  if (!Number.isFinite(slope)) return null;
  const n = points.length;
  if (n < LEAST_POINTS) return { slope, interval: null };
  const residuals = points.map(({ x, y }) => y - slope * x);
  const centre = residuals.reduce((sum, y) => sum + y, 0) / n;
  const middle = points.reduce((sum, { x }) => sum + x, 0) / n;
  const squares = residuals.reduce((sum, y) => sum + (y - centre) ** 2, 0);
  const spread = points.reduce((sum, { x }) => sum + (x - middle) ** 2, 0);
  const corrected = (n * lagOne(residuals) + 2) / (n - 4);
  const r = Math.min(MAX_CORRELATION, Math.max(0, corrected));
  const freedom = Math.max(1, n * (1 - r) / (1 + r) - 2);
  const half = studentQuantile((1 + CONFIDENCE) / 2, freedom) * Math.sqrt(squares / freedom / spread);
  return { slope, interval: { low: slope - half, high: slope + half } };
}

/**
 * The minimum of the first and of the last third of values in order of time. A garbage collector frees memory now and
 * then, so peaks say little; a leak raises the floor. Null with fewer than three values.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(floors([10, 90, 11, 95, 12, 99, 30, 110, 31]), { first: 10, last: 30 });
 * ```
 */
export function floors(values: readonly number[]): { first: number; last: number } | null {
  const third = Math.floor(values.length / 3);
  return third === 0 ? null : { first: Math.min(...values.slice(0, third)), last: Math.min(...values.slice(-third)) };
}
