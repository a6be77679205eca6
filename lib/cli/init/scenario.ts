/** The scenario that `init` writes from the services' answers; it is ready to run. */
import type { Choose } from "../../driver/core/probe.ts";
import { DRIVERS } from "../../driver/drivers.ts";
import { UserError } from "../../plan/errors.ts";
import type { ServicePlan } from "../../plan/plan.ts";
import { initFile, type InitService } from "../../scenario/init.ts";
import { loadScenario } from "../../scenario/load.ts";
import { ScenarioError } from "../../scenario/read/problems.ts";
import { ConnectError } from "../../transport/channel.ts";
import { INIT_KINDS, type InitKind } from "./kinds.ts";
import { lookAtServices, type ServiceCheck } from "../../run/preflight.ts";

/** Addresses by flag. */
export type InitTargets = Readonly<Record<string, string>>;

/** A scenario, and the check of each service. */
export interface InitScenario {
  text: string;
  /** One for each service, in the order of the file. */
  checks: ServiceCheck[];
}

/**
 * Asks on a terminal for the address of each service; an empty answer leaves the service out.
 * @param ask shows a question and returns the answer; null: the terminal was closed
 */
export function askForTargets(ask: (question: string) => string | null): InitTargets {
  const targets: Record<string, string> = {};
  for (const { flag, question, name, group } of INIT_KINDS) {
    const isTaken = group === "grpc" && INIT_KINDS.some((other) => other.name === name && other.flag in targets);
    const answer = isTaken ? "" : ask(`${question} (Enter: none)`);
    if (answer === null) break;
    if (answer.trim() !== "") targets[flag] = answer.trim();
  }
  return targets;
}

/**
 * Contacts every service and writes a scenario that calls those that answer, or all if none answers.
 * @param choose asks the user where several models may be meant; null: nobody can be asked
 * @throws {UserError} kind `usage` for addresses that cannot be read, or two services with the same key
 */
export async function initScenario(
  name: string,
  targets: InitTargets,
  choose: Choose | null = null,
): Promise<InitScenario> {
  const kinds = INIT_KINDS.filter(({ flag }) => targets[flag] !== undefined);
  for (const { flag, name: key } of kinds) {
    const other = kinds.find((kind) => kind.name === key && kind.flag !== flag);
    if (other !== undefined) {
      throw new UserError(
        "usage",
        `--${flag} and --${other.flag}: a scenario has only one service "${key}": remove one of them`,
      );
    }
  }
  const plans = kinds.map((kind) => leastPlan(kind, targets[kind.flag]!));
  const looks: Found[] = [];
  // One after another: each may ask the user, and a server may do one thing at a time.
  for (const [i, kind] of kinds.entries()) looks.push(await probeService(kind, plans[i]!, choose));
  const values: Record<string, string> = {};
  const services = kinds.map((kind, i): InitService => {
    const { text, variables } = withoutQueryValues(targets[kind.flag]!);
    Object.assign(values, variables);
    const names = Object.keys(variables);
    const host = `host: ${JSON.stringify(text)}${names.length === 0 ? "" : ` # set ${names.join(" and ")}`}`;
    const { lines, notes } = looks[i]!;
    const own = [`protocol: ${kind.protocol}`, host, ...lines, ...kind.lines];
    return { group: kind.group, name: kind.name, lines: [...notes, ...own], tasks: kind.tasks, rules: kind.rules };
  });
  const checks = await lookAtServices(planOf(initFile(name, services), "init", values));
  const ill = checks.filter(({ state }) => state === "failed" || state === "unreachable");
  const noted = services.map((service): InitService => {
    const check = ill.find(({ name }) => name === service.name);
    if (check === undefined) return service;
    return { ...service, lines: [noteOf(check, values), ...service.lines], idle: ill.length < services.length };
  });
  return { text: initFile(name, noted), checks };
}

/** An address whose query holds variables in place of values, which may be secrets; versions of interfaces are none. */
function withoutQueryValues(address: string): { text: string; variables: Record<string, string> } {
  const variables: Record<string, string> = {};
  const text = address.replace(/([?&])([^=&#]+)=([^&#]*)/g, (whole, sign: string, name: string, value: string) => {
    if (value === "" || /^(?:api-)?version$/i.test(name)) return whole;
    const variable = name.toUpperCase().replace(/[^A-Z0-9]+/g, "_").replace(/^(?=[0-9])/, "_");
    variables[variable] = value;
    return `${sign}${name}=\${${variable}}`;
  });
  return { text, variables };
}

/** What was found, without the values that the server may have quoted. */
function noteOf({ state, details }: ServiceCheck, values: Readonly<Record<string, string>>): string {
  const safe = Object.entries(values).reduce((text, [name, value]) => text.replaceAll(value, `\${${name}}`), details);
  return `# ${state} when this was written: ${safe}`.replace(/[^\x20-\x7e]/g, "?");
}

/** Keys of a service, and what the user must know of them. */
interface Found {
  lines: readonly string[];
  notes: string[];
}

/** The service that follows from its address alone. */
function leastPlan({ flag, group, name, protocol, least }: InitKind, host: string): ServicePlan {
  const file = {
    services: { [group]: { [name]: { protocol, host, ...least } } },
    scenarios: { init: { users: 1, duration: "1s" } },
  };
  try {
    return planOf(JSON.stringify(file), `--${flag}`).services[0]!;
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    throw new UserError("usage", error.problems.map(({ text }) => `--${flag}: ${text}`).join("\n"));
  }
}

const planOf = (text: string, file: string, env: Record<string, string> = {}) =>
  loadScenario({ text, file, dir: ".", env, cores: 1, overrides: {} }).plan;

/** Finds out the keys of a service, or guesses them, with a note when the user has to act. */
async function probeService({ protocol, guess }: InitKind, plan: ServicePlan, choose: Choose | null): Promise<Found> {
  const { probe } = DRIVERS[protocol];
  if (probe === null) return { lines: guess, notes: [] };
  try {
    const lines = await probe(plan, choose);
    return lines === null
      ? { lines: guess, notes: ["# the service gave no details; the lines below are a guess"] }
      : { lines, notes: [] };
  } catch (error) {
    // The check of the service reports that it cannot be reached.
    if (error instanceof ConnectError) return { lines: guess, notes: [] };
    if (!(error instanceof UserError)) throw error;
    const notes = error.kind === "unreachable" ? [] : error.message.split("\n").map((line) => `# ${line.trim()}`);
    return { lines: guess, notes };
  }
}
