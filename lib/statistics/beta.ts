/** The regularised incomplete beta function, from which the tails of Student's t and of the binomial follow. */

/** Coefficients of Lanczos' series with g = 7. Source: P. Godfrey, "A note on the computation of the Gamma function". */
const LANCZOS = [
  0.99999999999980993,
  676.5203681218851,
  -1259.1392167224028,
  771.32342877765313,
  -176.61502916214059,
  12.507343278686905,
  -0.13857109526572012,
  9.9843695780195716e-6,
  1.5056327351493116e-7,
];

/** Natural logarithm of the gamma function, for x > 0; 14 digits. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const base = x + 6.5;
  const series = LANCZOS.reduce((sum, c, i) => i === 0 ? c : sum + c / (x - 1 + i), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(series);
}

/**
 * I_x(a, b), for 0 <= x <= 1 and a, b > 0: the share of a beta distribution below x.
 * P[Binomial(n, x) >= k] = I_x(k, n - k + 1). Source: Abramowitz and Stegun 26.5.8 (continued fraction), 26.5.24.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * // At least 8 heads in 10 throws of a fair coin: 56 of 1024.
 * assert.ok(Math.abs(regularisedBeta(0.5, 8, 3) - 56 / 1024) < 1e-12);
 * ```
 */
export function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges quickly only below the mean.
  if (x > (a + 1) / (a + b + 2)) return 1 - regularisedBeta(1 - x, b, a);
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  );
  return front * betaFraction(x, a, b) / a;
}

/** Below this a divisor counts as 0, as Lentz's method asks. */
const TINY = 1e-300;
const MAX_TERMS = 10_000;

/** Lentz's method on the continued fraction of A&S 26.5.8. */
function betaFraction(x: number, a: number, b: number): number {
  const kept = (value: number) => Math.abs(value) < TINY ? TINY : value;
  let c = 1;
  let d = 1 / kept(1 - (a + b) * x / (a + 1));
  let result = d;
  for (let m = 1; m < MAX_TERMS; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / kept(1 + even * d);
    c = kept(1 + even / c);
    result *= d * c;
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / kept(1 + odd * d);
    c = kept(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return result;
}
