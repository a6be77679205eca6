/** The loads of a plan, their stages and objectives as lines of text. */
import { basename } from "node:path";
import type {
  ClosedLoad,
  LoadPlan,
  LoadSegment,
  OpenLoad,
  Plan,
  Stage,
  ThinkTime,
  UserStart,
} from "../../plan/plan.ts";
import type { DistributionUnit } from "../../plan/threshold/measure_units.ts";
import { figureOfCalls, namedBy } from "../../plan/measured.ts";
import { type CallFigure, type Distribution, DISTRIBUTIONS } from "../../plan/threshold/threshold.ts";
import { formatCount, writeDuration } from "../../plan/units.ts";
import { targetAt } from "../../schedule/course.ts";

/** One line for each load: users or arrivals, and their limits. */
export function describeLoads({ loads }: Plan): string[] {
  return loads.map((load) => {
    const text = load.kind === "closed" ? describeUsers(load) : describeArrivals(load);
    return loads.length === 1 ? text : `${load.name}: ${text}`;
  });
}

function describeUsers({ users, think_time, start, after_failure_ms }: ClosedLoad): string {
  const first = hasPause(think_time) ? describeStart(start) : "";
  const refused = after_failure_ms === 0 ? "" : `; at least ${span(after_failure_ms)} after a refused or lost call`;
  return `closed: ${count(users, "user")}, each ${describeThinkTime(think_time)}${first}${refused}`;
}

function hasPause(time: ThinkTime): boolean {
  return time.kind !== "constant" || time.value_ms > 0;
}

function describeStart(start: UserStart): string {
  return start === "staggered" ? ", the first after a random part of that" : ", the first at once";
}

function describeThinkTime(time: ThinkTime): string {
  switch (time.kind) {
    case "constant":
      return time.value_ms === 0 ? "without a pause between tasks" : `pauses ${span(time.value_ms)} between tasks`;
    case "uniform":
      return `pauses ${span(time.min_ms)} to ${span(time.max_ms)} between tasks`;
    case "exponential":
      return `pauses ${span(time.mean_ms)} on average (exponential) between tasks`;
    case "lognormal":
      return `pauses a median of ${span(time.median_ms)} (lognormal, sigma ${time.sigma}) between tasks`;
    case "pacing":
      return `starts a task every ${span(time.every_ms)}, or as soon as the previous one has ended`;
  }
}

function describeArrivals({ courses, spacing, max_in_flight, max_wait_ms }: OpenLoad): string {
  const replays = courses.every(({ kind }) => kind === "replay");
  const arrivals = replays ? "recorded arrivals" : spacing === "poisson" ? "Poisson arrivals" : "even arrivals";
  const excess = max_wait_ms === 0 ? "more are dropped" : `more wait up to ${span(max_wait_ms)} and are then dropped`;
  return `open: ${arrivals}, at most ${formatCount(max_in_flight)} in flight; ${excess}`;
}

/** One line for each stage: its length and target. */
export function describeStages({ stages, loads }: Plan): string[] {
  return stages.map((stage) => {
    const load = loads[stage.load] as LoadPlan;
    const judged = stage.warm_up ? ", not judged" : stage.ramp === true ? ", left out of percentiles" : "";
    return `${stage.name} ${span(stage.end_ms - stage.start_ms)}: ${describeTarget(load, stage)}${judged}`;
  });
}

function describeTarget(load: LoadPlan, { start_ms, end_ms }: Stage): string {
  const within = load.courses.filter((course) => course.start_ms < end_ms && course.end_ms > start_ms);
  const [first, last] = [within[0] as LoadSegment, within.at(-1) as LoadSegment];
  const value = (target: number) => load.kind === "closed" ? formatCount(Math.ceil(target - 1e-6)) : short(target);
  const unit = (text: string) => load.kind === "open" ? `${text}/s` : `${text} user${text === "1" ? "" : "s"}`;
  if (first.kind === "replay") return `${count(first.arrivals, "arrival")} of ${basename(first.file.path)}`;
  if (first.kind === "sine") {
    const { mean, amplitude, period_ms } = first;
    return `${unit(`${short(mean)} ± ${short(amplitude)}`)} in waves of ${span(period_ms)}`;
  }
  const from = value(targetAt(first, Math.max(start_ms, first.start_ms)));
  const to = last.kind === "linear" ? value(targetAt(last, Math.min(end_ms, last.end_ms))) : from;
  if (from === to) return unit(to);
  const steps = within.length > 1 ? ` in ${within.length} steps` : "";
  return `${load.kind === "open" ? unit(from) : from} to ${unit(to)}${steps}`;
}

/** Limits as a scenario file has them. */
const LIMIT_TEXT: Record<DistributionUnit, (limit: number) => string> = {
  us: writeDuration,
  ppm: (ppm) => String(ppm / 1e6),
  count: formatCount,
};

/** The limits that a good call keeps. */
export function describeObjectives(plan: Plan): string {
  const limits = plan.objectives.map(({ of, operations, limit }) => {
    const text = LIMIT_TEXT[DISTRIBUTIONS[of].unit](limit);
    return `${of}${operations === null ? "" : ` of ${operations}`} <= ${text}${notOf(plan, operations, of)}`;
  });
  return limits.join(", ");
}

/** One line for each rule, with the operations that it names and that have nothing of what it reads. */
export function describeRules(plan: Plan): string[] {
  return plan.thresholds.map(({ source, measure, operations }) => {
    const figure = figureOfCalls(measure);
    return `${source}${figure === null || operations === null ? "" : notOf(plan, operations, figure)}`;
  });
}

function notOf(plan: Plan, operations: string | null, figure: Distribution | CallFigure): string {
  const { lacking } = namedBy(plan, operations, figure);
  return lacking.length === 0 ? "" : ` (not of ${lacking.join(", ")})`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function span(ms: number): string {
  return writeDuration(ms * 1000);
}

function count(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? "" : "s"}`;
}
