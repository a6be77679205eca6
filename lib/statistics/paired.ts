/**
 * Differences between two sides that were measured at the same instants, so that what both had in common cancels. Sources:
 * D. Bonett and R. Price 2012 (shares of pairs); batch means as in `batch_means.ts`.
 */
import { leastLevel, type Sample, type Shift, shiftFrom } from "./difference.ts";
import { CONFIDENCE } from "./interval.ts";
import { normalQuantile } from "./quantiles.ts";

/**
 * The mean of the differences of one duet or several. With several, how much these differ from each other counts beside how
 * much the batches within each differ, and the wider of the two intervals is the answer.
 * @param duets the difference of each, and how much it varies within the duet
 * @returns null where neither tells how much the difference varies
 * @param resolution what a value may be off by because of how it is kept; a difference must exceed it
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const duet = (value: number) => ({ value, spread: { variance: 1, freedom: 9, bias: 0 } });
 * assert.ok(pairedShiftOf([duet(10)], 0)!.p(0) < 0.001);
 * // Duets that are 20 apart say less than their batches.
 * assert.ok(pairedShiftOf([duet(0), duet(20)], 0)!.p(0) > 0.3);
 * ```
 */
export function pairedShiftOf(duets: readonly Sample[], resolution: number): Shift | null {
  const count = duets.length;
  const value = duets.reduce((sum, one) => sum + one.value, 0) / count;
  const errors = [];
  const spreads = duets.flatMap(({ spread }) => spread === null ? [] : [spread]);
  if (spreads.length === count) {
    const variance = spreads.reduce((sum, one) => sum + one.variance, 0) / count ** 2;
    const weights = spreads.reduce((sum, one) => sum + one.variance ** 2 / one.freedom, 0) / count ** 4;
    const bias = spreads.reduce((sum, one) => sum + one.bias, 0) / count;
    errors.push({ error: Math.sqrt(variance + bias ** 2), freedom: weights === 0 ? 1 : variance ** 2 / weights });
  }
  if (count > 1) {
    const squares = duets.reduce((sum, one) => sum + (one.value - value) ** 2, 0);
    errors.push({ error: Math.sqrt(squares / (count - 1) / count), freedom: count - 1 });
  }
  return errors.length === 0 ? null : shiftFrom(value, errors, resolution);
}

/** Pairs, and those of them in which only one side failed. */
export interface Discordant {
  pairs: number;
  /** Only the baseline failed, and only the other side. */
  base: number;
  other: number;
}

/**
 * The difference of two error rates from the pairs in which one side alone failed; pairs that agree say nothing of it
 * (McNemar). The interval is Bonett and Price's, which holds with no such pair, too.
 * @param value the difference to state
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.ok(discordantShift(0.005, { pairs: 1000, base: 0, other: 5 }).p(0) > 0.05);
 * assert.ok(discordantShift(0.015, { pairs: 1000, base: 0, other: 15 }).p(0) < 0.001);
 * ```
 */
export function discordantShift(value: number, { pairs, base, other }: Discordant): Shift {
  const [worse, better] = [(other + 1) / (pairs + 2), (base + 1) / (pairs + 2)];
  const error = Math.sqrt((worse + better - (worse - better) ** 2) / (pairs + 2));
  const interval = (confidence = CONFIDENCE) => {
    const half = normalQuantile((1 + confidence) / 2) * error;
    const centre = worse - better;
    return { low: Math.min(value, centre - half), high: Math.max(value, centre + half) };
  };
  return { value, interval, p: (at) => leastLevel(at, interval) };
}
