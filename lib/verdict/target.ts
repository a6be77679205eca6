/** What a load was meant to be at a time: users, or arrivals per second. */
import type { LoadPlan, LoadSegment } from "../plan/plan.ts";
import type { Run, Selection } from "../result/run.ts";
import { lengthWithin, type Span } from "../result/spans.ts";
import { offered } from "../schedule/arrivals.ts";
import { targetAt as targetOfCourse } from "../schedule/course.ts";

/** Periods of a sine that a stretch must hold for its load to count as steady. */
const STEADY_PERIODS = 10;
/** Share of the time at one target from which a selection counts as steady: a short ramp at the start is no harm. */
const STEADY_SHARE = 0.9;

/**
 * The target at `t_ms` after the run's start; 0 outside the load's courses.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const courses = [{ kind: "linear", start_ms: 0, end_ms: 10_000, from: 0, to: 50 } as const];
 * const users = { users: 50, think_time: { kind: "constant", value_ms: 0 }, start: "at_once", after_failure_ms: 0 } as const;
 * assert.equal(targetAt({ kind: "closed", name: "ramp", ...users, courses: [...courses] }, 5000), 25);
 * ```
 */
export function targetAt({ courses }: LoadPlan, t_ms: number): number {
  const course = courses.find(({ start_ms, end_ms }) => t_ms >= start_ms && t_ms < end_ms);
  return course === undefined ? 0 : targetOf(course, t_ms);
}

function targetOf(course: LoadSegment, t_ms: number): number {
  const length_ms = course.end_ms - course.start_ms;
  if (course.kind === "replay") return course.arrivals / (length_ms / 1000);
  // Many short waves are one level.
  if (course.kind === "sine" && length_ms >= STEADY_PERIODS * course.period_ms) return course.mean;
  return targetOfCourse(course, t_ms);
}

/** Mean target between two instants; the time in which the run was paused does not count. */
export function meanTarget(load: LoadPlan, start_ms: number, end_ms: number, pauses: readonly Span[] = []): number {
  const length_ms = end_ms - start_ms - lengthWithin(pauses, start_ms, end_ms);
  return length_ms > 0 ? offered(load, start_ms * 1000, end_ms * 1000) / (length_ms / 1000) : 0;
}

/**
 * Whether the loads were the same for nearly all of a selection, so that its calls are of one kind. Across a ramp or a
 * spike there is no one true value for an interval to hold. Facts: no batch means across a ramp (docs/measurement.md).
 */
export function isSteady(run: Run, selection: Selection): boolean {
  const lasted = new Map<string, number>();
  let all_ms = 0;
  for (const { start_ms, end_ms, length_ms } of run.batches(selection)) {
    const level = run.plan.loads.map((load) => targetAt(load, (start_ms + end_ms) / 2).toPrecision(2)).join();
    lasted.set(level, (lasted.get(level) ?? 0) + length_ms);
    all_ms += length_ms;
  }
  return all_ms > 0 && Math.max(...lasted.values()) >= STEADY_SHARE * all_ms;
}
