/** The task mix: the tasks of all loads that `--test-type` selects, each with the name of its operation. */
import type { ServicePlan, TaskPlan } from "../../plan/plan.ts";
import type { ServiceKind } from "../../plan/tasks.ts";
import type { Problem } from "../read/problems.ts";
import type { Candidate } from "./services.ts";
import type { TestType } from "./service_selection.ts";
import type { AssignedTask, TaskOffer } from "./tasks.ts";

/** The task mix and the services it calls. */
export interface Mix {
  tasks: TaskPlan[];
  services: ServicePlan[];
}

/** The tasks that one load offers. */
export interface LoadOffer {
  /** Index of the load in the plan. */
  load: number;
  offer: TaskOffer;
}

/**
 * The offered tasks that `--test-type` selects, including those of weight 0.
 * @param type undefined: everything except June's gateway, which is called only when tasks name it
 */
export function selectedTasks(
  offer: TaskOffer,
  type: TestType | undefined,
  candidates: readonly Candidate[],
): AssignedTask[] {
  switch (offer.kind) {
    case "unreadable":
      return [];
    case "defaults":
      return offer.tasks.filter(({ services }) => services.every((one) => isSelected(one, type, candidates)));
    case "entries":
      return offer.entries.flatMap((entry) => entry.kind === "assigned" ? entry.tasks : [])
        .filter(({ services }) => services.every((one) => matchesType(one, type)));
  }
}

/** Whether a mix without tasks calls the service. */
function isSelected(one: Candidate, wanted: TestType | undefined, all: readonly Candidate[]): boolean {
  return wanted === undefined ? !one.gateway || all.every((other) => other.gateway) : matchesType(one, wanted);
}

const matchesType = ({ type }: Candidate, wanted: TestType | undefined): boolean =>
  wanted === undefined || wanted === "all" || wanted === type;

/** The faults of the entries of `tasks` that no service can do. */
export function faultsOfOffer(offer: TaskOffer): Problem[] {
  if (offer.kind !== "entries") return [];
  return offer.entries.flatMap((entry) => entry.kind === "refused" ? entry.faults : []);
}

/** Joins the selected tasks of all loads, names their operations, and lists the `candidates` that they call. */
export function joinMix(
  offers: readonly LoadOffer[],
  type: TestType | undefined,
  candidates: readonly Candidate[],
): Mix {
  const tasks = offers.flatMap(({ load, offer }) =>
    merge(selectedTasks(offer, type, candidates).filter(({ weight }) => weight > 0)).map((task) => ({ ...task, load }))
  );
  const called = candidates.filter((candidate) => tasks.some(({ services }) => services.includes(candidate)));
  return { tasks: tasks.map((task) => planTask(task, tasks)), services: called.map(({ plan }) => plan) };
}

/** Merges tasks with the same operation on the same services; their weights add up. */
function merge(tasks: readonly AssignedTask[]): AssignedTask[] {
  const merged = new Map<string, AssignedTask>();
  for (const task of tasks) {
    const key = `${task.operation}@${namesOf(task).join()}`;
    const earlier = merged.get(key);
    merged.set(key, earlier ? { ...earlier, weight: earlier.weight + task.weight } : task);
  }
  return [...merged.values()];
}

const namesOf = ({ services }: AssignedTask): string[] => services.map(({ plan }) => plan.name);

function planTask(task: AssignedTask & { load: number }, all: readonly AssignedTask[]): TaskPlan {
  const { name, load, weight } = task;
  return { name, operation: operationOf(task, all), services: namesOf(task), load, weight };
}

/** When several services do a task, each is an operation of its own, named after the services that differ. */
function operationOf(task: AssignedTask, all: readonly AssignedTask[]): string {
  if (task.name === "call") return task.operation;
  const others = all.filter(({ name }) => name === task.name);
  const own = task.services.filter((service) =>
    others.some((other) => serviceOf(other, service.plan.kind) !== service)
  );
  return own.length === 0 ? task.operation : `${task.name}@${own.map(({ plan }) => plan.name).join("/")}`;
}

/** The service of a kind that a task calls; it calls at most one of each. */
const serviceOf = ({ services }: AssignedTask, kind: ServiceKind): Candidate | undefined =>
  services.find(({ plan }) => plan.kind === kind);
