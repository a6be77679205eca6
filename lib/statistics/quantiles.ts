/** Quantiles of Student's t and of the normal distribution. */
import { regularisedBeta } from "./beta.ts";

/**
 * The quantile of Student's t with `freedom` degrees of freedom (1 and more), e.g. `studentQuantile(0.975, 9)` = 2.262.
 * From P[T > t] = I_{f / (f + t^2)}(f / 2, 1 / 2) / 2; source: Abramowitz and Stegun 26.7.1. Twelve digits.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(studentQuantile(0.975, 9).toFixed(3), "2.262");
 * ```
 */
export function studentQuantile(p: number, freedom: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, freedom);
  const above = (t: number) => regularisedBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  return solve((t) => 1 - above(t), p);
}

/**
 * The quantile of the standard normal distribution, e.g. `normalQuantile(0.975)` = 1.960. Seven digits or more.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(normalQuantile(0.975).toFixed(3), "1.960");
 * ```
 */
export function normalQuantile(p: number): number {
  // t with so many degrees is the normal distribution to seven digits.
  return studentQuantile(p, 1e8);
}

/** Where a rising function of t >= 0 reaches `target`. */
function solve(rising: (t: number) => number, target: number): number {
  let high = 1;
  while (rising(high) < target && high < 1e12) high *= 2;
  let low = 0;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (rising(middle) < target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
