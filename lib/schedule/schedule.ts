/** When things are due: pure arithmetic, no clock and no timer. */
import type { ClosedLoad } from "../plan/plan.ts";

/** A sequence of instants. */
export interface Schedule {
  /**
   * When the next start is due.
   * @param elapsed_us time since the start of the run
   * @param issued starts so far
   * @returns microseconds since the start of the run, possibly in the past, or null when none is left
   */
  next(elapsed_us: number, issued: number): number | null;
}

/** Users of a closed load start one by one at the rate of its first course, the first at once. */
export function userStarts({ courses, users }: ClosedLoad): Schedule {
  const [ramp] = courses;
  const rises = ramp?.kind === "linear" && ramp.to > ramp.from;
  const per_us = rises ? (ramp.to - ramp.from) / ((ramp.end_ms - ramp.start_ms) * 1000) : Infinity;
  return { next: (_elapsed_us, issued) => issued < users ? Math.round(issued / per_us) : null };
}

/**
 * The share of one part among `parts`: it takes every `parts`-th start, so that the parts together are the whole and
 * each follows the whole's shape.
 * @param part 0 to `parts` - 1
 */
export function partOf(whole: Schedule, part: number, parts: number): Schedule {
  return { next: (elapsed_us, issued) => whole.next(elapsed_us, issued * parts + part) };
}
