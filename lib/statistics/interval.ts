/** What all estimates share. */

/** Both ends of a 95 % confidence interval, in the unit of what it is around. */
export interface Interval {
  low: number;
  high: number;
}

/** Share of runs in which an interval is meant to hold the truth. */
export const CONFIDENCE = 0.95;
