/** The tasks of a scenario: entries of `tasks`, or the services' default tasks, each with the services that it calls. */
import { defaultTask, PROTOCOL_FACTS, protocolsOf } from "../../plan/protocol_facts.ts";
import { withRemedy } from "../../plan/nearest.ts";
import { type ServiceKind, type TaskName, TASKS } from "../../plan/tasks.ts";
import type { KeyedSetting } from "../shape/containers.ts";
import type { Problem } from "../read/problems.ts";
import type { ScenarioSettings } from "../schema/scenario.ts";
import type { Candidate } from "./services.ts";
import { quote } from "../read/tree.ts";

/** One task with the services that it calls. */
export interface AssignedTask {
  name: TaskName;
  /** Name of the exchange for a `call`; else the task's name. */
  operation: string;
  /** One service of each kind that the task calls, in the order of `TASKS[name].services`. */
  services: readonly Candidate[];
  weight: number;
}

/** One entry of `tasks`: its tasks, or why no service can do it. */
export type Assignment = Assigned | Refused;

interface Assigned {
  kind: "assigned";
  /** Several where services share the entry's weight; at least one. */
  tasks: AssignedTask[];
}

interface Refused {
  kind: "refused";
  /** At least one. */
  faults: Problem[];
}

/** The tasks of a scenario before `--test-type` selects among them. */
export type TaskOffer =
  /** The entries of `tasks`, one by one. */
  | { kind: "entries"; entries: Assignment[] }
  /** The scenario names no tasks: each service does its default task. */
  | { kind: "defaults"; tasks: AssignedTask[] }
  /** `tasks` could not be read; the decoder has reported why. */
  | { kind: "unreadable" };

/** The tasks that a scenario offers, on the services of the file. */
export function offerTasks(tasks: ScenarioSettings["tasks"], candidates: readonly Candidate[]): TaskOffer {
  if (!tasks.valid) return { kind: "unreadable" };
  if (tasks.value === null) return { kind: "defaults", tasks: candidates.flatMap(defaultTasks) };
  return { kind: "entries", entries: tasks.value.map((entry) => assignTask(entry, candidates)) };
}

function defaultTasks(candidate: Candidate): AssignedTask[] {
  const { plan: { kind, protocol }, weight, exchanges } = candidate;
  if (kind !== "call") return [voiceTask(defaultTask(kind, protocol), [candidate], weight)];
  return exchanges.map(({ operation, weight }) => callTask(candidate, operation, weight));
}

/**
 * One entry of `tasks`, split among the services that can do it by their weights unless it names one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const entry = { key: "voice_turn", keyAt: "file.yaml:4:7", value: 1, given: true, valid: true, at: "", path: "tasks" };
 * const refused = assignTask(entry, []);
 * assert.equal(
 *   refused.kind === "refused" && refused.faults[0]?.text,
 *   'The task "voice_turn" needs a service of the kind "stt", but services.grpc has none',
 * );
 * ```
 */
export function assignTask(entry: KeyedSetting<number>, candidates: readonly Candidate[]): Assignment {
  const [word, wanted] = split(entry.key, "@");
  const name = word as TaskName;
  return name === "call" ? assignCall(entry, wanted, candidates) : assignVoice(entry, name, wanted, candidates);
}

/** A task that calls several kinds of service has one entry for each combination of services. */
function assignVoice(
  entry: KeyedSetting<number>,
  name: TaskName,
  wanted: string | undefined,
  candidates: readonly Candidate[],
): Assignment {
  const kinds: readonly ServiceKind[] = TASKS[name].services;
  const named = candidates.find(({ plan }) => plan.name === wanted);
  if (named !== undefined && !kinds.includes(named.plan.kind)) {
    return refused(entry, [`The service "${wanted}" has no task "${name}"`]);
  }
  if (wanted !== undefined && named === undefined) return refused(entry, [needs(name, `the service "${wanted}"`)]);
  const choices = kinds.map((kind) =>
    chooseServices(
      name,
      kind,
      named?.plan.kind === kind ? [named] : candidates.filter(({ plan }) => plan.kind === kind),
    )
  );
  const faults = choices.flatMap((choice) => choice.kind === "none" ? [choice.text] : []);
  if (faults.length > 0) return refused(entry, faults);
  const able = choices.flatMap((choice) => choice.kind === "able" ? [choice.services] : []);
  return {
    kind: "assigned",
    tasks: waysThrough(able, entry.value).map((way) => voiceTask(name, way.services, way.weight)),
  };
}

/** The services of one kind that can do a task. */
type ServiceChoice =
  /** At least one. */
  | { kind: "able"; services: Candidate[] }
  | { kind: "none"; text: string };

/** @param ofKind the services of that kind that the task may use */
function chooseServices(name: TaskName, kind: ServiceKind, ofKind: readonly Candidate[]): ServiceChoice {
  const [first] = ofKind;
  if (first === undefined) return { kind: "none", text: needs(name, `a service of the kind "${kind}"`) };
  const isJoint = TASKS[name].services.length > 1;
  const services = ofKind.filter(({ plan }) => isJoint || PROTOCOL_FACTS[plan.protocol].tasks.includes(name));
  return services.length === 0 ? { kind: "none", text: cannot(name, first) } : { kind: "able", services };
}

/** One combination of a service of each kind, and its share of the entry's weight. */
interface Way {
  services: Candidate[];
  weight: number;
}

/** Every combination of one service from each list; the services of a list share the weight by their own weights. */
function waysThrough(lists: readonly Candidate[][], weight: number): Way[] {
  return lists.reduce((ways: Way[], list) => {
    const total = list.reduce((sum, one) => sum + one.weight, 0);
    return ways.flatMap((way) =>
      list.map((one) => ({
        services: [...way.services, one],
        weight: total > 0 ? way.weight * one.weight / total : way.weight / list.length,
      }))
    );
  }, [{ services: [], weight }]);
}

/** `call`, `call@service` or `call@service/exchange`: the exchanges it names share the weight by their own weights. */
function assignCall(
  entry: KeyedSetting<number>,
  wanted: string | undefined,
  candidates: readonly Candidate[],
): Assignment {
  const [service, exchange] = wanted === undefined ? [] : split(wanted, "/");
  const callable = candidates.filter(({ plan }) => plan.kind === "call");
  const named = callable.filter(({ plan }) => service === undefined || plan.name === service);
  if (named.length === 0) {
    const text = service === undefined
      ? 'The task "call" needs a service of your own, but services.calls and services.gateway have none'
      : unknown("service", service, "your own services are", callable.map(({ plan }) => plan.name));
    return refused(entry, [text]);
  }
  const all = named.flatMap((candidate) => candidate.exchanges.map((exchange) => ({ candidate, exchange })));
  const chosen = all.filter(({ candidate: { plan }, exchange: { name } }) =>
    exchange === undefined || name === exchange || name === `${plan.protocol} ${exchange}`
  );
  if (chosen.length === 0) {
    return refused(entry, [
      unknown("exchange", exchange!, `those of ${service} are`, all.map((one) => one.exchange.name)),
    ]);
  }
  const total = chosen.reduce((sum, { exchange: { weight } }) => sum + weight, 0);
  const tasks = chosen.map(({ candidate, exchange: { operation, weight } }) =>
    callTask(candidate, operation, total > 0 ? entry.value * weight / total : entry.value / chosen.length)
  );
  return { kind: "assigned", tasks };
}

function refused({ keyAt, path }: KeyedSetting<number>, texts: readonly string[]): Refused {
  return { kind: "refused", faults: texts.map((text) => ({ at: keyAt, path, text })) };
}

function unknown(what: string, word: string, known: string, names: readonly string[]): string {
  const fault = `Unknown ${what} ${quote(word)}`;
  return names.length === 0 ? `${fault}: the file has none` : withRemedy(fault, word, known, names);
}

function split(text: string, sign: string): [string, string | undefined] {
  const at = text.indexOf(sign);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

const needs = (name: TaskName, what: string): string => `The task "${name}" needs ${what}, but services.grpc has none`;

function cannot(name: TaskName, { plan: { name: service, kind, protocol } }: Candidate): string {
  const own = PROTOCOL_FACTS[protocol].tasks.filter((task) => task.startsWith(`${kind}.`));
  return `The service "${service}" speaks ${protocol} and cannot do the task "${name}": ` +
    `it needs one that speaks ${protocolsOf(name).join(" or ")}; ${protocol} does ${own.join(", ")}`;
}

const voiceTask = (name: TaskName, services: readonly Candidate[], weight: number): AssignedTask => (
  { name, operation: name, services, weight }
);

const callTask = (service: Candidate, operation: string, weight: number): AssignedTask => (
  { name: "call", operation, services: [service], weight }
);
