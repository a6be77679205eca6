/**
 * What a plan becomes when a user steers its run: pure arithmetic, no clock and no timer. What lies before the instant of
 * a change stays as it is.
 */
import type { LoadPlan, LoadSegment, Plan, Stage } from "../plan/plan.ts";
import type { Change } from "../plan/steering.ts";
import { mostUsers, movedBy, partOf, scaledBy } from "./parts.ts";

/** A plan, and how its run stands. */
export interface Steering {
  /** While the run is paused: as though it had gone on at once. */
  readonly plan: Plan;
  /** Since when the run is paused; milliseconds. Null: it is not. */
  readonly paused_ms: number | null;
}

/**
 * A run after one more change, which `whyNot` does not refuse. The changes of a run come in the order of their instants.
 * @param at_ms from when it holds; milliseconds since the run's start
 *
 * @example Ten users become 20 after a second; then a pause of two seconds moves the end.
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Plan } from "../plan/plan.ts";
 *
 * const courses = [{ kind: "linear", start_ms: 0, end_ms: 5000, from: 10, to: 10 }];
 * const stages = [{ name: "hold", load: 0, start_ms: 0, end_ms: 5000, warm_up: false }];
 * const plan = { loads: [{ kind: "closed", name: "users", users: 10, courses }], stages, duration_ms: 5000 };
 * let run: Steering = { plan: plan as unknown as Plan, paused_ms: null };
 * run = steer(run, { type: "target", load: null, target: 20 }, 1000);
 * assert.deepEqual(run.plan.loads[0]?.courses.map((course) => course.kind === "linear" && course.from), [10, 20]);
 * run = steer(run, { type: "pause" }, 2000);
 * run = steer(run, { type: "resume" }, 4000);
 * assert.deepEqual([run.plan.duration_ms, run.plan.stages[0]?.end_ms], [7000, 7000]);
 * ```
 */
export function steer(run: Steering, change: Change, at_ms: number): Steering {
  const { paused_ms } = run;
  const plan = planAt(run, at_ms);
  // What is still to come begins now, whatever has been changed while the run was paused.
  const still_ms = paused_ms === null ? null : at_ms;
  switch (change.type) {
    case "target":
      return { plan: withLoads(plan, (load, i) => retargeted(plan, load, i, change, at_ms)), paused_ms: still_ms };
    case "scale":
      return { plan: withLoads(plan, (load) => scaled(load, change.factor, at_ms)), paused_ms: still_ms };
    case "pause":
      return { plan, paused_ms: at_ms };
    case "resume":
      return { plan, paused_ms: null };
    case "next_stage":
      return { plan: skipped(plan, at_ms), paused_ms: still_ms };
    case "reset_statistics":
      return run;
  }
}

/** The plan as it stands at an instant: a run that is paused goes on at once. */
export function planAt({ plan, paused_ms }: Steering, now_ms: number): Plan {
  if (paused_ms === null || now_ms <= paused_ms) return plan;
  return paused(plan, paused_ms, now_ms);
}

/** When a load's last course ends; milliseconds. */
export function endOf({ courses }: LoadPlan): number {
  return courses.at(-1)?.end_ms ?? 0;
}

function withLoads(plan: Plan, change: (load: LoadPlan, index: number) => LoadPlan): Plan {
  return { ...plan, loads: plan.loads.map(change) };
}

function withCourses(load: LoadPlan, courses: LoadSegment[]): LoadPlan {
  return load.kind === "closed" ? { ...load, courses, users: mostUsers(courses) } : { ...load, courses };
}

function retargeted(
  { loads }: Plan,
  load: LoadPlan,
  index: number,
  change: Change & { type: "target" },
  at_ms: number,
): LoadPlan {
  const end_ms = endOf(load);
  if (index !== loadIndex(loads, change.load) || end_ms <= at_ms) return load;
  const { target } = change;
  const rest = { kind: "linear" as const, start_ms: at_ms, end_ms, from: target, to: target };
  return withCourses(load, [...partOf(load.courses, -Infinity, at_ms), rest]);
}

/** Which load a change is for; -1: none that the plan has. */
export function loadIndex(loads: readonly LoadPlan[], name: string | null): number {
  return name === null && loads.length === 1 ? 0 : loads.findIndex((load) => load.name === name);
}

function scaled(load: LoadPlan, factor: number, at_ms: number): LoadPlan {
  if (endOf(load) <= at_ms) return load;
  const rest = scaledBy(partOf(load.courses, at_ms, Infinity), factor, load.kind === "closed");
  return withCourses(load, [...partOf(load.courses, -Infinity, at_ms), ...rest]);
}

function withStages(plan: Plan, stages: Stage[], loads: LoadPlan[]): Plan {
  return { ...plan, loads, stages, duration_ms: Math.max(0, ...stages.map(({ end_ms }) => end_ms)) };
}

/** A stretch without a start is put into every load that has not ended by then. */
function paused(plan: Plan, start_ms: number, end_ms: number): Plan {
  const by_ms = end_ms - start_ms;
  const isOver = plan.loads.map((load) => endOf(load) <= start_ms);
  const loads = plan.loads.map((load, index) => {
    if (isOver[index] === true) return load;
    const gap = { kind: "linear" as const, start_ms, end_ms, from: 0, to: 0 };
    const before = partOf(load.courses, -Infinity, start_ms);
    return withCourses(load, [...before, gap, ...movedBy(partOf(load.courses, start_ms, Infinity), by_ms)]);
  });
  const later = (instant_ms: number) => instant_ms > start_ms ? instant_ms + by_ms : instant_ms;
  const stages = plan.stages.map((stage) =>
    isOver[stage.load] === true ? stage : { ...stage, start_ms: later(stage.start_ms), end_ms: later(stage.end_ms) }
  );
  return { ...withStages(plan, stages, loads), pauses: joined(plan.pauses ?? [], { start_ms, end_ms }) };
}

/** A pause that follows another at once is one with it. */
function joined(pauses: NonNullable<Plan["pauses"]>, next: { start_ms: number; end_ms: number }) {
  const last = pauses.at(-1);
  if (last?.end_ms !== next.start_ms) return [...pauses, next];
  return [...pauses.slice(0, -1), { ...last, end_ms: next.end_ms }];
}

/** Leaves out the rest of the current stage of every load that has a further one. */
function skipped(plan: Plan, at_ms: number): Plan {
  const skips = plan.loads.map((_, load) => skipOf(plan, load, at_ms));
  const loads = plan.loads.map((load, index) => {
    const by_ms = skips[index] ?? 0;
    if (by_ms === 0) return load;
    const rest = partOf(load.courses, at_ms + by_ms, Infinity);
    return withCourses(load, [...partOf(load.courses, -Infinity, at_ms), ...movedBy(rest, -by_ms)]);
  });
  const stages = plan.stages.map((stage) => {
    const by_ms = skips[stage.load] ?? 0;
    const sooner = (instant_ms: number) => instant_ms > at_ms ? Math.max(at_ms, instant_ms - by_ms) : instant_ms;
    return { ...stage, start_ms: sooner(stage.start_ms), end_ms: sooner(stage.end_ms) };
  });
  return withStages(plan, stages, loads);
}

/** What is left of a load's current stage; 0 in its last one. Milliseconds. */
export function skipOf({ stages }: Plan, load: number, at_ms: number): number {
  const own = stages.filter((stage) => stage.load === load && stage.end_ms > at_ms);
  const [current, next] = own;
  return current === undefined || next === undefined || current.start_ms > at_ms ? 0 : current.end_ms - at_ms;
}
