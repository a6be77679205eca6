/**
 * One decoded scenario -> plan, in three steps: read the services and loads, each as far as the file allows; join loads,
 * tasks and services; check what needs more than one of them.
 */
import type { LoadPlan, Plan } from "../../plan/plan.ts";
import type { PlannedLoad } from "./loads.ts";
import { faultsOfOffer, joinMix, type LoadOffer, type Mix, selectedTasks } from "./mix.ts";
import type { Overrides } from "./overrides.ts";
import { loadsOf, type LoadsReading, type Part, readParts, type Scenario } from "./parts.ts";
import type { Problems } from "../read/problems.ts";
import { checkWatched, planRules, readFlagRules, type Rules, type Watched } from "./rules.ts";
import { machinePlan } from "../schema/machines.ts";
import type { FileSettings } from "../schema/scenario_file.ts";
import { GATEWAY, type ServicesSettings } from "../schema/services.ts";
import { type Candidate, readServices, type ServicesReading } from "./services.ts";
import type { Context } from "../shape/shape.ts";
import type { TestType } from "./service_selection.ts";
import { offerTasks, type TaskOffer } from "./tasks.ts";

/** What a plan needs besides the file. */
export interface PlanSettings {
  /** Name of the file in messages and in the plan's `source`; `built-in` for an embedded scenario. */
  file: string;
  /** Processor cores, for the default number of workers. */
  cores: number;
  overrides: Overrides;
}

/** A scenario's plan, or `refused` after its faults were reported. */
export type PlannedScenario = { kind: "planned"; plan: Plan } | { kind: "refused" };

/** Plans a scenario. Refuses exactly when `context.problems` holds faults, its own or earlier ones. */
export function planScenario(
  file: FileSettings,
  scenario: Scenario,
  { file: source, cores, overrides }: PlanSettings,
  context: Context,
): PlannedScenario {
  const { problems } = context;
  const { test_type: type, thresholds: flags = [] } = overrides;
  const read = readScenario(file, scenario, problems);
  const joined = joinScenario(read, type);
  if (joined.kind === "joined") checkTasks(joined, file.services.value, type, problems);
  const flagRules = readFlagRules(flags, context);
  const ready = readyToRun(joined, read.loads);
  if (ready.kind === "refused") return ready;
  const errorRate = file.metrics.value.error_rate.value.threshold.value;
  const rules = planRules(scenario.value, ready, flagRules, errorRate, problems);
  checkWatched(
    [...scenario.value.thresholds.value ?? [], ...flagRules],
    watchedBy(file.metrics.value, problems),
    problems,
  );
  if (problems.list.length > 0) return { kind: "refused" };
  return { kind: "planned", plan: writePlan(file, scenario, { source, cores }, ready, rules) };
}

/** The pieces of the file, read one by one. */
interface ScenarioReading {
  parts: Part[];
  loads: LoadsReading;
  services: ServicesReading;
}

function readScenario(file: FileSettings, scenario: Scenario, problems: Problems): ScenarioReading {
  const parts = readParts(file, scenario, problems);
  const services = readServices(file.services, scenario.value.transport.value, problems);
  return { parts, loads: loadsOf(parts), services };
}

/** The loads' tasks on the services, or `refused` when the services cannot be read. */
type ScenarioJoin = Joined | { kind: "refused" };

interface Joined {
  kind: "joined";
  offers: PartOffer[];
  candidates: readonly Candidate[];
  /** What runs. */
  mix: Mix;
  /** What would run without `--test-type`. */
  all: Mix;
}

interface PartOffer extends LoadOffer {
  part: Part;
}

function joinScenario({ parts, services }: ScenarioReading, type: TestType | undefined): ScenarioJoin {
  if (services.kind === "unreadable") return { kind: "refused" };
  const { candidates } = services;
  const offers = parts.map((part): PartOffer => (
    { part, load: part.index, offer: offerTasks(part.scenario.value.tasks, candidates) }
  ));
  const mix = joinMix(offers, type, candidates);
  const all = type === undefined ? mix : joinMix(offers, "all", candidates);
  return { kind: "joined", offers, candidates, mix, all };
}

function checkTasks(
  { offers, candidates, mix }: Joined,
  services: ServicesSettings,
  type: TestType | undefined,
  problems: Problems,
): void {
  for (const { part, offer } of offers) {
    for (const { at, path, text } of faultsOfOffer(offer)) problems.add(at, path, text);
    checkChoice(part.scenario, offer, candidates, type, problems);
  }
  if (type === undefined) reportUncalledGateway(services, mix, problems);
}

/** Reports a load that has nothing to do, because of `--test-type` or of weights. */
function checkChoice(
  scenario: Scenario,
  offer: TaskOffer,
  candidates: readonly Candidate[],
  type: TestType | undefined,
  problems: Problems,
): void {
  if (offer.kind === "unreadable") return;
  const chosen = selectedTasks(offer, type, candidates);
  if (chosen.length > 0) {
    if (chosen.every(({ weight }) => weight === 0)) reportNoWeight(scenario, problems);
    return;
  }
  // Another fault may be the cause: then only that is reported.
  if (type === undefined || problems.list.length > 0) return;
  const types = [...new Set(candidates.map((candidate) => candidate.type))].join(", ");
  const text = `No task of the scenario has the type "${type}"; the types of the file's services are ${types}`;
  problems.add("--test-type", "", text);
}

function reportNoWeight(scenario: Scenario, problems: Problems): void {
  const { tasks } = scenario.value;
  const { at, path } = tasks.given ? tasks : scenario;
  const text = "Every weight is 0, so there is nothing to do: give a task or a service a weight above 0";
  problems.add(at, path, text);
}

function reportUncalledGateway({ gateway }: ServicesSettings, { services }: Mix, problems: Problems): void {
  const names: readonly string[] = Object.values(GATEWAY);
  if (!gateway.given || services.some(({ name }) => names.includes(name))) return;
  const text = "The gateway is not called: use --test-type rest, websocket or all, or name it in tasks";
  problems.warn(gateway.at, gateway.path, text);
}

/** Loads and a mix: everything needed to check rules and to write a plan. */
interface Ready {
  kind: "ready";
  loads: PlannedLoad[];
  mix: Mix;
  all: Mix;
}

/** Refused when a load or its tasks could not be read: a rule might need exactly those. */
function readyToRun(joined: ScenarioJoin, loads: LoadsReading): Ready | { kind: "refused" } {
  if (joined.kind === "refused" || loads.kind === "refused") return { kind: "refused" };
  const { offers, mix, all } = joined;
  const isUnknown = mix.tasks.length === 0 || offers.some(({ offer }) => offer.kind === "unreadable");
  return isUnknown ? { kind: "refused" } : { kind: "ready", loads: loads.loads, mix, all };
}

function writePlan(
  file: FileSettings,
  { key, value: given }: Scenario,
  { source, cores }: { source: string; cores: number },
  { loads, mix }: Ready,
  rules: Rules,
): Plan {
  const { metrics: { value: metrics }, reports: { value: reports } } = file;
  const stages = loads.flatMap((load) => load.stages);
  return {
    scenario: key,
    description: given.description.value,
    source,
    seed: given.seed.value,
    loads: loads.map(({ load }) => load),
    duration_ms: Math.max(...stages.map(({ end_ms }) => end_ms)),
    grace_ms: given.grace.value,
    stages,
    workers: given.workers.value ?? defaultWorkers(cores, loads),
    transport: given.transport.value,
    services: mix.services,
    tasks: mix.tasks,
    ...rules,
    strict: given.strict.value,
    percentiles: metrics.latency.value.percentiles.value,
    throughput_window_ms: metrics.throughput.value.window.value,
    resources: {
      ...machinePlan(metrics),
      ...(metrics.remote.value.length > 0 && {
        remote: metrics.remote.value.map(({ key, value }) => ({ name: key, ...value })),
      }),
      ...(metrics.pages.value.length > 0 && { pages: metrics.pages.value }),
      ...(metrics.service_pages.value === "off" && { service_pages: false }),
    },
    output: {
      dir: reports.output_dir.value,
      formats: reports.format.value,
      include_charts: reports.include_charts.value,
      comparison_baseline: reports.comparison_baseline.value,
    },
  };
}

/** Services and machines whose names rules and reports tell apart. */
function watchedBy({ processes, remote }: FileSettings["metrics"]["value"], problems: Problems): Watched {
  const machines = remote.value.map(({ key }) => key);
  const services = processes.value.map(({ key }) => key);
  for (const { key, at, path } of processes.value) {
    if (machines.includes(key)) problems.add(at, path, `"${key}" is a machine, too: give each a name of its own`);
  }
  for (const { key, value, at, path } of remote.value) {
    for (const { name } of value.processes ?? []) {
      const fault = `"${name}" of "${key}" has the name of another service or machine: give each a name of its own`;
      if (services.includes(name) || machines.includes(name)) problems.add(at, path, fault);
      services.push(name);
    }
  }
  return { services, machines };
}

/** One worker less than there are cores, and no more than could have something to do. */
function defaultWorkers(cores: number, loads: readonly PlannedLoad[]): number {
  const most = (load: LoadPlan) => load.kind === "closed" ? load.users : load.max_in_flight;
  return Math.max(1, Math.min(cores - 1, loads.reduce((sum, { load }) => sum + most(load), 0)));
}
