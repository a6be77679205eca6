/**
 * Intervals that hold when neighbouring calls correlate: the run is cut into a few long batches, and the spread of the
 * batches, not of the calls, gives the interval of the whole. Sources: L. Schruben 1983 and S. Asmussen, P. Glynn,
 * "Stochastic Simulation" 2007, III.5 (sectioning); docs/measurement.md has the measured coverage.
 */
import { Histogram } from "../measure/histogram.ts";
import { CONFIDENCE, type Interval } from "./interval.ts";
import { studentQuantile } from "./quantiles.ts";

/** Batches of a run; fewer where neighbours still correlate, or where a batch would be empty. */
const MOST_BATCHES = 10;
/** With fewer, t is too wide to be useful. */
const LEAST_BATCHES = 6;
/** Above this, neighbouring batches correlate too much to count as independent. */
const MAX_LAG_1 = 0.3;

/** An interval, and the number of its batches. */
export interface BatchInterval extends Interval {
  batches: number;
  /** Correlation of neighbouring batches; the interval is widened for one above 0.3. */
  lag_1: number;
}

/** One stretch of the run: a sum over it, and what it is divided by: calls, words or seconds. */
export interface Part {
  part: number;
  whole: number;
}

/**
 * The interval of sum of parts / sum of wholes, for rates. Null where fewer than six batches have anything. Source: ratio
 * estimator, W. Cochran, "Sampling Techniques" 1977, 6.4; t with b - 1 degrees.
 * @param parts of the run's finest batches, in order of time
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const words_per_s = [98, 103, 99, 104, 97, 101, 100, 102].map((part) => ({ part, whole: 1 }));
 * const interval = ratioInterval(words_per_s);
 * assert.ok(interval && interval.low < 100.5 && interval.high > 100.5);
 * assert.equal(interval.batches, 8);
 * assert.equal(ratioInterval(words_per_s.slice(0, 5)), null);
 * ```
 */
export function ratioInterval(parts: readonly Part[]): BatchInterval | null {
  return ratioOnScale(parts, () => 1, (ratio, shift) => ratio + shift);
}

/**
 * The same for a share above 0 and below 1, on the scale of log odds: errors come in bursts, so the true share may be
 * much larger than observed, but not much smaller. By the delta method, d logit(p) = dp / (p (1 - p)).
 * @param parts of the run's finest batches, in order of time
 */
export function oddsInterval(parts: readonly Part[]): BatchInterval | null {
  const shifted = (share: number, shift: number) => 1 / (1 + Math.exp(-Math.log(share / (1 - share)) - shift));
  return ratioOnScale(parts, (share) => 1 / (share * (1 - share)), shifted);
}

function ratioOnScale(
  parts: readonly Part[],
  steepness: (ratio: number) => number,
  shifted: (ratio: number, shift: number) => number,
): BatchInterval | null {
  return shrinking(parts.length, (batches) => {
    const sums = cut(parts, batches, addParts);
    if (sums.some(({ whole }) => whole <= 0)) return null;
    const all = addParts(sums);
    const ratio = all.part / all.whole;
    const scale = steepness(ratio) * batches / all.whole;
    const deviations = sums.map(({ part, whole }) => (part - ratio * whole) * scale);
    return { deviations, bias: 0, at: (shift) => shifted(ratio, shift) };
  });
}

/**
 * The interval of a percentile; see `positiveInterval`. Without the bias term the interval of a P99 of five minutes holds
 * the truth in about 84 of 100 runs, with it in about 94 (bench/coverage.ts).
 * @param whole all batches together
 * @param histograms of the run's finest batches, in order of time
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Histogram } from "../measure/histogram.ts";
 * // Ten batches of 100 latencies each, 10 to 109 ms in another order.
 * const batches = Array.from({ length: 10 }, (_, batch) => {
 *   const histogram = new Histogram();
 *   for (let at = 0; at < 100; at++) histogram.record(10_000 + 1000 * ((at * 37 + batch * 11) % 100));
 *   return histogram;
 * });
 * const whole = new Histogram();
 * for (const batch of batches) whole.merge(batch);
 * const interval = percentileInterval(whole, batches, 95);
 * assert.ok(interval && interval.low <= whole.percentile(95) && whole.percentile(95) <= interval.high);
 * ```
 */
export function percentileInterval(
  whole: Histogram,
  histograms: readonly Histogram[],
  percentile: number,
): BatchInterval | null {
  return positiveInterval(whole, histograms, (histogram) => histogram.percentile(percentile));
}

/**
 * The interval of the mean of values; see `positiveInterval`.
 * @param whole all batches together
 * @param histograms of the run's finest batches, in order of time
 */
export function meanInterval(whole: Histogram, histograms: readonly Histogram[]): BatchInterval | null {
  return positiveInterval(whole, histograms, (histogram) => histogram.mean);
}

/**
 * Sectioning for a figure of positive, skewed values. Each batch is compared with the whole as a ratio, because latencies
 * have long tails. A batch with few values in the tail underestimates it; the mean of the log ratios shows by how much,
 * and the width includes it in full. Null where fewer than six batches have a value above 0.
 */
function positiveInterval(
  whole: Histogram,
  histograms: readonly Histogram[],
  read: (merged: Histogram) => number,
): BatchInterval | null {
  const centre = read(whole);
  return shrinking(histograms.length, (batches) => {
    const sections = cut(histograms, batches, mergeAll);
    if (centre <= 0 || sections.some((one) => read(one) <= 0)) return null;
    const deviations = sections.map((one) => Math.log(read(one) / centre) * (batches * one.count / whole.count));
    return { deviations, bias: mean(deviations), at: (shift) => centre * Math.exp(shift) };
  });
}

function mergeAll(histograms: readonly Histogram[]): Histogram {
  const merged = new Histogram();
  for (const histogram of histograms) merged.merge(histogram);
  return merged;
}

/** The result of one number of batches. */
interface Cut {
  /** The difference of each batch from the whole, weighted by its size (1 for the mean size). */
  deviations: number[];
  /** The bias that all batches share. */
  bias: number;
  /** The value of the whole, shifted. */
  at(shift: number): number;
}

/** Tries ten batches, then nine, ... until neighbours are independent enough; accepts six in any case, and widens. */
function shrinking(available: number, cutInto: (batches: number) => Cut | null): BatchInterval | null {
  for (let batches = Math.min(MOST_BATCHES, available); batches >= LEAST_BATCHES; batches--) {
    const found = cutInto(batches);
    if (found === null) continue;
    const lag_1 = lagOne(found.deviations);
    if (lag_1 > MAX_LAG_1 && batches > LEAST_BATCHES) continue;
    const spread = found.deviations.reduce((sum, x) => sum + x * x, 0) / (batches * (batches - 1));
    // Of an AR(1) series the mean varies (1 + r) / (1 - r) times as much as of an independent one.
    const widened = lag_1 > MAX_LAG_1 ? (1 + lag_1) / (1 - lag_1) : 1;
    const half = studentQuantile((1 + CONFIDENCE) / 2, batches - 1) * Math.sqrt(spread * widened + found.bias ** 2);
    return { low: found.at(-half), high: found.at(half), batches, lag_1 };
  }
  return null;
}

/** Neighbours joined into `count` groups whose numbers of members differ by one at most. */
function cut<T>(items: readonly T[], count: number, join: (group: readonly T[]) => T): T[] {
  const edge = (group: number) => Math.round(group * items.length / count);
  return Array.from({ length: count }, (_, group) => join(items.slice(edge(group), edge(group + 1))));
}

function addParts(parts: readonly Part[]): Part {
  return parts.reduce((sum, { part, whole }) => ({ part: sum.part + part, whole: sum.whole + whole }));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Correlation of each value with the next, from -1 to 1; 0 where nothing varies. */
export function lagOne(values: readonly number[]): number {
  const centre = mean(values);
  const centred = values.map((value) => value - centre);
  const all = centred.reduce((sum, x) => sum + x * x, 0);
  const pairs = centred.slice(1).reduce((sum, x, i) => sum + x * (centred[i] as number), 0);
  return all === 0 ? 0 : pairs / all;
}
