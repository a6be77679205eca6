/** Quantiles from the buckets of a histogram. */

/** A bucket: how many values were at most so large. */
export interface Bucket {
  /** Its upper bound; the last one is infinite. */
  readonly le: number;
  /** Values up to the bound, those of lower buckets included. */
  readonly count: number;
}

/**
 * A quantile of what some buckets counted, interpolated within the bucket it is in. Where that is the last one, which has
 * no upper bound, it is the bound of the one before: at least that. Null: nothing was counted, or there is no last bucket.
 * Source: Prometheus' `histogram_quantile` (promql/quantile.go, `BucketQuantile`), which also takes the lowest bucket's
 * lower bound as 0 where its upper bound is above 0, and makes counts that fall from bucket to bucket level.
 * @param q from 0 to 1
 * @param buckets rising by their bounds
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const buckets = [{ le: 1, count: 50 }, { le: 2, count: 100 }, { le: Infinity, count: 100 }];
 * assert.deepEqual([0.25, 0.75, 1].map((q) => bucketQuantile(q, buckets)), [0.5, 1.5, 2]);
 * assert.equal(bucketQuantile(0.5, [{ le: 1, count: 0 }, { le: Infinity, count: 0 }]), null);
 * ```
 */
export function bucketQuantile(q: number, buckets: readonly Bucket[]): number | null {
  const last = buckets.at(-1);
  if (last === undefined || last.le !== Infinity || buckets.length < 2) return null;
  let highest = 0;
  const level = buckets.map(({ le, count }) => ({ le, count: highest = Math.max(highest, count) }));
  if (!(highest > 0)) return null;
  const rank = q * highest;
  const at = level.findIndex(({ count }) => count >= rank);
  const found = level[at];
  const before = level[at - 1];
  if (found === undefined || found.le === Infinity) return before?.le ?? null;
  if (before === undefined && found.le <= 0) return found.le;
  const [start, below] = before === undefined ? [0, 0] : [before.le, before.count];
  const inside = found.count - below;
  return inside > 0 ? start + (found.le - start) * ((rank - below) / inside) : start;
}
