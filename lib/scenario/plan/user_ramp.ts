/** The courses and stages of a scenario that names no stages: users start one by one, then all of them run. */
import type { LoadSegment, Stage } from "../../plan/plan.ts";

/** The settings that the stages follow from; milliseconds and users per second. */
export interface Crowd {
  duration_ms: number;
  warm_up_ms: number;
  users: number;
  spawn_rate_per_s: number;
}

/** Time until the last user has been started. */
export function rampDuration({ users, spawn_rate_per_s }: Crowd): number {
  return Math.ceil(users / spawn_rate_per_s * 1000);
}

/**
 * Warm-up, ramp (while users start) and hold, without gaps and without stretches of no length.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const stages = planStages({ duration_ms: 60_000, warm_up_ms: 0, users: 10, spawn_rate_per_s: 2 });
 * assert.deepEqual(stages.map(({ name, start_ms, end_ms }) => [name, start_ms, end_ms]), [
 *   ["ramp", 0, 5000],
 *   ["hold", 5000, 60_000],
 * ]);
 * ```
 */
export function planStages(course: Crowd): Stage[] {
  const { duration_ms, warm_up_ms } = course;
  const warm = Math.min(warm_up_ms, duration_ms);
  const full = Math.min(Math.max(warm, rampDuration(course)), duration_ms);
  const stages: Stage[] = [
    { name: "warm_up", start_ms: 0, end_ms: warm, load: 0, warm_up: true },
    { name: "ramp", start_ms: warm, end_ms: full, load: 0, warm_up: false },
    { name: "hold", start_ms: full, end_ms: duration_ms, load: 0, warm_up: false },
  ];
  return stages.filter(({ start_ms, end_ms }) => end_ms > start_ms);
}

/** Users over time: they start at the spawn rate, then all of them run. */
export function planCourses(crowd: Crowd): LoadSegment[] {
  const { duration_ms, users } = crowd;
  const full_ms = Math.min(users / crowd.spawn_rate_per_s * 1000, duration_ms);
  const reached = Math.min(users, crowd.spawn_rate_per_s * duration_ms / 1000);
  const courses: LoadSegment[] = [
    { kind: "linear", start_ms: 0, end_ms: full_ms, from: 0, to: reached },
    { kind: "linear", start_ms: full_ms, end_ms: duration_ms, from: users, to: users },
  ];
  return courses.filter(({ start_ms, end_ms }) => end_ms > start_ms);
}
