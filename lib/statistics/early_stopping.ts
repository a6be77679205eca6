/**
 * Whether there are enough calls to claim that a share of them is under a limit: MLPerf LoadGen's early stopping. It assumes
 * that calls are independent, so it is a floor; it labels a rule and does not end a run.
 */
import { regularisedBeta } from "./beta.ts";

/** MLPerf's confidence. */
const STOPPING_CONFIDENCE = 0.99;

/**
 * Calls needed to claim, with the given confidence, that at least a share `p` of all calls is under a limit, when `over`
 * of those seen were over it: h + over, with the smallest h for which I_p(h, over + 1) <= 1 - confidence. For example 459
 * for p = 0.99 and no call over. Source: MLPerf LoadGen, early_stopping.cc, with tolerance d = 0.
 * @param p above 0 and below 1
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(neededCalls(0, 0.99), 459);
 * assert.equal(neededCalls(1, 0.99), 662);
 * ```
 */
export function neededCalls(over: number, p: number, confidence = STOPPING_CONFIDENCE): number {
  const enough = (h: number) => regularisedBeta(p, h, over + 1) <= 1 - confidence;
  let high = 1;
  while (!enough(high)) high *= 2;
  let low = high >> 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high + over;
}

/**
 * Whether `n` calls, of which `over` were over the limit, are enough to claim that a share `p` is under the limit, or
 * enough to claim the opposite. Anything between is too little.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * // Is a share of 99 % under the limit? Yes after 459 calls without one over; no after 30 that were all over.
 * assert.equal(enoughData(458, 0, 0.99), "too little");
 * assert.equal(enoughData(459, 0, 0.99), "enough");
 * assert.equal(enoughData(30, 30, 0.99), "enough");
 * ```
 */
export function enoughData(n: number, over: number, p: number): "enough" | "too little" {
  if (n <= 0 || p <= 0 || p >= 1) return "too little";
  const kept = n >= neededCalls(over, p);
  return kept || n >= neededCalls(n - over, 1 - p) ? "enough" : "too little";
}

/** Of more calls than these nobody makes a run; see `neededAtShare`. */
const MOST_CALLS = 1e9;

/**
 * Calls of which the claim of `neededCalls` can be made if the share of those over the limit stays what it is; null where
 * it is so near 1 - p that no number would do.
 * @param share of the calls over the limit, from 0
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(neededAtShare(0, 0.99), 459);
 * assert.equal(neededAtShare(0.01, 0.99), null); // one in a hundred is over, and no more may be
 * assert.ok(neededAtShare(0.005, 0.99)! > 459); // the misses that more calls bring with them count
 * ```
 */
export function neededAtShare(share: number, p: number, confidence = STOPPING_CONFIDENCE): number | null {
  if (share >= 1 - p || p <= 0 || p >= 1) return null;
  const enough = (n: number) => regularisedBeta(p, n * (1 - share), n * share + 1) <= 1 - confidence;
  let high = 1;
  while (!enough(high)) {
    high *= 2;
    if (high > MOST_CALLS) return null;
  }
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
