/**
 * Percentiles where some calls were given up: of a call that timed out or was cut off at age t is known only that it would
 * have taken t or longer.
 */
import type { Histogram } from "./histogram.ts";

/** A percentile, or the least it can be. */
export interface CensoredPercentile {
  /** Microseconds. */
  value_us: number;
  /** The true value is this or more: too many calls were given up to know. */
  at_least: boolean;
}

/**
 * The percentile of `ended` (calls that answered) and `givenUp` (ages of those that did not) together; null where there
 * are none. Each call given up leaves the sample at its age, so that one cut off young neither helps nor harms. Without any
 * it is the histogram's own. Source: Kaplan and Meier, Nonparametric estimation from incomplete observations, 1958.
 */
export function censoredPercentile(
  ended: Histogram,
  givenUp: Histogram,
  percentile: number,
): CensoredPercentile | null {
  if (givenUp.count === 0) {
    return ended.count === 0 ? null : { value_us: ended.percentile(percentile), at_least: false };
  }
  const steps = [
    ...[...ended.slots()].map(({ highest, count }) => ({ at_us: highest, answered: count, left: 0 })),
    // Of equal times an answer comes first: who was given up then had taken that long at least.
    ...[...givenUp.slots()].map(({ highest, count }) => ({ at_us: highest, answered: 0, left: count })),
  ].sort((a, b) => a.at_us - b.at_us || a.left - b.left);
  const wanted = 1 - percentile / 100;
  let atRisk = ended.count + givenUp.count;
  let surviving = 1;
  for (const { at_us, answered, left } of steps) {
    if (answered > 0) {
      surviving *= 1 - answered / atRisk;
      // One part in 10^12 off, as in Histogram.percentile.
      if (surviving <= wanted + 1e-12) return { value_us: Math.min(at_us, ended.max), at_least: false };
    }
    atRisk -= answered + left;
  }
  return { value_us: Math.max(givenUp.max, ended.max), at_least: true };
}
