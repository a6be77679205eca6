/** The start times of the tasks of an open load: pure arithmetic, no clock and no timer. */
import { drawExponential } from "../base/random.ts";
import type { InputFile, LoadPlan, LoadSegment, OpenLoad } from "../plan/plan.ts";
import { integral, lengthOf, type RateCourse, whenReached } from "./course.ts";
import { type RandomStream, scheduleRandom } from "./random.ts";

/** Rounding error at the end of a course; an arrival that it leaves over belongs to the next course. */
const ROUNDING = 1e-6;

/** A sequence of intended starts in rising order. */
export interface Arrivals {
  /** The next start, in microseconds since the run's start; null when there are no more. */
  next(): number | null;
  /** Number of the last start in the whole load, from 0; -1 before the first. */
  readonly index: number;
}

/** The offsets of a replay file, in microseconds from the start of its course; rising. */
export type Offsets = (file: InputFile) => ArrayLike<number>;

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
  const random = scheduleRandom(seed, load.name);
  const instants = instantsOf(load, load.spacing === "poisson" ? exponentialSums(random) : counting(), offsets);
  let index = -1;
  return {
    next() {
      const { value, done } = instants.next();
      if (done) return null;
      index++;
      return value;
    },
    get index() {
      return index;
    },
  };
}

/**
 * Every `parts`-th arrival, starting with number `part` (from 0). All parts together are the whole.
 *
 * @example The second of three parts has arrivals 1 and 4 of six.
 * ```ts
 * import assert from "node:assert/strict";
 * let index = -1;
 * const whole = {
 *   next: () => index < 5 ? 100 * ++index : null,
 *   get index() {
 *     return index;
 *   },
 * };
 * const part = everyNth(whole, 1, 3);
 * assert.deepEqual([part.next(), part.next(), part.next()], [100, 400, null]);
 * ```
 */
export function everyNth(whole: Arrivals, part: number, parts: number): Arrivals {
  return {
    next() {
      for (let due_us = whole.next(); due_us !== null; due_us = whole.next()) {
        if (whole.index % parts === part) return due_us;
      }
      return null;
    },
    get index() {
      return whole.index;
    },
  };
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

/** 0, 1, 2, ... */
function* counting(): Generator<number, never> {
  for (let k = 0;; k++) yield k;
}

/** Times of the arrivals of a Poisson process with rate 1. */
function* exponentialSums(random: RandomStream): Generator<number, never> {
  for (let sum = 0;;) yield sum += drawExponential(random);
}

/**
 * The times at which the integral of the rate reaches each of `amounts`, and the times of replays.
 *
 * Source: time change of a Poisson process (Cinlar, Introduction to Stochastic Processes, 1975, section 4.7).
 */
function* instantsOf(
  load: OpenLoad,
  amounts: Generator<number, never>,
  offsets: Offsets,
): Generator<number, undefined> {
  let amount = amounts.next().value;
  let before = 0;
  for (const course of load.courses) {
    if (course.kind === "replay") {
      yield* replayed(course, offsets);
      continue;
    }
    const total = integral(course, lengthOf(course));
    for (let at_s = 0; amount - before < total - ROUNDING; amount = amounts.next().value) {
      at_s = Math.max(at_s, whenReached(course, amount - before, at_s));
      yield instant(course, at_s);
    }
    before += total;
  }
}

function instant({ start_ms, end_ms }: RateCourse, at_s: number): number {
  return Math.min(Math.round(start_ms * 1000 + at_s * 1e6), end_ms * 1000 - 1);
}

function* replayed({ start_ms, file }: LoadSegment & { kind: "replay" }, offsets: Offsets): Generator<number, void> {
  const list = offsets(file);
  for (let i = 0; i < list.length; i++) yield start_ms * 1000 + (list[i] as number);
}
