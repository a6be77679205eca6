/** A duet: one plan whose tasks call two targets at the same instants, and the plan of each side by itself. */
import { UserError } from "./errors.ts";
import type { DuetPlan, Plan, ServicePlan, TaskPlan } from "./plan.ts";
import type { ProtocolSettings } from "./protocols.ts";

/** Index of a side. */
export type DuetSide = 0 | 1;

/** What the sides are called. */
export const SIDE_NAMES: DuetPlan["sides"] = ["A", "B"];
/** Between a name and its side. */
const MARK = "@";
/** Behind the globs of rules: any side. */
const ANY_SIDE = `${MARK}*`;

/**
 * Joins two plans that ask the same of two targets. Services and operations of both are in it, with `@A` or `@B` behind
 * their names; the first half of `tasks` is A's, the second B's. Rules and objectives hold for both.
 * @throws {UserError} kind `config` where the plans ask for different things
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Plan } from "./plan.ts";
 *
 * const services = [{ name: "llm", address: "one:50051", settings: null }];
 * const tasks = [{ name: "llm.chat", operation: "llm.chat", services: ["llm"], load: 0, weight: 1 }];
 * const one = { scenario: "talk", services, tasks, thresholds: [], objectives: [] } as unknown as Plan;
 * const other = { ...one, services: [{ ...services[0], address: "two:50051" }] } as unknown as Plan;
 * const duet = duetOf(one, other);
 * assert.deepEqual(duet.tasks.map(({ operation }) => operation), ["llm.chat@A", "llm.chat@B"]);
 * assert.deepEqual(duet.services.map(({ name, address }) => `${name} ${address}`), ["llm@A one:50051", "llm@B two:50051"]);
 * assert.deepEqual(sidePlan(duet, 1).services, other.services);
 * ```
 */
export function duetOf(base: Plan, other: Plan): Plan {
  const unlike = ASKED.find((key) => JSON.stringify(base[key]) !== JSON.stringify(other[key]));
  if (unlike !== undefined) {
    throw new UserError(
      "config",
      `A duet runs one load on both sides, and the two scenarios differ in their ${unlike}: let them differ in services only`,
    );
  }
  const [from, to] = [renamed(base, SIDE_NAMES[0], add), renamed(other, SIDE_NAMES[1], add)];
  return {
    ...base,
    scenario: `${base.scenario}-duet`,
    services: [...from.services, ...to.services],
    tasks: [...from.tasks, ...to.tasks],
    thresholds: base.thresholds.map((rule) => withOperations(rule, (glob) => glob + ANY_SIDE)),
    objectives: base.objectives.map((one) => withOperations(one, (glob) => glob + ANY_SIDE)),
    hidden: [...base.hidden ?? [], ...other.hidden ?? []],
    duet: { sides: SIDE_NAMES },
  };
}

/** What both plans must have in common: everything that decides which calls are made, and when. */
const ASKED = ["loads", "stages", "tasks", "duration_ms", "grace_ms"] as const satisfies readonly (keyof Plan)[];

/** The plan of one side, as if it had been run alone. */
export function sidePlan(plan: Plan, side: DuetSide): Plan {
  const { duet, ...rest } = plan;
  if (duet === undefined) throw new TypeError("The plan is of no duet");
  const name = duet.sides[side];
  const own = {
    ...rest,
    services: rest.services.filter((service) => isOf(service.name, name)),
    tasks: tasksOf(rest, side),
  };
  const glob = (text: string) => text.endsWith(ANY_SIDE) ? text.slice(0, -ANY_SIDE.length) : text;
  return {
    ...own,
    ...renamed(own, name, remove),
    thresholds: rest.thresholds.map((rule) => withOperations(rule, glob)),
    objectives: rest.objectives.map((one) => withOperations(one, glob)),
  };
}

/** The tasks of one side; both sides have the same ones in the same order. */
export function tasksOf({ tasks }: Pick<Plan, "tasks">, side: DuetSide): TaskPlan[] {
  const half = tasks.length / 2;
  return tasks.slice(side * half, (side + 1) * half);
}

/** Whether a service or an operation is of a side. */
export function isOf(name: string, side: string): boolean {
  return name.endsWith(MARK + side) && name.length > MARK.length + side.length;
}

/** The name of a service or an operation of a side in the plan of that side alone. */
export function remove(name: string, side: string): string {
  return isOf(name, side) ? name.slice(0, -(MARK.length + side.length)) : name;
}

function add(name: string, side: string): string {
  return name + MARK + side;
}

/** What is wrong with the plan of a duet that a stranger wrote, or null. */
export function duetFault({ duet, tasks, services }: Plan): string | null {
  if (duet === undefined) return null;
  const [base, other] = duet.sides;
  if (base === other) return `plan.duet has two sides of the name "${base}"`;
  const lost = services.find(({ name }) => !isOf(name, base) && !isOf(name, other));
  if (lost !== undefined) return `plan.services has "${lost.name}", which is of neither side of the duet`;
  const [from, to] = [tasksOf({ tasks }, 0), tasksOf({ tasks }, 1)];
  const paired = from.every((task, at) => to[at] !== undefined && areAlike([task, base], [to[at], other]));
  return paired && tasks.length % 2 === 0 ? null : "plan.tasks are not the same on both sides of the duet";
}

function areAlike(...two: [task: TaskPlan, side: string][]): boolean {
  if (two.some(([{ operation, services }, side]) => [operation, ...services].some((name) => !isOf(name, side)))) {
    return false;
  }
  const bare = ([{ name, operation, services, load, weight }, side]: [TaskPlan, string]) =>
    JSON.stringify([name, load, weight, ...[operation, ...services].map((one) => remove(one, side))]);
  return new Set(two.map(bare)).size === 1;
}

type Rename = (name: string, side: string) => string;

function renamed(
  { services, tasks }: Pick<Plan, "services" | "tasks">,
  side: string,
  rename: Rename,
): Pick<Plan, "services" | "tasks"> {
  return {
    services: services.map((service): ServicePlan => ({
      ...service,
      name: rename(service.name, side),
      settings: renamedExchanges(service.settings, side, rename),
    })),
    tasks: tasks.map((task) => ({
      ...task,
      operation: rename(task.operation, side),
      services: task.services.map((name) => rename(name, side)),
    })),
  };
}

/** An exchange of the user's own has the name of its operation. */
function renamedExchanges(settings: ProtocolSettings | null, side: string, rename: Rename): ProtocolSettings | null {
  if (settings === null || !("exchanges" in settings)) return settings;
  const exchanges = settings.exchanges.map((one) => ({ ...one, name: rename(one.name, side) }));
  return { ...settings, exchanges } as ProtocolSettings;
}

/** A rule or an objective with another glob, in its text, too. */
function withOperations<T extends { operations: string | null; source?: string }>(
  rule: T,
  change: (glob: string) => string,
): T {
  const { operations, source } = rule;
  if (operations === null) return rule;
  const to = change(operations);
  return {
    ...rule,
    operations: to,
    ...(source !== undefined && { source: source.replace(`${operations})`, `${to})`) }),
  };
}
