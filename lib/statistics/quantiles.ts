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
  return solve((t) => 1 - studentTails(t, freedom) / 2, p);
}

/**
 * How probable Student's t is as far from 0 as `t`, on either side.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(studentTails(2.262157, 9).toFixed(5), "0.05000");
 * ```
 */
export function studentTails(t: number, freedom: number): number {
  return regularisedBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/** Numerators and denominators of Wichura's three rational functions, the constant term first. */
const CENTRE = [
  [
    ...[3.3871328727963666080, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4],
    ...[4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3],
  ],
  [
    ...[1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3],
    ...[2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3],
  ],
] as const;
const TAIL = [
  [
    ...[1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504],
    ...[1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4],
  ],
  [
    ...[1, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1],
    ...[1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9],
  ],
] as const;
const FAR_TAIL = [
  [
    ...[6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1],
    ...[2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7],
  ],
  [
    ...[1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2],
    ...[7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15],
  ],
] as const;

/**
 * The quantile of the standard normal distribution, e.g. `normalQuantile(0.975)` = 1.960. Source: M. J. Wichura 1988,
 * algorithm AS 241, fifteen digits.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(normalQuantile(0.975).toFixed(3), "1.960");
 * ```
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  const rational = ([over, under]: readonly (readonly number[])[], r: number) => {
    const value = (terms: readonly number[]) => terms.reduceRight((sum, term) => sum * r + term, 0);
    return value(over as readonly number[]) / value(under as readonly number[]);
  };
  if (Math.abs(q) <= 0.425) return q * rational(CENTRE, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(Math.min(p, 1 - p)));
  return Math.sign(q) * (r <= 5 ? rational(TAIL, r - 1.6) : rational(FAR_TAIL, r - 5));
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
