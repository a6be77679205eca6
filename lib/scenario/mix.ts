/** The task mix: from the scenario's `tasks`, or from the services' weights. */
import type { ServicePlan, TaskPlan } from "../plan/plan.ts";
import { DEFAULT_TASK, type ServiceKind, type TaskName, TASKS } from "../plan/tasks.ts";
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

/** The tasks of one load, each on its service; entries without weight are left out. */
export function planTasks(
  tasks: ScenarioSettings["tasks"],
  candidates: readonly Candidate[],
  scenario: Setting<ScenarioSettings>,
  load: number,
  problems: Problems,
): TaskPlan[] {
  const all = tasks.value === null
    ? candidates.map(({ plan, weight }) => planTask(DEFAULT_TASK[plan.kind], [plan.name], weight))
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
  return mix.map((task) => ({ ...task, load }));
}

/** The tasks of all loads under the names of their operations, and the services among `candidates` that they call. */
export function joinMixes(tasks: readonly TaskPlan[], candidates: readonly Candidate[]): Mix {
  const called = candidates.map(({ plan }) => plan).filter(({ name }) =>
    tasks.some(({ services }) => services.includes(name))
  );
  return { tasks: withOwnOperations(tasks), services: called };
}

/**
 * One entry of `tasks`, split among the services that can do it by their weights unless it names one. A task that calls
 * several kinds of service has one entry for each way to choose them.
 */
function assign(task: KeyedSetting<number>, candidates: readonly Candidate[], problems: Problems): TaskPlan[] {
  const [word, wanted] = task.key.split("@");
  const name = word as TaskName;
  const kinds: readonly ServiceKind[] = TASKS[name].services;
  const named = candidates.find(({ plan }) => plan.name === wanted);
  if (named !== undefined && !kinds.includes(named.plan.kind)) {
    problems.add(task.keyAt, task.path, `The task "${name}" is not one of the service "${wanted}"`);
    return [];
  }
  if (wanted !== undefined && named === undefined) {
    problems.add(task.keyAt, task.path, needs(name, `the service "${wanted}"`));
    return [];
  }
  let ways = [{ services: [] as string[], weight: task.value }];
  for (const kind of kinds) {
    const able = named?.plan.kind === kind ? [named] : candidates.filter(({ plan }) => plan.kind === kind);
    if (able.length === 0) problems.add(task.keyAt, task.path, needs(name, `a service of the kind "${kind}"`));
    const total = able.reduce((sum, { weight }) => sum + weight, 0);
    ways = ways.flatMap((way) =>
      able.map(({ plan, weight }) => ({
        services: [...way.services, plan.name],
        weight: total > 0 ? way.weight * weight / total : way.weight / able.length,
      }))
    );
  }
  return ways.map(({ services, weight }) => planTask(name, services, weight));
}

const needs = (name: TaskName, what: string): string => `The task "${name}" needs ${what}, and services.grpc has none`;

function planTask(name: TaskName, services: string[], weight: number): TaskPlan {
  return { name, operation: name, services, load: 0, weight };
}

function merge(tasks: readonly TaskPlan[]): TaskPlan[] {
  const merged = new Map<string, TaskPlan>();
  for (const task of tasks) {
    const key = `${task.name}@${task.services.join()}`;
    const earlier = merged.get(key);
    merged.set(key, earlier ? { ...earlier, weight: earlier.weight + task.weight } : task);
  }
  return [...merged.values()];
}

/** A task that several services do is as many operations, named by the services in which they differ. */
function withOwnOperations(tasks: readonly TaskPlan[]): TaskPlan[] {
  return tasks.map((task) => {
    const others = tasks.filter(({ name }) => name === task.name);
    const own = task.services.filter((service, at) => others.some(({ services }) => services[at] !== service));
    return own.length === 0 ? task : { ...task, operation: `${task.name}@${own.join("/")}` };
  });
}
