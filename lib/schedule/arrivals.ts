/** The start times of the tasks of an open load: pure arithmetic, no clock and no timer. */
import type { LoadPlan, OpenLoad } from "../plan/plan.ts";
import { ArrivalCursor, type Offsets } from "./arrival_cursor.ts";
import { integral, lengthOf } from "./course.ts";

export type { Offsets } from "./arrival_cursor.ts";

/** A sequence of intended starts in rising order. */
export interface Arrivals {
  /** The next start, in microseconds since the run's start; null when there are no more. */
  next(): number | null;
  /** Number of the last start in the whole load, from 0; -1 before the first. */
  readonly index: number;
}

/**
 * The arrivals of a whole load. With constant spacing, arrival k comes when the integral of the rate reaches k; arrival 0
 * comes at once. In a Poisson process, it comes when the integral reaches the sum of k + 1 exponential numbers of mean 1.
 * Loads with different names get different numbers from the same seed.
 *
 * @example Four arrivals a second.
 * ```ts
 * import assert from "node:assert/strict";
 * const load = {
 *   kind: "open",
 *   name: "calls",
 *   courses: [{ kind: "linear", start_ms: 0, end_ms: 1000, from: 4, to: 4 }],
 *   spacing: "constant",
 *   max_in_flight: 10,
 *   max_wait_ms: 0,
 * } satisfies Parameters<typeof arrivals>[0];
 * const schedule = arrivals(load, 1, () => []);
 * const starts_us: number[] = [];
 * for (let due_us = schedule.next(); due_us !== null; due_us = schedule.next()) starts_us.push(due_us);
 * assert.deepEqual(starts_us, [0, 250_000, 500_000, 750_000]);
 * ```
 */
export function arrivals(load: OpenLoad, seed: number, offsets: Offsets): Arrivals {
  return ArrivalCursor.of(load, seed, offsets);
}

/**
 * Mean number of arrivals that an open load asks for from `from_us` to `to_us` since the run's start; for a closed load,
 * the user seconds. A replay that is only partly inside counts in proportion to its length.
 *
 * @example A ramp from 0 to 10 a second in 10 s.
 * ```ts
 * import assert from "node:assert/strict";
 * const load = {
 *   kind: "open",
 *   name: "ramp",
 *   courses: [{ kind: "linear", start_ms: 0, end_ms: 10_000, from: 0, to: 10 }],
 *   spacing: "poisson",
 *   max_in_flight: 10,
 *   max_wait_ms: 0,
 * } satisfies Parameters<typeof offered>[0];
 * assert.equal(offered(load, 0, 10_000_000), 50);
 * assert.equal(offered(load, 5_000_000, 10_000_000), 37.5);
 * ```
 */
export function offered({ courses }: LoadPlan, from_us: number, to_us: number): number {
  const parts = courses.map((course) => {
    const start_s = Math.max(0, from_us / 1e6 - course.start_ms / 1000);
    const end_s = Math.min(lengthOf(course), to_us / 1e6 - course.start_ms / 1000);
    if (end_s <= start_s) return 0;
    if (course.kind === "replay") return course.arrivals * (end_s - start_s) / lengthOf(course);
    return integral(course, end_s) - integral(course, start_s);
  });
  return parts.reduce((sum, part) => sum + part, 0);
}
