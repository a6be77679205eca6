/** The stretches of a run. */
import type { Stage } from "../plan/plan.ts";

/** What makes the stages; milliseconds and users per second. */
export interface Course {
  duration_ms: number;
  warm_up_ms: number;
  users: number;
  spawn_rate_per_s: number;
}

/** Time until the last user has been started. */
export function rampDuration({ users, spawn_rate_per_s }: Course): number {
  return Math.ceil(users / spawn_rate_per_s * 1000);
}

/** Warm-up, ramp (while users start) and hold, without gaps and without stretches of no length. */
export function planStages(course: Course): Stage[] {
  const { duration_ms, warm_up_ms } = course;
  const warm = Math.min(warm_up_ms, duration_ms);
  const full = Math.min(Math.max(warm, rampDuration(course)), duration_ms);
  const stages: Stage[] = [
    { name: "warm_up", start_ms: 0, end_ms: warm, warm_up: true },
    { name: "ramp", start_ms: warm, end_ms: full, warm_up: false },
    { name: "hold", start_ms: full, end_ms: duration_ms, warm_up: false },
  ];
  return stages.filter(({ start_ms, end_ms }) => end_ms > start_ms);
}
