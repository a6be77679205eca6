/** Thresholds and objectives of a plan: from the file, by default and from flags, checked against the plan's operations. */
import { matchesGlob } from "../../plan/glob.ts";
import { withRemedy } from "../../plan/nearest.ts";
import type { Objective, Stage, TaskPlan } from "../../plan/plan.ts";
import { type Measure, resourceFacts, type Threshold } from "../../plan/threshold/threshold.ts";
import { isThresholdError, parseThreshold } from "../../plan/threshold/parser.ts";
import type { Problems } from "../read/problems.ts";
import { list } from "../shape/containers.ts";
import type { PlannedLoad } from "./loads.ts";
import type { Mix } from "./mix.ts";
import { THRESHOLD_FLAG } from "./overrides.ts";
import { looseScalar } from "../read/tree.ts";
import { objectivesOf } from "../schema/objectives.ts";
import {
  checkApplying,
  checkGoodCalls,
  checkObjectives,
  type Claim,
  claimOfObjective,
  claimOfRule,
  concerns,
} from "./applying.ts";
import { type ScenarioSettings, threshold } from "../schema/scenario.ts";
import type { Context, Setting } from "../shape/shape.ts";

/** The rules of a plan. */
export interface Rules {
  thresholds: Threshold[];
  objectives: Objective[];
}

/** The rules that flags add; a rule that cannot be read is reported and left out. */
export function readFlagRules(flags: readonly string[], context: Context): Setting<Threshold>[] {
  const items = flags.map((text) => looseScalar(text, THRESHOLD_FLAG));
  return list(threshold).decode({ kind: "list", at: THRESHOLD_FLAG, items }, "", context) ?? [];
}

/** The parts of a plan that rules are checked against. */
export interface Judged {
  /** What runs. */
  mix: Mix;
  /** What would run without `--test-type`. */
  all: Mix;
  loads: readonly PlannedLoad[];
}

/**
 * The rules of a scenario. Reports rules that could never be judged to `problems`.
 * @param fromFlags rules in addition to the scenario's
 * @param errorRate limit of the default rule on errors, a ratio of 1
 */
export function planRules(
  given: ScenarioSettings,
  { mix, all, loads }: Judged,
  fromFlags: readonly Setting<Threshold>[],
  errorRate: number,
  problems: Problems,
): Rules {
  const thresholds = withoutRemovedTasks(given.thresholds.value ?? [], claimOfRule, mix, all, problems);
  const objectives = withoutRemovedTasks(given.objectives.value ?? [], claimOfObjective, mix, all, problems);
  const rulesGiven = [...thresholds, ...fromFlags];
  checkThresholds(rulesGiven, mix.tasks, loads.flatMap(({ stages }) => stages), problems);
  checkApplying(rulesGiven, mix, problems);
  checkObjectives(objectives, mix, problems);
  const isOpen = loads.some(({ load }) => load.kind === "open");
  const base = given.thresholds.given
    ? thresholds.map(({ value }) => value)
    : defaultThresholds(mix.tasks, errorRate, isOpen ? "99%" : "100%");
  const rules = withoutRepeats([...base, ...fromFlags.map(({ value }) => value)]);
  const limits = given.objectives.given ? objectives.map(({ value }) => value) : objectivesOf(rules);
  checkGoodCalls(rulesGiven, { ...mix, objectives: limits }, problems);
  return { thresholds: rules, objectives: limits };
}

/**
 * June's acceptance criteria: P95 below 2 s for each operation, the error rate below the limit, the load reached. The
 * latency of speech paced in real time contains the clip itself; there the time after the last chunk is judged, and of a
 * voice turn the time from the end of speech to the first audio of the answer.
 * @param errorRate limit of the error rate, a ratio of 1
 * @param load share of the load that must be reached, e.g. `100%`
 */
function defaultThresholds(
  tasks: readonly TaskPlan[],
  errorRate: number,
  load: string,
): Threshold[] {
  const operations = new Set(tasks.map(({ operation }) => operation));
  return [
    ...[...operations].map((operation) => own(`p95(response_time, ${operation}) < 2s`)),
    own(`error_rate < ${writePercent(errorRate)}`),
    own(`load >= ${load}`),
  ];
}

/** Short and exact: 0.07 is `7%`, not `7.000000000000001%`. */
function writePercent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(12)).toFixed(10).replace(/\.?0+$/, "")}%`;
}

function own(text: string): Threshold {
  const rule = parseThreshold(text);
  if (isThresholdError(rule)) throw new Error(`The default rule "${text}" cannot be read: ${rule.error}`);
  return rule;
}

/** Reports rules that could never be judged: no operation matches, or there is no such stage. */
function checkThresholds(
  rules: readonly Setting<Threshold>[],
  tasks: readonly TaskPlan[],
  stages: readonly Stage[],
  problems: Problems,
): void {
  const operations = [...new Set(tasks.map(({ operation }) => operation))];
  const judged = stages.filter(({ warm_up }) => !warm_up).map(({ name }) => name);
  for (const { value: rule, at, path } of rules) {
    const { operations: glob, stage } = rule;
    if (glob !== null && !operations.some((operation) => matchesGlob(glob, operation))) {
      const fault = `No operation matches "${glob}" in "${rule.source}"`;
      problems.add(at, path, withRemedy(fault, glob, "the scenario's operations are", operations));
    }
    if (stage !== null && !judged.includes(stage)) {
      const fault = `"${rule.source}" needs the stage "${stage}", which the plan does not have or does not judge`;
      problems.add(at, path, withRemedy(fault, stage, "its stages are", judged));
    }
  }
}

/** What rules may name besides operations. */
export interface Watched {
  /** Services whose processes are read. */
  services: readonly string[];
  /** Other machines. */
  machines: readonly string[];
}

/** Reports rules on a service or machine that the file does not name in `metrics`. */
export function checkWatched(
  rules: readonly Setting<Threshold>[],
  watched: Watched,
  problems: Problems,
): void {
  for (const { value: { measure, source }, at, path } of rules) {
    const found = namedBy(measure, watched);
    if (found === null || found.known.includes(found.name)) continue;
    const { name, known, where } = found;
    const fault = `"${source}" needs "${name}" in ${where}`;
    problems.add(at, path, withRemedy(fault, name, "there are", known));
  }
}

/** The service or machine that a rule is about, and those there are; null: it names none, or a device of a machine. */
function namedBy(
  measure: Measure,
  { services, machines }: Watched,
): { name: string; known: readonly string[]; where: string } | null {
  const inServices = { known: services, where: "metrics.processes" };
  const inMachines = { known: machines, where: "metrics.remote" };
  if (measure.kind === "drift") {
    const known = [...services, ...machines];
    const where = `${inServices.where} or ${inMachines.where}`;
    return measure.process === undefined ? null : { name: measure.process, known, where };
  }
  if (measure.kind !== "resource" || measure.device === undefined) return null;
  const name = measure.device;
  switch (resourceFacts(measure.of).of) {
    case "process":
      return { name, ...inServices };
    case "host":
      return { name, ...inMachines };
    case "gpu":
      return /^\d+$/.test(name) ? null : { name: name.replace(/\.\d+$/, ""), ...inMachines };
    case "own":
    case "connections":
    case "service":
      return null;
  }
}

/**
 * The rules, or objectives, that remain when `--test-type` removes tasks. Leaves out rules that concern only removed tasks,
 * with a warning.
 * @param mix what runs
 * @param all what would run without the flag
 */
function withoutRemovedTasks<R>(
  rules: readonly Setting<R>[],
  claimOf: (rule: R) => Claim,
  mix: Mix,
  all: Mix,
  problems: Problems,
): Setting<R>[] {
  return rules.filter(({ value, at, path }) => {
    const claim = claimOf(value);
    const isUncalled = !mix.tasks.some((task) => concerns(claim, mix, task)) &&
      all.tasks.some((task) => concerns(claim, all, task));
    const whose = claim.operations === null ? `that have ${claim.figure}` : `of "${claim.operations}"`;
    if (isUncalled) problems.warn(at, path, `Left out: --test-type takes away the operations ${whose}`);
    return !isUncalled;
  });
}

/** The rules in order, each text once. */
function withoutRepeats(rules: readonly Threshold[]): Threshold[] {
  return [...new Map(rules.map((rule) => [rule.source, rule])).values()];
}
