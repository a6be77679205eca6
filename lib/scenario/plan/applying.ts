/** Rules and objectives against what the plan's operations can measure: those that can decide nothing are reported. */
import { matchesGlob } from "../../plan/glob.ts";
import {
  canHave,
  figureOfCalls,
  insteadOf,
  type Measured,
  namedBy,
  needOf,
  objectivesByOperation,
  speaksInRealTime,
} from "../../plan/measured.ts";
import { withRemedy } from "../../plan/nearest.ts";
import type { Objective, Plan, TaskPlan } from "../../plan/plan.ts";
import {
  type CallFigure,
  type Distribution,
  DISTRIBUTIONS,
  HEADLINE,
  isDistributionMeasure,
  type Threshold,
} from "../../plan/threshold/threshold.ts";
import { writeMeasure, writeRule } from "../../plan/threshold/write.ts";
import type { Problems } from "../read/problems.ts";
import type { Setting } from "../shape/shape.ts";

/** A rule or an objective: what it reads, and of which operations. */
export interface Claim {
  operations: string | null;
  /** Null: nothing of calls. */
  figure: Distribution | CallFigure | null;
}

/** What a rule reads. */
export const claimOfRule = ({ operations, measure }: Threshold): Claim => ({
  operations,
  figure: figureOfCalls(measure),
});

/** What an objective limits. */
export const claimOfObjective = ({ operations, of }: Objective): Claim => ({ operations, figure: of });

/** Whether a claim may be about the calls of a task. */
export function concerns({ operations, figure }: Claim, plan: Measured, { operation }: TaskPlan): boolean {
  if (operations !== null && !matchesGlob(operations, operation)) return false;
  return figure === null || canHave(plan, operation, figure) !== false;
}

/** Reports rules on figures that their operations cannot have, and durations that contain the length of a clip. */
export function checkApplying(rules: readonly Setting<Threshold>[], plan: Measured, problems: Problems): void {
  for (const { value: rule, at, path } of rules) {
    const claim = claimOfRule(rule);
    if (claim.figure === null) continue;
    const { all, lacking } = namedBy(plan, rule.operations, claim.figure);
    if (all.length === 0) continue;
    if (lacking.length === all.length) {
      const why = `"${rule.source}" can never be judged: it needs ${needOf(claim.figure)}, which ${have(lacking)}`;
      problems.add(at, path, `${why}; ${remedyFor(rule, plan, lacking)}`);
    } else if (lacking.length > 0 && rule.operations !== null) {
      const what = `"${rule.source}" does not apply to ${listed(lacking)}: it needs ${needOf(claim.figure)}`;
      problems.warn(at, path, `${what}; ${judgeBy(rule, plan, lacking)}`);
    }
    warnOfClips(rule, plan, all, { at, path }, problems);
  }
}

function remedyFor({ measure, operations }: Threshold, plan: Measured, lacking: readonly string[]): string {
  const [first] = lacking;
  if (!isDistributionMeasure(measure) || first === undefined) return "remove it";
  return `did you mean "${writeMeasure(measure, insteadOf(plan, first, measure.of), operations)}"?`;
}

function judgeBy({ measure }: Threshold, plan: Measured, lacking: readonly string[]): string {
  if (!isDistributionMeasure(measure)) return "nothing there is judged by it";
  const rules = lacking.map((name) => `"${writeMeasure(measure, insteadOf(plan, name, measure.of), name)}"`);
  return `judge ${lacking.length === 1 ? "it" : "them"} by ${listed(rules)}`;
}

/** Of speech paced in real time a duration says how long the clip was. */
function warnOfClips(
  rule: Threshold,
  plan: Measured,
  named: readonly string[],
  { at, path }: { at: string; path: string },
  problems: Problems,
): void {
  const { measure, comparison, operations } = rule;
  if (!isDistributionMeasure(measure)) return;
  if (!comparison.startsWith("<") || !DISTRIBUTIONS[measure.of].holds_asking) return;
  const spoken = named.filter((name) => speaksInRealTime(plan, name));
  if (spoken.length === 0) return;
  const better = writeRule(rule, measure, HEADLINE, spoken.length === 1 ? spoken[0]! : operations);
  const text = `"${rule.source}" holds the length of the clips that ${listed(spoken)} speak${
    spoken.length === 1 ? "s" : ""
  } in real time: a long clip breaks it, however quick the answer. What a person waits is "${better}"`;
  problems.warn(at, path, text);
}

/** Reports objectives that match no operation, or can judge none of those that they match. */
export function checkObjectives(given: readonly Setting<Objective>[], plan: Measured, problems: Problems): void {
  const names = [...new Set(plan.tasks.map(({ operation }) => operation))];
  for (const { value: objective, at, path } of given) {
    const { of, operations: glob } = objective;
    const { all, lacking } = namedBy(plan, glob, of);
    if (all.length === 0) {
      problems.add(at, path, withRemedy(`No operation matches "${glob}"`, `${glob}`, NAMES, names));
    } else if (lacking.length === all.length) {
      const [first = ""] = lacking;
      const hint = `did you mean "${insteadOf(plan, first, of)}"?`;
      problems.add(
        at,
        path,
        `No call can meet a limit on ${of}: it needs ${needOf(of)}, which ${have(lacking)}; ${hint}`,
      );
    } else if (lacking.length > 0 && glob !== null) {
      const others = lacking.map((name) => insteadOf(plan, name, of));
      const text = `${of} does not apply to ${listed(lacking)}: it needs ${needOf(of)}; limit its ${listed(others)}`;
      problems.warn(at, path, text);
    }
    const spoken = all.filter((name) => DISTRIBUTIONS[of].holds_asking && speaksInRealTime(plan, name));
    if (spoken.length > 0) {
      const text = `${of} holds the length of the clips that ${listed(spoken)} speak${
        spoken.length === 1 ? "s" : ""
      } in real time: calls with long clips are never good. Limit ${HEADLINE}, what a person waits`;
      problems.warn(at, path, text);
    }
  }
  warnOfUnjudged(given, plan, problems);
}

const NAMES = "the scenario's operations are";

/** Reports rules on good calls of operations to which no objective applies. */
export function checkGoodCalls(
  rules: readonly Setting<Threshold>[],
  plan: Measured & Pick<Plan, "objectives">,
  problems: Problems,
): void {
  if (plan.objectives.length === 0) return;
  const own = objectivesByOperation(plan);
  for (const { value: { measure, operations, source }, at, path } of rules) {
    if (measure.kind !== "goodput" && measure.kind !== "good_rate") continue;
    const { all } = namedBy(plan, operations, measure.kind);
    if (all.length === 0 || all.some((name) => own.get(name)?.length !== 0)) continue;
    const text = `"${source}" can never be judged: no objective applies to ${listed(all)}. Limit ${HEADLINE} there`;
    problems.add(at, path, text);
  }
}

/** A call that no objective can judge is neither good nor bad. */
function warnOfUnjudged(
  given: readonly Setting<Objective>[],
  plan: Measured,
  problems: Problems,
): void {
  const [first] = given;
  if (first === undefined || problems.list.length > 0) return;
  const own = objectivesByOperation({ ...plan, objectives: given.map(({ value }) => value) });
  const unjudged = [...own].filter(([, limits]) => limits.length === 0).map(([name]) => name);
  if (unjudged.length === 0) return;
  const text = `No objective applies to ${listed(unjudged)}: calls of ${
    unjudged.length === 1 ? "it" : "them"
  } are neither good nor bad. Limit ${HEADLINE}, which every call has`;
  problems.warn(first.at, first.path, text);
}

const have = (names: readonly string[]) => `${listed(names)} ${names.length === 1 ? "does" : "do"} not have`;

/** `a`, `a and b`, `a, b and c`; each once. */
function listed(names: readonly string[]): string {
  const all = [...new Set(names)];
  const last = all.pop() ?? "";
  return all.length === 0 ? last : `${all.join(", ")} and ${last}`;
}
