/** One decoded scenario -> plan: what needs more than one key at a time. */
import { withRemedy } from "../../plan/nearest.ts";
import type { LoadPlan, Objective, Plan } from "../../plan/plan.ts";
import type { Threshold } from "../../plan/threshold/threshold.ts";
import { reportConflicts } from "./conflicts.ts";
import { type KeyedSetting, list } from "../shape/containers.ts";
import { planLoad, type PlannedLoad } from "./loads.ts";
import { joinMixes, type Mix, planTasks } from "./mix.ts";
import { checkObjectives, objectivesOf } from "../schema/objectives.ts";
import { type Overrides, THRESHOLD_FLAG } from "./overrides.ts";
import { Problems } from "../read/problems.ts";
import { checkThresholds, defaultThresholds, ofTheTypeRun, withoutRepeats } from "./rules.ts";
import type { FileSettings } from "../schema/scenario_file.ts";
import { type ScenarioSettings, threshold } from "../schema/scenario.ts";
import { GATEWAY, type ServicesSettings } from "../schema/services.ts";
import { isReadable, planServices } from "./services.ts";
import type { Context, Setting } from "../shape/shape.ts";
import type { TestType } from "./service_selection.ts";
import { looseScalar, quote } from "../read/tree.ts";

/** What a plan takes from outside the file. */
export interface PlanSettings {
  /** Name of the file in messages and in the plan's `source`; `built-in` for an embedded scenario. */
  file: string;
  /** Processor cores, for the default number of workers. */
  cores: number;
  overrides: Overrides;
}

type Scenario = KeyedSetting<ScenarioSettings>;

/** The plan of a scenario; faults go to `cx.problems`, and null comes back where there is no plan because of them. */
export function planScenario(
  file: FileSettings,
  scenario: Scenario,
  input: PlanSettings,
  context: Context,
): Plan | null {
  const given = scenario.value;
  const parts = partsOf(file, scenario, context);
  const planned = planLoads(parts, given.parallel.given, context);
  const candidates = planServices(file.services, given.transport.value, context.problems);
  const type = input.overrides.test_type;
  const told = isReadable(file.services.value) ? context.problems : new Problems();
  const tasksOf = (type: TestType | undefined, told: Problems) =>
    parts.flatMap((part, i) => planTasks(part.value.tasks, candidates, part, i, type, told));
  const tasks = tasksOf(type, told);
  const mix = joinMixes(tasks, candidates);
  if (type === undefined) reportUncalledGateway(file.services.value, mix, context);
  const loads = planned.filter((load) => load !== null);
  const complete = loads.length === planned.length && loads.length > 0;
  const canCheck = complete && told === context.problems && mix.tasks.length > 0 &&
    parts.every(({ value }) => value.tasks.valid);
  const all = type === undefined ? mix : joinMixes(tasksOf("all", new Problems()), candidates);
  const rules = planRules(
    file,
    ofTypeRun(given, mix, all, context),
    mix,
    canCheck ? loads : null,
    input.overrides.thresholds ?? [],
    context,
  );
  if (!complete) return null;
  const { metrics: { value: metrics }, reports: { value: reports } } = file;
  return {
    scenario: scenario.key,
    description: given.description.value,
    source: input.file,
    seed: given.seed.value,
    loads: loads.map(({ load }) => load),
    duration_ms: Math.max(...loads.flatMap(({ stages }) => stages.map(({ end_ms }) => end_ms))),
    grace_ms: given.grace.value,
    stages: loads.flatMap(({ stages }) => stages),
    workers: given.workers.value ?? defaultWorkers(input.cores, loads),
    transport: given.transport.value,
    services: mix.services,
    tasks: mix.tasks,
    ...rules,
    strict: given.strict.value,
    percentiles: metrics.latency.value.percentiles.value,
    throughput_window_ms: metrics.throughput.value.window.value,
    resources: metrics.resource_utilization.value,
    output: {
      dir: reports.output_dir.value,
      formats: reports.format.value,
      include_charts: reports.include_charts.value,
      comparison_baseline: reports.comparison_baseline.value,
    },
  };
}

/** The scenarios that make the loads: itself, or those it names as `parallel`. */
function partsOf({ scenarios }: FileSettings, scenario: Scenario, { problems }: Context): Scenario[] {
  const { parallel } = scenario.value;
  if (!parallel.given) return [scenario];
  reportConflicts(scenario.value, problems);
  const others = scenarios.value.filter(({ key, value }) => key !== scenario.key && !value.parallel.given);
  const wanted = parallel.value ?? [];
  return wanted.flatMap(({ value: name, at, path }, i) => {
    const found = others.find(({ key }) => key === name);
    const isRepeated = wanted.findIndex(({ value }) => value === name) < i;
    if (found !== undefined && !isRepeated) return [found];
    problems.add(at, path, isRepeated ? `The scenario ${quote(name)} is named twice` : whyNot(name));
    return [];
  });

  function whyNot(name: string): string {
    if (name === scenario.key) return "A scenario cannot run beside itself: name others of the file";
    const nested = scenarios.value.some(({ key }) => key === name);
    if (nested) return `The scenario ${quote(name)} is made of "parallel" ones itself: name those instead`;
    return withRemedy(`Unknown scenario ${quote(name)}`, name, "the file also holds", others.map(({ key }) => key));
  }
}

/** The scenario without rules and objectives on what `--test-type` takes away. */
function ofTypeRun(given: ScenarioSettings, { tasks }: Mix, all: Mix, { problems }: Context): ScenarioSettings {
  const { thresholds, objectives } = given;
  const left = <R extends { operations: string | null }>(rules: Setting<R>[] | null) =>
    rules === null ? null : ofTheTypeRun(rules, tasks, all.tasks, problems);
  return {
    ...given,
    thresholds: { ...thresholds, value: left(thresholds.value) },
    objectives: { ...objectives, value: left(objectives.value) },
  };
}

function reportUncalledGateway({ gateway }: ServicesSettings, { services }: Mix, { problems }: Context): void {
  const names: readonly string[] = Object.values(GATEWAY);
  if (!gateway.given || services.some(({ name }) => names.includes(name))) return;
  const text = "The gateway is not called: say --test-type rest, websocket or all, or name it in tasks";
  problems.warn(gateway.at, gateway.path, text);
}

/** Each load; the stages of several are told apart by the names of their loads. */
function planLoads(parts: readonly Scenario[], several: boolean, { problems }: Context): (PlannedLoad | null)[] {
  return parts.map((part, i) => {
    const planned = planLoad(part, i, problems);
    if (planned === null || !several) return planned;
    return { ...planned, stages: planned.stages.map((stage) => ({ ...stage, name: `${part.key}.${stage.name}` })) };
  });
}

/** One less than there are cores, and not more than could have something to do. */
function defaultWorkers(cores: number, loads: readonly PlannedLoad[]): number {
  const most = (load: LoadPlan) => load.kind === "closed" ? load.users : load.max_in_flight;
  return Math.max(1, Math.min(cores - 1, loads.reduce((sum, { load }) => sum + most(load), 0)));
}

/** Thresholds and objectives; checked against `loads` unless those are unknown. */
function planRules(
  file: FileSettings,
  given: ScenarioSettings,
  mix: Mix,
  loads: readonly PlannedLoad[] | null,
  flags: readonly string[],
  context: Context,
): { thresholds: Threshold[]; objectives: Objective[] } {
  const items = flags.map((text) => looseScalar(text, THRESHOLD_FLAG));
  const fromFlags = list(threshold).decode({ kind: "list", at: THRESHOLD_FLAG, items }, "", context) ?? [];
  const fromFile: Setting<Threshold>[] = given.thresholds.value ?? [];
  const objectives = given.objectives.value ?? [];
  if (loads !== null) {
    const stages = loads.flatMap((load) => load.stages);
    checkThresholds([...fromFile, ...fromFlags], mix.tasks, stages, context.problems);
    checkObjectives(objectives, mix.tasks, context.problems);
  }
  const error_rate = file.metrics.value.error_rate.value.threshold.value;
  const hasOpen = (loads ?? []).some(({ load }) => load.kind === "open");
  const base = given.thresholds.given
    ? fromFile.map(({ value }) => value)
    : defaultThresholds(mix.tasks, mix.services, error_rate, hasOpen ? "99%" : "100%");
  const thresholds = withoutRepeats([...base, ...fromFlags.map(({ value }) => value)]);
  return {
    thresholds,
    objectives: given.objectives.given ? objectives.map(({ value }) => value) : objectivesOf(thresholds),
  };
}
