/** Confidence intervals, as all estimates use them. */

/** Both ends of a 95 % confidence interval, in the unit of its estimate. */
export interface Interval {
  low: number;
  high: number;
}

/** Share of runs in which an interval should contain the true value. */
export const CONFIDENCE = 0.95;
