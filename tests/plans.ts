/** Loads and tasks for the plans of tests. */
import type { ClosedLoad, Plan, TaskPlan, ThinkTime } from "../lib/plan/plan.ts";
import { DEFAULT_TASK, type TaskName, TASKS } from "../lib/plan/tasks.ts";

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
  };
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

/** Users and spawn rate of a plan's one closed load. */
export function crowdOf({ loads }: Plan): [users: number, spawn_rate_per_s: number] {
  const [load] = loads;
  const [ramp] = load?.courses ?? [];
  if (load?.kind !== "closed" || ramp?.kind !== "linear") throw new Error("The plan has no closed load");
  return [load.users, ramp.to / (ramp.end_ms - ramp.start_ms) * 1000];
}
