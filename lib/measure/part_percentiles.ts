/**
 * Percentiles of histograms in their data form, together. A report reads tens of thousands of them, each once: to fill a
 * histogram for each would cost ten times as much.
 */
import { highestAt, Histogram, SLOTS } from "./histogram.ts";
import type { HistogramData } from "./interval.ts";

/** Counts of the slots while percentiles are read; all 0 in between. */
let counts = new Float64Array(0);

/**
 * The values at percentiles of all parts together, as a histogram of them gives them; 0 where nothing was recorded.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Histogram } from "./histogram.ts";
 * const [one, other] = [new Histogram(), new Histogram()];
 * for (let ms = 1; ms <= 100; ms++) (ms % 3 === 0 ? one : other).record(1000 * ms);
 * const both = Histogram.from(one.toData());
 * both.merge(other);
 * assert.deepEqual(percentilesOf([one.toData(), other.toData()], [50, 99]), [both.percentile(50), both.percentile(99)]);
 * ```
 */
export function percentilesOf(parts: readonly HistogramData[], percentiles: readonly number[]): number[] {
  if (parts.some(({ below }) => below !== undefined)) return ofSigned(parts, percentiles);
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return percentiles.map((percentile) => ofOne(only, percentile));
  if (counts.length === 0) counts = new Float64Array(SLOTS);
  let [lowest, highest, count] = [SLOTS, -1, 0];
  for (const { buckets } of parts) {
    let index = 0;
    if (buckets.length > 0 && (buckets[0] as number) < lowest) lowest = buckets[0] as number;
    for (let i = 0; i + 1 < buckets.length; i += 2) {
      index += buckets[i] as number;
      const more = buckets[i + 1] as number;
      counts[index] = (counts[index] as number) + more;
      count += more;
    }
    if (index > highest) highest = index;
  }
  const min = parts.reduce((least, part) => part.count === 0 ? least : Math.min(least, part.min), Infinity);
  const max = parts.reduce((most, part) => part.count === 0 ? most : Math.max(most, part.max), -Infinity);
  const values = percentiles.map((percentile) =>
    count === 0 ? 0 : Math.max(min, Math.min(valueAt(rankOf(percentile, count), lowest, highest, count), max))
  );
  if (highest >= 0) counts.fill(0, lowest, highest + 1);
  return values;
}

/** As `Histogram.percentile` has it. */
function rankOf(percentile: number, count: number): number {
  return Math.max(1, Math.ceil((percentile / 100) * count * (1 - 1e-12)));
}

/** Highest value of the slot of a rank, looked for from the end that is nearer. */
function valueAt(rank: number, lowest: number, highest: number, count: number): number {
  let passed = 0;
  if (rank <= count / 2) {
    for (let index = lowest; index <= highest; index++) {
      passed += counts[index] as number;
      if (passed >= rank) return highestAt(index);
    }
  }
  for (let index = highest; index >= lowest; index--) {
    passed += counts[index] as number;
    if (passed > count - rank) return highestAt(index);
  }
  return 0;
}

/** The value of a rank, looked for from the end: tails are read most. */
function ofOne({ buckets, min, max }: HistogramData, percentile: number): number {
  let [index, count] = [0, 0];
  for (let i = 0; i + 1 < buckets.length; i += 2) {
    index += buckets[i] as number;
    count += buckets[i + 1] as number;
  }
  if (count === 0) return 0;
  const rank = rankOf(percentile, count);
  let beyond = 0;
  for (let i = buckets.length - 2; i >= 0; i -= 2) {
    beyond += buckets[i + 1] as number;
    if (beyond > count - rank) break;
    index -= buckets[i] as number;
  }
  return Math.max(min, Math.min(highestAt(index), max));
}

function ofSigned(parts: readonly HistogramData[], percentiles: readonly number[]): number[] {
  const all = new Histogram();
  for (const part of parts) all.mergeData(part);
  return percentiles.map((percentile) => all.percentile(percentile));
}
