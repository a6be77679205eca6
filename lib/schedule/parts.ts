/** Courses cut, moved and scaled: what a steered plan is made of. */
import type { LoadSegment } from "../plan/plan.ts";
import { targetAt } from "./course.ts";

/**
 * What of the courses lies between two instants; the target at each instant stays what it was.
 *
 * @example The second half of a ramp.
 * ```ts
 * import assert from "node:assert/strict";
 * const ramp = { kind: "linear" as const, start_ms: 0, end_ms: 1000, from: 0, to: 10 };
 * assert.deepEqual(partOf([ramp], 500, Infinity), [{ ...ramp, start_ms: 500, from: 5 }]);
 * ```
 */
export function partOf(courses: readonly LoadSegment[], from_ms: number, to_ms: number): LoadSegment[] {
  return courses.flatMap((course) => {
    const start_ms = Math.max(course.start_ms, from_ms);
    const end_ms = Math.min(course.end_ms, to_ms);
    if (start_ms >= end_ms) return [];
    return start_ms === course.start_ms && end_ms === course.end_ms ? [course] : [cut(course, start_ms, end_ms)];
  });
}

function cut(course: LoadSegment, start_ms: number, end_ms: number): LoadSegment {
  switch (course.kind) {
    case "linear": {
      const from = start_ms === course.start_ms ? course.from : targetAt(course, start_ms);
      const to = end_ms === course.end_ms ? course.to : targetAt(course, end_ms);
      return { ...course, start_ms, end_ms, from, to };
    }
    case "sine":
      return { ...course, start_ms, end_ms, phase_ms: (course.phase_ms ?? 0) + start_ms - course.start_ms };
    case "replay": {
      // Rounded at both ends alike, so that all parts of a course together have all of its arrivals.
      const until = (at_ms: number) =>
        Math.round(course.arrivals * (at_ms - course.start_ms) / (course.end_ms - course.start_ms));
      const skip_ms = (course.skip_ms ?? 0) + start_ms - course.start_ms;
      return { ...course, start_ms, end_ms, skip_ms, arrivals: until(end_ms) - until(start_ms) };
    }
  }
}

/** The same courses, later by `by_ms`. */
export function movedBy(courses: readonly LoadSegment[], by_ms: number): LoadSegment[] {
  return courses.map((course) => ({
    ...course,
    start_ms: course.start_ms + by_ms,
    end_ms: course.end_ms + by_ms,
  }));
}

/** Users of a constant course stay whole, and a factor always changes them; the last one stays. */
function scaledUsers(users: number, factor: number): number {
  const scaled = Math.round(users * factor);
  if (scaled !== users || factor === 1) return users === 0 ? 0 : Math.max(1, scaled);
  return Math.max(Math.min(users, 1), users + Math.sign(factor - 1));
}

/**
 * The same courses with every target times `factor`; replayed arrivals stay.
 * @param wholeUsers constant targets are users
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const users = (count: number) => [{ kind: "linear" as const, start_ms: 0, end_ms: 1000, from: count, to: count }];
 * assert.deepEqual(scaledBy(users(20), 1.1, true), users(22));
 * assert.deepEqual(scaledBy(users(3), 1.1, true), users(4));
 * ```
 */
export function scaledBy(courses: readonly LoadSegment[], factor: number, wholeUsers: boolean): LoadSegment[] {
  return courses.map((course) => {
    switch (course.kind) {
      case "linear": {
        const { from, to } = course;
        if (!wholeUsers || from !== to) return { ...course, from: from * factor, to: to * factor };
        const users = scaledUsers(from, factor);
        return { ...course, from: users, to: users };
      }
      case "sine":
        return { ...course, mean: course.mean * factor, amplitude: course.amplitude * factor };
      case "replay":
        return course;
    }
  });
}

/** Rounding error of targets; users. */
const ROUNDING = 1e-6;

/** The highest target of courses: whole users, or arrivals per second; replays count as 0. */
export function peakOf(courses: readonly LoadSegment[]): number {
  return courses.reduce((peak, course) => {
    switch (course.kind) {
      case "linear":
        return Math.max(peak, course.from, course.to);
      case "sine":
        return Math.max(peak, course.mean + course.amplitude);
      case "replay":
        return peak;
    }
  }, 0);
}

/** Most users of a closed load with such courses. */
export function mostUsers(courses: readonly LoadSegment[]): number {
  return Math.max(0, Math.ceil(peakOf(courses) - ROUNDING));
}
