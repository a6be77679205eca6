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
/** A correlation above this cannot be told from a trend, and would widen without end. */
const MOST_WIDENED_LAG = 0.8;
/** Batches of a mean: fewer and longer than those of others, since their skewness must have evened out. */
const MEAN_BATCHES = 8;
/** Below this the skewed interval is Student's to all digits that count, and its formula loses them. */
const NO_LEAN = 1e-6;

/** An interval, and the number of its batches. */
export interface BatchInterval extends Interval {
  batches: number;
  /** Correlation of neighbouring batches, as observed; the interval is widened for what it is likely to be. */
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
export function ratioInterval(parts: readonly Part[], confidence = CONFIDENCE): BatchInterval | null {
  const { part, whole } = addParts(parts);
  return skewedInterval(ratioSections(parts, () => 1), part / whole, confidence);
}

/**
 * A ratio of sums in sections.
 * @param parts of the run's finest batches, in order of time
 * @param steepness of the scale at the ratio: 1 for the ratio itself, 1 / ratio for its logarithm
 */
export function ratioSections(parts: readonly Part[], steepness: (ratio: number) => number): Sections {
  return {
    available: parts.length,
    deviations(batches) {
      const sums = cut(parts, batches, addParts);
      if (sums.some(({ whole }) => whole <= 0)) return null;
      const all = addParts(sums);
      const ratio = all.part / all.whole;
      const scale = steepness(ratio) * batches / all.whole;
      return sums.map(({ part, whole }) => (part - ratio * whole) * scale);
    },
  };
}

/**
 * The interval of a percentile; see `positiveInterval`. Without the bias term the interval of a P99 of five minutes holds
 * the truth in about 84 of 100 runs, with it in about 94 (bench/coverage.ts).
 * @param whole all batches together
 * @param cuts of the run's finest batches
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
 * const interval = percentileInterval(whole, cutsOf(batches), 95);
 * assert.ok(interval && interval.low <= whole.percentile(95) && whole.percentile(95) <= interval.high);
 * ```
 */
export function percentileInterval(
  whole: Histogram,
  cuts: Cuts,
  percentile: number,
): BatchInterval | null {
  return positiveInterval(whole, cuts, (histogram) => histogram.percentile(percentile));
}

/**
 * The interval of the mean of values; see `skewedInterval`.
 * @param whole all batches together
 * @param cuts of the run's finest batches
 */
export function meanInterval(whole: Histogram, cuts: Cuts): BatchInterval | null {
  const sections = valueSections(whole, cuts, (histogram) => histogram.mean, "linear");
  return skewedInterval({ ...sections, most: MEAN_BATCHES }, whole.mean, CONFIDENCE);
}

/**
 * Sectioning for a figure of positive, skewed values. Each batch is compared with the whole as a ratio, because latencies
 * have long tails. A batch with few values in the tail underestimates it; the mean of the log ratios shows by how much,
 * and the width includes it in full. Null where fewer than six batches have a value above 0.
 */
function positiveInterval(
  whole: Histogram,
  cuts: Cuts,
  read: (merged: Histogram) => number,
): BatchInterval | null {
  const centre = read(whole);
  return intervalOf(valueSections(whole, cuts, read, "log"), (shift) => centre * Math.exp(shift));
}

/** On which scale values are compared: as ratios, which needs values above 0, or as differences. */
export type Scale = "log" | "linear";

/** The values of a run cut into any number of batches; several figures of the same values share it. */
export interface Cuts {
  available: number;
  into(batches: number): readonly Histogram[];
}

/** @param histograms of the run's finest batches, in order of time */
export function cutsOf(histograms: readonly Histogram[]): Cuts {
  const made = new Map<number, Histogram[]>();
  return {
    available: histograms.length,
    into(batches) {
      const found = made.get(batches) ?? cut(histograms, batches, mergeAll);
      made.set(batches, found);
      return found;
    },
  };
}

/**
 * A figure of the values of a histogram in sections.
 * @param whole all batches together
 */
export function valueSections(
  whole: Histogram,
  cuts: Cuts,
  read: (merged: Histogram) => number,
  scale: Scale,
): Sections {
  const centre = read(whole);
  const distance = (value: number) => scale === "log" ? Math.log(value / centre) : value - centre;
  return {
    available: cuts.available,
    deviations(batches) {
      const sections = cuts.into(batches);
      const values = sections.map(read);
      if (sections.some(({ count }) => count === 0)) return null;
      if (scale === "log" && (centre <= 0 || values.some((value) => value <= 0))) return null;
      return values.map((value, i) => distance(value) * (batches * (sections[i] as Histogram).count / whole.count));
    },
  };
}

function mergeAll(histograms: readonly Histogram[]): Histogram {
  const merged = new Histogram();
  for (const histogram of histograms) merged.merge(histogram);
  return merged;
}

/** A figure of a run that can be cut into batches. */
export interface Sections {
  /** The most batches it can be cut into. */
  available: number;
  /** The most it should be cut into; absent: ten, because a percentile of few values is biased. */
  most?: number;
  /**
   * The difference of each batch from the whole on the figure's scale, weighted by its size (1 for the mean size); null
   * where a batch has no value.
   */
  deviations(batches: number): number[] | null;
}

/** How much a figure varies by chance, on its scale. */
export interface Spread {
  /** Of the figure of the whole. */
  variance: number;
  /** Degrees of freedom of the variance. */
  freedom: number;
  /** What smallness of the batches biases them by, all alike. */
  bias: number;
  batches: number;
  /** Correlation of neighbouring batches, as observed; the variance is widened for what it is likely to be. */
  lag_1: number;
  /** Third moment of the batches over their deviation cubed; 0 where nothing varies. */
  skewness: number;
}

/** Tries ten batches, then nine, ... until neighbours are independent enough; accepts six in any case, and widens. */
export function spreadOf({ available, most = MOST_BATCHES, deviations: cutInto }: Sections): Spread | null {
  for (let batches = Math.min(most, available); batches >= LEAST_BATCHES; batches--) {
    const deviations = cutInto(batches);
    if (deviations === null) continue;
    const lag_1 = lagOne(deviations);
    if (lag_1 > MAX_LAG_1 && batches > LEAST_BATCHES) continue;
    const variance = deviations.reduce((sum, x) => sum + x * x, 0) / (batches * (batches - 1)) *
      widening(lag_1, batches);
    const [freedom, bias] = [batches - 1, mean(deviations)];
    return { variance, freedom, bias, batches, lag_1, skewness: skewnessOf(deviations) };
  }
  return null;
}

/**
 * How much more the mean of correlated batches varies than that of independent ones: (1 + r) / (1 - r) for an AR(1)
 * series. Of n batches a correlation r is seen about (1 + 3 r) / n too low. Source: F. Marriott, J. Pope 1954.
 */
function widening(lag_1: number, batches: number): number {
  const likely = Math.min(MOST_WIDENED_LAG, Math.max(0, (lag_1 + 1 / batches) / (1 - 3 / batches)));
  return (1 + likely) / (1 - likely);
}

function skewnessOf(deviations: readonly number[]): number {
  const count = deviations.length;
  const variance = deviations.reduce((sum, x) => sum + x * x, 0) / (count - 1);
  if (variance === 0) return 0;
  const third = deviations.reduce((sum, x) => sum + x ** 3, 0) * count / ((count - 1) * (count - 2));
  return third / variance ** 1.5;
}

/**
 * The interval of a mean whose batches are skewed: latencies and failures come in bursts, so that the truth may lie much
 * higher than observed, but not much lower. Source: R. Willink 2005, as "Skart" uses it on batch means (A. Tafazzoli,
 * J. Wilson 2011); coverage in docs/measurement.md.
 */
function skewedInterval(sections: Sections, centre: number, confidence: number): BatchInterval | null {
  const spread = spreadOf(sections);
  if (spread === null) return null;
  const { variance, freedom, batches, lag_1, skewness } = spread;
  const lean = skewness / (6 * Math.sqrt(batches));
  const leant = (t: number) => Math.abs(lean) < NO_LEAN ? t : (Math.cbrt(1 + 6 * lean * (t - lean)) - 1) / (2 * lean);
  const t = studentQuantile((1 + confidence) / 2, freedom);
  const error = Math.sqrt(variance);
  return { low: centre - leant(t) * error, high: centre - leant(-t) * error, batches, lag_1 };
}

/** @param at the value of the whole, shifted on its scale */
function intervalOf(
  sections: Sections,
  at: (shift: number) => number,
  confidence = CONFIDENCE,
): BatchInterval | null {
  const spread = spreadOf(sections);
  if (spread === null) return null;
  const { variance, freedom, bias, batches, lag_1 } = spread;
  const half = studentQuantile((1 + confidence) / 2, freedom) * Math.sqrt(variance + bias ** 2);
  return { low: at(-half), high: at(half), batches, lag_1 };
}

/** Neighbours joined into `count` groups whose numbers of members differ by one at most. */
function cut<T>(items: readonly T[], count: number, join: (group: readonly T[]) => T): T[] {
  const edge = (group: number) => Math.round(group * items.length / count);
  return Array.from({ length: count }, (_, group) => join(items.slice(edge(group), edge(group + 1))));
}

function addParts(parts: readonly Part[]): Part {
  return parts.reduce((sum, { part, whole }) => ({ part: sum.part + part, whole: sum.whole + whole }), {
    part: 0,
    whole: 0,
  });
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
