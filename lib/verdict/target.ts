/** What a load was meant to be at a time: users, or arrivals per second. */
import type { Course, LoadPlan } from "../plan/plan.ts";
import type { Run, Selection } from "../result/run.ts";

/** Periods of a sine that a stretch must hold for its load to count as steady. */
const STEADY_PERIODS = 10;
/** Share of the time at one target from which a selection counts as steady: a short ramp at the start is no harm. */
const STEADY_SHARE = 0.9;

/** The target at `t_ms` after the run's start; 0 outside the load's courses. */
export function targetAt({ courses }: LoadPlan, t_ms: number): number {
  const course = courses.find(({ start_ms, end_ms }) => t_ms >= start_ms && t_ms < end_ms);
  return course === undefined ? 0 : targetOf(course, t_ms);
}

function targetOf(course: Course, t_ms: number): number {
  const length_ms = course.end_ms - course.start_ms;
  switch (course.kind) {
    case "linear":
      return course.from + (course.to - course.from) * (t_ms - course.start_ms) / length_ms;
    case "sine": {
      // Many short waves are one level.
      if (length_ms >= STEADY_PERIODS * course.period_ms) return course.mean;
      const angle = 2 * Math.PI * (t_ms - course.start_ms) / course.period_ms;
      return Math.max(0, course.mean + course.amplitude * Math.sin(angle));
    }
    case "replay":
      return course.arrivals / (length_ms / 1000);
  }
}

/** Points at which a mean target is read. */
const POINTS = 100;

/** Mean target between two instants. */
export function meanTarget(load: LoadPlan, start_ms: number, end_ms: number): number {
  const step_ms = (end_ms - start_ms) / POINTS;
  return Array.from({ length: POINTS }, (_, i) => targetAt(load, start_ms + (i + 0.5) * step_ms))
    .reduce((sum, target) => sum + target, 0) / POINTS;
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
