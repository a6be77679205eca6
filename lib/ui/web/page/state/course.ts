/** The target of a load over time: corners that straight lines join; two at one instant are a step. */

/** Corners, rising in time. */
export type Course = ReadonlyArray<readonly [at_s: number, target: number]>;

/**
 * The target at an instant; at a step the one that begins. Before the first corner its own, after the last 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const course = [[0, 0], [10, 50], [10, 80], [20, 80]] as const;
 * assert.deepEqual([5, 10, 15, 21].map((at_s) => targetAt(course, at_s)), [25, 80, 80, 0]);
 * ```
 */
export function targetAt(course: Course, at_s: number): number {
  const next = course.findIndex(([at]) => at > at_s);
  const [first, last] = [course[0], course.at(-1)];
  if (first === undefined || last === undefined) return 0;
  if (next === 0) return first[1];
  if (next < 0) return at_s > last[0] ? 0 : last[1];
  const [from, to] = [course[next - 1] ?? first, course[next] ?? last];
  return from[1] + (to[1] - from[1]) * (at_s - from[0]) / Math.max(Number.MIN_VALUE, to[0] - from[0]);
}

/** What is still ahead of an instant: its target now, then the corners after it. */
export function aheadOf(course: Course, at_s: number): Course {
  const after = course.filter(([at]) => at > at_s);
  return after.length === 0 ? [] : [[at_s, targetAt(course, at_s)], ...after];
}

/** The highest target. */
export function highestOf(course: Course): number {
  return course.reduce((max, [, target]) => Math.max(max, target), 0);
}
