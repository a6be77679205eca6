/** OpenTelemetry's exponential histograms, from ours. */
import type { Histogram } from "../../measure/histogram.ts";

/** Buckets of one sign: bucket i of `counts` holds magnitudes above base^(offset + i), up to base^(offset + i + 1). */
export interface Buckets {
  offset: number;
  counts: number[];
}

/** Counts by magnitude; base = 2^(2^-scale). */
export interface Exponential {
  scale: number;
  zero_count: number;
  positive: Buckets;
  negative: Buckets;
}

/** OpenTelemetry's own default: collectors and back ends expect no more. */
export const MAX_BUCKETS = 160;
/** With base 1.00068 a bucket is as narrow as a slot of ours: finer ones would only look exact. */
const MAX_SCALE = 10;
const MIN_SCALE = -10;

/**
 * The same counts in buckets of the finest base with which they need at most 160 of each sign. A slot goes whole into the
 * bucket of its middle.
 * @param divisor how many of the histogram's units one of the result's has
 * @see https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Histogram } from "../../measure/histogram.ts";
 *
 * const histogram = new Histogram();
 * for (const us of [0, 1_500_000, 3_000_000]) histogram.record(us);
 * const { zero_count, positive } = exponentialOf(histogram, 1e6);
 * assert.deepEqual([zero_count, positive.counts.reduce((a, b) => a + b)], [1, 2]);
 * ```
 */
export function exponentialOf(histogram: Histogram, divisor: number): Exponential {
  const positive: Array<[magnitude: number, count: number]> = [];
  const negative: Array<[magnitude: number, count: number]> = [];
  let zero_count = 0;
  for (const { lowest, highest, count } of histogram.slots()) {
    // No slot reaches beyond the exact extremes.
    const middle = (Math.max(lowest, histogram.min) + Math.min(highest, histogram.max)) / 2;
    if (middle === 0) zero_count += count;
    else (middle > 0 ? positive : negative).push([Math.abs(middle) / divisor, count]);
  }
  for (let scale = MAX_SCALE;; scale--) {
    const [above, below] = [positive, negative].map((values) => bucketsOf(values, scale));
    if (above !== undefined && below !== undefined) {
      const fits = above.counts.length <= MAX_BUCKETS && below.counts.length <= MAX_BUCKETS;
      if (fits || scale === MIN_SCALE) return { scale, zero_count, positive: above, negative: below };
    }
  }
}

/** Index of the bucket of a magnitude: base^index < magnitude <= base^(index + 1). */
export function bucketOf(magnitude: number, scale: number): number {
  return Math.ceil(Math.log2(magnitude) * 2 ** scale) - 1;
}

function bucketsOf(values: ReadonlyArray<readonly [number, number]>, scale: number): Buckets {
  const indices = values.map(([magnitude]) => bucketOf(magnitude, scale));
  if (indices.length === 0) return { offset: 0, counts: [] };
  const offset = indices.reduce((a, b) => Math.min(a, b));
  const last = indices.reduce((a, b) => Math.max(a, b));
  const counts = new Array<number>(last - offset + 1).fill(0);
  for (const [i, [, count]] of values.entries()) {
    const at = (indices[i] as number) - offset;
    counts[at] = (counts[at] as number) + count;
  }
  return { offset, counts };
}
