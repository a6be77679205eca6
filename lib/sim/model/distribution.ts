/** Distributions of durations for the queueing models. */
import { drawExponential, drawNormal } from "../../base/random.ts";
import type { Random } from "./random.ts";

/** A non-negative random quantity, described by its mean, so that the shape can change without the load. */
export type Distribution =
  | { kind: "constant"; mean: number }
  | { kind: "exponential"; mean: number }
  /** `cv`: standard deviation / mean; service times of real systems lie around 0.2 to 1. */
  | { kind: "lognormal"; mean: number; cv: number };

/** Always `mean`. */
export function constant(mean: number): Distribution {
  return { kind: "constant", mean };
}

/** Memoryless, as in M/M/c. */
export function exponential(mean: number): Distribution {
  return { kind: "exponential", mean };
}

/** Skewed to the right, never near zero: the usual shape of service times. */
export function lognormal(mean: number, cv: number): Distribution {
  return { kind: "lognormal", mean, cv };
}

/**
 * Draws once. A lognormal with mean m and variation cv has sigma^2 = ln(1 + cv^2) and mu = ln m - sigma^2 / 2.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Random } from "./random.ts";
 *
 * const random = new Random(1);
 * const values = Array.from({ length: 20_000 }, () => draw(lognormal(100, 0.5), random));
 * const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
 * assert.ok(Math.abs(mean - 100) < 2);
 * assert.equal(draw(constant(5), random), 5);
 * ```
 */
export function draw(distribution: Distribution, random: Random): number {
  switch (distribution.kind) {
    case "constant":
      return distribution.mean;
    case "exponential":
      return distribution.mean * drawExponential(random);
    case "lognormal": {
      if (distribution.mean <= 0) return 0;
      const variance = Math.log1p(distribution.cv ** 2);
      return Math.exp(Math.log(distribution.mean) - variance / 2 + Math.sqrt(variance) * drawNormal(random));
    }
  }
}
