/** The task mix: from the scenario's `tasks`, or from the services' weights. */
import { defaultTask, PROTOCOL_FACTS, protocolsOf } from "../../plan/protocol_facts.ts";
import { withRemedy } from "../../plan/nearest.ts";
import type { ServicePlan, TaskPlan } from "../../plan/plan.ts";
import { type ServiceKind, type TaskName, TASKS } from "../../plan/tasks.ts";
import type { KeyedSetting } from "../shape/containers.ts";
import type { Problems } from "../read/problems.ts";
import type { ScenarioSettings } from "../schema/scenario.ts";
import { type Candidate, operationsOf } from "./services.ts";
import type { Setting } from "../shape/shape.ts";
import type { TestType } from "./service_selection.ts";
import { quote } from "../read/tree.ts";

/** Who does what: the mix, and the services it calls. */
export interface Mix {
  tasks: TaskPlan[];
  services: ServicePlan[];
}

/**
 * The tasks of one load, each on its service; entries without weight are left out.
 * @param type what `--test-type` asks for; undefined: everything but June's gateway, unless tasks name it
 */
export function planTasks(
  tasks: ScenarioSettings["tasks"],
  candidates: readonly Candidate[],
  scenario: Setting<ScenarioSettings>,
  load: number,
  type: TestType | undefined,
  problems: Problems,
): TaskPlan[] {
  const all = tasks.value === null
    ? candidates.filter((candidate) => isSelected(candidate, type, candidates)).flatMap(defaultTasks)
    : tasks.value.flatMap((task) => assign(task, candidates, problems)).filter((task) =>
      matchesType(task, type, candidates)
    );
  const isTypeless = all.length === 0 && tasks.valid && candidates.length > 0 && type !== undefined;
  if (isTypeless && problems.list.length === 0) {
    const types = [...new Set(candidates.map((candidate) => candidate.type))].join(", ");
    problems.add(
      "--test-type",
      "",
      `No task of the scenario is of the type "${type}"; the file's services are of ${types}`,
    );
  }
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

/** Whether a mix without tasks calls the service. */
function isSelected({ type, gateway }: Candidate, wanted: TestType | undefined, all: readonly Candidate[]): boolean {
  if (wanted === undefined) return !gateway || all.every((other) => other.gateway);
  return wanted === "all" || wanted === type;
}

function matchesType({ services }: TaskPlan, wanted: TestType | undefined, candidates: readonly Candidate[]): boolean {
  if (wanted === undefined || wanted === "all") return true;
  return services.every((name) => candidates.some(({ plan, type }) => plan.name === name && type === wanted));
}

function defaultTasks({ plan, weight, exchanges }: Candidate): TaskPlan[] {
  if (plan.kind !== "call") return [planTask(defaultTask(plan.kind, plan.protocol), [plan.name], weight)];
  return operationsOf(plan).map((operation, i) => planCall(plan, operation, exchanges[i]!.weight));
}

/** The tasks of all loads under the names of their operations, and the services among `candidates` that they call. */
export function joinMixes(tasks: readonly TaskPlan[], candidates: readonly Candidate[]): Mix {
  const called = candidates.map(({ plan }) => plan).filter(({ name }) =>
    tasks.some(({ services }) => services.includes(name))
  );
  return { tasks: withOwnOperations(tasks), services: called };
}

/** One entry of `tasks`, split among the services that can do it by their weights unless it names one. */
function assign(task: KeyedSetting<number>, candidates: readonly Candidate[], problems: Problems): TaskPlan[] {
  const [word, wanted] = split(task.key, "@");
  const name = word as TaskName;
  return name === "call"
    ? assignCall(task, wanted, candidates, problems)
    : assignVoice(task, name, wanted, candidates, problems);
}

/** A task that calls several kinds of service has one entry for each way to choose them. */
function assignVoice(
  task: KeyedSetting<number>,
  name: TaskName,
  wanted: string | undefined,
  candidates: readonly Candidate[],
  problems: Problems,
): TaskPlan[] {
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
    const ofKind = named?.plan.kind === kind ? [named] : candidates.filter(({ plan }) => plan.kind === kind);
    const able = kinds.length > 1
      ? ofKind
      : ofKind.filter(({ plan }) => PROTOCOL_FACTS[plan.protocol].tasks.includes(name));
    const [unable] = ofKind;
    if (unable === undefined) problems.add(task.keyAt, task.path, needs(name, `a service of the kind "${kind}"`));
    else if (able.length === 0) problems.add(task.keyAt, task.path, cannot(name, unable));
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

/** `call`, `call@service` or `call@service/exchange`: the exchanges meant share the weight by theirs. */
function assignCall(
  task: KeyedSetting<number>,
  wanted: string | undefined,
  candidates: readonly Candidate[],
  problems: Problems,
): TaskPlan[] {
  const [service, exchange] = wanted === undefined ? [] : split(wanted, "/");
  const callable = candidates.filter(({ plan }) => plan.kind === "call");
  const meant = callable.filter(({ plan }) => service === undefined || plan.name === service);
  if (meant.length === 0) {
    const text = service === undefined
      ? 'The task "call" needs a service of your own, and neither services.calls nor services.gateway has one'
      : unknown("service", service, "services of your own are", callable.map(({ plan }) => plan.name));
    problems.add(task.keyAt, task.path, text);
    return [];
  }
  const all = meant.flatMap(({ plan, exchanges }) =>
    operationsOf(plan).map((operation, i) => ({ plan, operation, draft: exchanges[i]! }))
  );
  const chosen = all.filter(({ plan, draft: { name } }) =>
    exchange === undefined || name === exchange || name === `${plan.protocol} ${exchange}`
  );
  if (chosen.length === 0) {
    const names = all.map(({ draft }) => draft.name);
    problems.add(task.keyAt, task.path, unknown("exchange", exchange!, `those of ${service} are`, names));
  }
  const total = chosen.reduce((sum, { draft }) => sum + draft.weight, 0);
  return chosen.map(({ plan, operation, draft }) =>
    planCall(plan, operation, total > 0 ? task.value * draft.weight / total : task.value / chosen.length)
  );
}

function unknown(what: string, word: string, known: string, names: readonly string[]): string {
  const fault = `Unknown ${what} ${quote(word)}`;
  return names.length === 0 ? `${fault}: the file has none` : withRemedy(fault, word, known, names);
}

function split(text: string, sign: string): [string, string | undefined] {
  const at = text.indexOf(sign);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

const needs = (name: TaskName, what: string): string => `The task "${name}" needs ${what}, and services.grpc has none`;

function cannot(name: TaskName, { plan: { name: service, kind, protocol } }: Candidate): string {
  const own = PROTOCOL_FACTS[protocol].tasks.filter((task) => task.startsWith(`${kind}.`));
  return `The task "${name}" cannot be done by the service "${service}", which speaks ${protocol}: ` +
    `it needs one that speaks ${protocolsOf(name).join(" or ")}; ${protocol} does ${own.join(", ")}`;
}

function planTask(name: TaskName, services: string[], weight: number): TaskPlan {
  return { name, operation: name, services, load: 0, weight };
}

function planCall({ name }: ServicePlan, operation: string, weight: number): TaskPlan {
  return { name: "call", operation, services: [name], load: 0, weight };
}

function merge(tasks: readonly TaskPlan[]): TaskPlan[] {
  const merged = new Map<string, TaskPlan>();
  for (const task of tasks) {
    const key = `${task.operation}@${task.services.join()}`;
    const earlier = merged.get(key);
    merged.set(key, earlier ? { ...earlier, weight: earlier.weight + task.weight } : task);
  }
  return [...merged.values()];
}

/** A task that several services do is as many operations, named by the services in which they differ. */
function withOwnOperations(tasks: readonly TaskPlan[]): TaskPlan[] {
  return tasks.map((task) => {
    if (task.name === "call") return task;
    const others = tasks.filter(({ name }) => name === task.name);
    const own = task.services.filter((service, at) => others.some(({ services }) => services[at] !== service));
    return own.length === 0 ? task : { ...task, operation: `${task.name}@${own.join("/")}` };
  });
}
