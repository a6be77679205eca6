/** Loads, tasks and rules for the plans of tests. */
import assert from "node:assert/strict";
import type { ClosedLoad, Plan, Stage, TaskPlan, ThinkTime } from "../lib/plan/plan.ts";
import { DEFAULT_TASK, type TaskName, TASKS } from "../lib/plan/tasks.ts";
import type { Threshold } from "../lib/plan/threshold/threshold.ts";
import { isThresholdError, parseThreshold } from "../lib/plan/threshold/parser.ts";

/** Users who speak as soon as they start, and as soon again after a failure: a load that is a matter of arithmetic. */
export const AT_ONCE = { start: "at_once", after_failure_ms: 0 } as const;

/** Users as a scenario file has them that says nothing of it. */
export const STAGGERED = { start: "staggered", after_failure_ms: 1000 } as const;

/** Users that start at `rate_per_s` and then all run until `end_ms`. */
export function closedLoad(users: number, rate_per_s: number, end_ms: number, think_time: ThinkTime): ClosedLoad {
  const full_ms = Math.min(end_ms, users / rate_per_s * 1000);
  return {
    kind: "closed",
    name: "load",
    users,
    think_time,
    courses: [
      { kind: "linear", start_ms: 0, end_ms: full_ms, from: 0, to: users },
      { kind: "linear", start_ms: full_ms, end_ms, from: users, to: users },
    ],
    ...AT_ONCE,
  };
}

/** One stage for all of the first load. */
export function holdStage(end_ms: number): Stage {
  return { name: "hold", load: 0, start_ms: 0, end_ms, warm_up: false };
}

/** A think time that is always the same. */
export function constantPause(value_ms: number): ThinkTime {
  return { kind: "constant", value_ms };
}

/** A task of the first load; its services have the names of their kinds. */
export function task(name: TaskName, weight = 1): TaskPlan {
  return { name, operation: name, services: [...TASKS[name].services], load: 0, weight };
}

/** The task of each kind that a scenario without a mix runs. */
export function defaultTask(kind: keyof typeof DEFAULT_TASK, weight: number): TaskPlan {
  return task(DEFAULT_TASK[kind], weight);
}

/** A rule as it is written. */
export function rule(text: string): Threshold {
  const result = parseThreshold(text);
  return isThresholdError(result) ? assert.fail(`${result.column}: ${result.error}`) : result;
}

/** Users and spawn rate of a plan's one closed load. */
export function crowdOf({ loads }: Plan): [users: number, spawn_rate_per_s: number] {
  const [load] = loads;
  const [ramp] = load?.courses ?? [];
  if (load?.kind !== "closed" || ramp?.kind !== "linear") throw new Error("The plan has no closed load");
  return [load.users, ramp.to / (ramp.end_ms - ramp.start_ms) * 1000];
}
