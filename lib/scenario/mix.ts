/** The task mix: from the scenario's `tasks`, or from the services' weights. */
import type { ServicePlan, TaskPlan } from "../plan/plan.ts";
import { DEFAULT_TASK, type TaskName, TASKS } from "../plan/tasks.ts";
import type { KeyedSetting } from "./containers.ts";
import type { Problems } from "./problems.ts";
import type { ScenarioSettings } from "./schema_scenario.ts";
import type { Candidate } from "./service_plans.ts";
import type { Setting } from "./shape.ts";

/** Who does what: the mix, and the services it calls. */
export interface Mix {
  tasks: TaskPlan[];
  services: ServicePlan[];
}

/** The tasks of a scenario, each on its service; entries without weight are left out, and so are services not called. */
export function planMix(
  tasks: ScenarioSettings["tasks"],
  candidates: readonly Candidate[],
  scenario: Setting<ScenarioSettings>,
  problems: Problems,
): Mix {
  const all = tasks.value === null
    ? candidates.map(({ plan, weight }) => planTask(DEFAULT_TASK[plan.kind], plan.name, weight))
    : tasks.value.flatMap((task) => assign(task, candidates, problems));
  const mix = merge(all.filter(({ weight }) => weight > 0));
  const isWeightless = mix.length === 0 && all.length > 0 && all.every(({ weight }) => weight === 0);
  if (isWeightless && tasks.valid) {
    const place = tasks.given ? tasks : scenario;
    problems.add(
      place.at,
      place.path,
      "Every weight is 0, so that there is nothing to do: give a task or a service a weight above 0",
    );
  }
  const called = candidates.map(({ plan }) => plan).filter(({ name }) =>
    mix.some(({ services }) => services.includes(name))
  );
  return { tasks: mix, services: called };
}

/** One entry of `tasks`, split among the services of its kind by their weights unless it names one. */
function assign(task: KeyedSetting<number>, candidates: readonly Candidate[], problems: Problems): TaskPlan[] {
  const [word, wanted] = task.key.split("@");
  const name = word as TaskName;
  const [kind] = TASKS[name].services;
  const able = candidates.filter(({ plan }) => plan.kind === kind && (wanted === undefined || plan.name === wanted));
  if (able.length === 0) {
    const named = wanted !== undefined && candidates.some(({ plan }) => plan.name === wanted);
    const text = named
      ? `The task "${name}" is not one of the service "${wanted}"`
      : `The task "${name}" needs ${
        wanted === undefined ? `a service of the kind "${kind}"` : `the service "${wanted}"`
      }, and services.grpc has none`;
    problems.add(task.keyAt, task.path, text);
    return [];
  }
  const total = able.reduce((sum, { weight }) => sum + weight, 0);
  return able.map(({ plan, weight }) =>
    planTask(name, plan.name, total > 0 ? task.value * weight / total : task.value / able.length)
  );
}

function planTask(name: TaskName, service: string, weight: number): TaskPlan {
  return { name, operation: name, services: [service], load: 0, weight };
}

function merge(tasks: readonly TaskPlan[]): TaskPlan[] {
  const merged = new Map<string, TaskPlan>();
  for (const task of tasks) {
    const key = `${task.name}@${task.services.join()}`;
    const earlier = merged.get(key);
    merged.set(key, earlier ? { ...earlier, weight: earlier.weight + task.weight } : task);
  }
  return withOwnOperations([...merged.values()]);
}

/** A task that several services do is as many operations. */
function withOwnOperations(tasks: readonly TaskPlan[]): TaskPlan[] {
  const isShared = (name: TaskName) => tasks.filter((task) => task.name === name).length > 1;
  return tasks.map((task) => isShared(task.name) ? { ...task, operation: `${task.name}@${task.services[0]}` } : task);
}
