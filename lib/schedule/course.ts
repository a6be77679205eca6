/**
 * A load's target over one course as a function of time, its integral (for open loads the number of arrivals so far), and
 * the inverse of the integral. Times count from the course's start, in seconds.
 */
import type { LoadPlan, LoadSegment } from "../plan/plan.ts";

/** A course whose target is a formula. */
export type RateCourse = Exclude<LoadSegment, { kind: "replay" }>;

/** Length of a course; seconds. */
export function lengthOf({ start_ms, end_ms }: LoadSegment): number {
  return (end_ms - start_ms) / 1000;
}

/**
 * The target at a time within the course, including its end; users, or arrivals per second. `at_ms` counts from the run's
 * start.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const ramp = { kind: "linear" as const, start_ms: 1000, end_ms: 3000, from: 0, to: 10 };
 * assert.equal(targetAt(ramp, 2000), 5);
 * ```
 */
export function targetAt(course: RateCourse, at_ms: number): number {
  const t_s = (at_ms - course.start_ms) / 1000;
  if (course.kind === "linear") return course.from + slope(course) * t_s;
  return Math.max(0, rateOfSine(course, t_s));
}

/** The target of a load at a time; users, or arrivals per second (of a replay their mean). 0 outside its courses. */
export function targetIn({ courses }: LoadPlan, at_ms: number): number {
  const course = courses.find(({ start_ms, end_ms }) => at_ms >= start_ms && at_ms < end_ms);
  if (course === undefined) return 0;
  return course.kind === "replay" ? course.arrivals / lengthOf(course) : targetAt(course, at_ms);
}

/**
 * Integral of the target from the course's start to `t_s`, which is at most its length: arrivals, or user seconds.
 *
 * @example A ramp from 0 to 8 a second in 4 s: 16 arrivals, the first 4 of them in 2 s.
 * ```ts
 * import assert from "node:assert/strict";
 * const ramp = { kind: "linear" as const, start_ms: 0, end_ms: 4000, from: 0, to: 8 };
 * assert.equal(integral(ramp, 4), 16);
 * assert.equal(whenReached(ramp, 4, 0), 2);
 * ```
 */
export function integral(course: RateCourse, t_s: number): number {
  if (course.kind === "sine") return sineSince(course, t_s);
  return course.from * t_s + slope(course) * t_s * t_s / 2;
}

/**
 * The time at which the integral reaches `amount`, at most the integral of the whole course; seconds from its start.
 * @param from_s a time known to be at or before the answer
 */
export function whenReached(course: RateCourse, amount: number, from_s: number): number {
  if (amount <= 0) return 0;
  if (course.kind === "sine") return invertSine(course, amount, from_s);
  // The root of from * t + slope * t^2 / 2 = amount, in the form that avoids subtracting nearly equal numbers.
  const root = Math.sqrt(Math.max(0, course.from ** 2 + 2 * slope(course) * amount));
  return Math.min(2 * amount / (course.from + root), lengthOf(course));
}

function slope(course: LoadSegment & { kind: "linear" }): number {
  return (course.to - course.from) / lengthOf(course);
}

type Sine = LoadSegment & { kind: "sine" };

/** The wave itself, which may be below 0. */
function rateOfSine({ mean, amplitude, period_ms, phase_ms = 0 }: Sine, t_s: number): number {
  return mean + amplitude * Math.sin(2 * Math.PI * (t_s * 1000 + phase_ms) / period_ms);
}

/** The integral from the course's start, wherever in its wave that lies. */
function sineSince(sine: Sine, t_s: number): number {
  const { phase_ms = 0 } = sine;
  if (phase_ms === 0) return sineIntegral(sine, t_s);
  return sineIntegral(sine, phase_ms / 1000 + t_s) - sineIntegral(sine, phase_ms / 1000);
}

/**
 * The integral of max(0, mean + amplitude * sin(2 pi t / period)): whole periods plus the rest. If the amplitude is larger
 * than the mean, the curve is 0 from the phase pi + asin(mean / amplitude) until it is positive again.
 */
function sineIntegral(sine: Sine, t_s: number): number {
  const { mean, amplitude } = sine;
  const period_s = sine.period_ms / 1000;
  const periods = Math.floor(t_s / period_s);
  const unclipped = (x_s: number) =>
    mean * x_s + amplitude * period_s / (2 * Math.PI) * (1 - Math.cos(2 * Math.PI * x_s / period_s));
  const rest_s = t_s - periods * period_s;
  if (amplitude <= mean) return periods * mean * period_s + unclipped(rest_s);
  const angle = Math.asin(mean / amplitude);
  const zero_s = (Math.PI + angle) / (2 * Math.PI) * period_s;
  const back_s = (2 * Math.PI - angle) / (2 * Math.PI) * period_s;
  const clipped = (x_s: number) =>
    unclipped(Math.min(x_s, zero_s)) + (x_s > back_s ? unclipped(x_s) - unclipped(back_s) : 0);
  return periods * clipped(period_s) + clipped(rest_s);
}

/** Newton's method inside a bracket; a step that would leave the bracket halves it instead. */
function invertSine(sine: Sine, amount: number, from_s: number): number {
  let low_s = from_s;
  let high_s = lengthOf(sine);
  let t_s = from_s;
  for (let step = 0; step < 100 && high_s - low_s > 1e-9; step++) {
    const excess = sineSince(sine, t_s) - amount;
    if (excess > 0) high_s = t_s;
    else low_s = t_s;
    const rate = rateOfSine(sine, t_s);
    const next_s = rate > 0 ? t_s - excess / rate : NaN;
    if (Math.abs(next_s - t_s) < 1e-9) return next_s;
    t_s = next_s > low_s && next_s < high_s ? next_s : (low_s + high_s) / 2;
  }
  return t_s;
}
