/** Confidence intervals of a share of trials. */
import { type Part, ratioInterval, ratioSections, spreadOf } from "./batch_means.ts";
import { CONFIDENCE, type Interval } from "./interval.ts";
import { normalQuantile } from "./quantiles.ts";

const Z = normalQuantile((1 + CONFIDENCE) / 2);

/**
 * Wilson's score interval of `part` out of `whole` (1 and more), 95 %. Where all trials agree the open end is exact: with no
 * failure in n at most 1 - 0.05^(1/n), about 3 / n, at one-sided 95 %. Sources: E. B. Wilson 1927; the rule of three.
 * It is too narrow for correlated trials, such as calls under load: see `shareInterval`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { low, high } = wilson(10, 100);
 * assert.deepEqual([low.toFixed(3), high.toFixed(3)], ["0.055", "0.174"]);
 * // No failure in 100 calls: at most about 3 in 100 fail.
 * assert.equal(wilson(0, 100).high.toFixed(3), "0.030");
 * ```
 */
export function wilson(part: number, whole: number, confidence = CONFIDENCE): Interval {
  const open = 1 - (1 - confidence) ** (1 / whole);
  if (part <= 0) return { low: 0, high: open };
  if (part >= whole) return { low: 1 - open, high: 1 };
  const share = part / whole;
  const z = confidence === CONFIDENCE ? Z : normalQuantile((1 + confidence) / 2);
  const weight = z * z / whole;
  const middle = (share + weight / 2) / (1 + weight);
  const half = z * Math.sqrt(share * (1 - share) / whole + weight / (4 * whole)) / (1 + weight);
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/**
 * Trials that must all agree for the open end of `wilson` to come within `gap` of them.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(agreeingTrials(0.05), 59);
 * assert.ok(wilson(0, 59).high <= 0.05 && wilson(0, 58).high > 0.05);
 * ```
 */
export function agreeingTrials(gap: number): number {
  return Math.ceil(Math.log(1 - CONFIDENCE) / Math.log1p(-gap));
}

/**
 * The interval of a share of trials that may correlate, such as errors, which come in bursts: at each end the wider of
 * Wilson's and of batch means. Null without six batches of trials, unless all trials agree: then only their number
 * counts.
 * @param whole all of it, with one trial or more
 * @param parts in the run's finest batches, in order of time
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * // Errors that come in one burst say less than as many that are spread out.
 * const spread = Array.from({ length: 10 }, (_, at) => ({ part: 1 + at % 3, whole: 100 }));
 * const burst = Array.from({ length: 10 }, (_, at) => ({ part: at === 4 ? 10 : 1, whole: 100 }));
 * const all = { part: 19, whole: 1000 };
 * const [even, uneven] = [shareInterval(all, spread), shareInterval(all, burst)];
 * assert.ok(even && uneven && uneven.high > even.high);
 * ```
 */
export function shareInterval(
  { part, whole }: Part,
  parts: readonly Part[],
  confidence = CONFIDENCE,
): Interval | null {
  const independent = wilson(part, whole, confidence);
  if (part <= 0 || part >= whole) return independent;
  const batched = ratioInterval(parts, confidence);
  return batched && {
    low: Math.max(0, Math.min(independent.low, batched.low)),
    high: Math.min(1, Math.max(independent.high, batched.high)),
  };
}

/**
 * In how many bursts the trials came that make a share, as far as its spread over time tells: independent trials count one
 * each, trials that always come together one in all. That is n p of the n independent trials whose share would vary as
 * much (Kish's effective sample size), of the rarer side. Null without six batches, or where all trials agree.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const at = (burst: number) => Array.from({ length: 10 }, (_, i) => ({ part: i === burst ? 100 : 0, whole: 1000 }));
 * const once = burstsOf({ part: 100, whole: 10_000 }, at(4));
 * assert.ok(once !== null && once < 1.01);
 * ```
 */
export function burstsOf({ part, whole }: Part, parts: readonly Part[]): number | null {
  if (part <= 0 || part >= whole) return null;
  const spread = spreadOf(ratioSections(parts, () => 1));
  if (spread === null) return null;
  const share = part / whole;
  const independent = Math.min(whole, share * (1 - share) / spread.variance);
  return independent * Math.min(share, 1 - share);
}
