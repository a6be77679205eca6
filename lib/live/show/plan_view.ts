/** A plan, drawn: what the page shows of it before it runs. */
import { type LoadPlan, type LoadSegment, type Plan, redactPlan } from "../../plan/plan.ts";
import { describePlan } from "../../scenario/describe/describe.ts";
import { targetAt } from "../../schedule/course.ts";
import { isHeldBy, limitsOn } from "../../report/charts/limits.ts";
import type { Fields, PlanLimit, PlanView } from "../../ui/web/api.ts";

/** Points of a curve. */
const CURVE_POINTS = 200;

/** What a plan was made from. */
export interface PlanSource {
  /** Its text, in which secrets are hidden. */
  yaml: string;
  warnings: readonly string[];
  simulator: boolean;
}

/**
 * The view of a plan, without its secrets.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadScenario } from "../../scenario/load.ts";
 *
 * const text = "scenarios: { short: { users: 6, spawn_rate: 2, duration: 30s, tasks: { llm.chat: 1 } } }";
 * const { plan } = loadScenario({ text, file: "short.yaml", dir: ".", env: {}, cores: 4, overrides: {} });
 * const { loads, fields } = planView(plan, { yaml: text, warnings: [], simulator: false });
 * assert.deepEqual(loads[0]?.points, [[0, 0], [3, 6], [3, 6], [30, 6]]);
 * assert.deepEqual([fields.users, fields.spawn_rate_per_s, fields.arrivals_per_s], [6, 2, null]);
 * ```
 */
export function planView(whole: Plan, { yaml, warnings, simulator }: PlanSource): PlanView {
  const plan = redactPlan(whole);
  const { tasks, loads, stages, services, thresholds, duration_ms } = plan;
  const weights = loads.map((_, load) => tasks.reduce((sum, task) => task.load === load ? sum + task.weight : sum, 0));
  return {
    text: describePlan(plan),
    duration_ms,
    loads: loads.map((load) => ({ name: load.name, kind: load.kind, points: load.courses.flatMap(pointsOf) })),
    stages: stages.map(({ name, load, start_ms, end_ms, warm_up }) => ({
      name,
      load,
      from_s: start_ms / 1000,
      to_s: end_ms / 1000,
      warm_up,
    })),
    tasks: tasks.map(({ name, operation, load, weight }) => ({
      name,
      operation,
      load,
      weight,
      share: weight / Math.max(Number.MIN_VALUE, weights[load] ?? 0),
    })),
    services: services.map(({ name, address, protocol }) => ({ name, address, protocol })),
    thresholds: thresholds.map(({ source }) => source),
    limits: limitsOf(plan),
    warnings: [...warnings],
    yaml,
    fields: fieldsOf(plan, simulator),
  };
}

/** The limits on percentiles, operation by operation. */
function limitsOf(plan: Plan): PlanLimit[] {
  const operations = [...new Set(plan.tasks.map(({ operation }) => operation))];
  return operations.flatMap((operation) => {
    // Of first messages limitsOn takes all rules, whomever they bind.
    const own = { ...plan, thresholds: plan.thresholds.filter((rule) => isHeldBy(rule, operation)) };
    return (["response_time", "first_message"] as const).flatMap((of) =>
      limitsOn({ plan: own }, operation, of).map((limit) => ({ operation, of, ...limit }))
    );
  });
}

/** The fields of a plan, as Locust's form has them. */
export function fieldsOf({ loads, services, duration_ms, stages }: Plan, simulator: boolean): Fields {
  const [load] = loads;
  const only = loads.length === 1 ? load : undefined;
  return {
    users: only?.kind === "closed" ? only.users : null,
    spawn_rate_per_s: only?.kind === "closed" && isOwnRamp(stages.map(({ name }) => name)) ? spawnRate(only) : null,
    arrivals_per_s: only?.kind === "open" ? peakRate(only.courses) : null,
    duration_ms,
    hosts: Object.fromEntries(services.map(({ name, address }) => [name, address])),
    simulator,
  };
}

/** A plan without stages of its own has these. */
const isOwnRamp = (names: readonly string[]) => names.every((name) => /^(warm_up|ramp|hold)$/.test(name));

/** Users started per second, where the load begins with a ramp from none. */
function spawnRate({ courses: [first] }: LoadPlan): number | null {
  if (first?.kind !== "linear" || first.from !== 0 || first.to === 0) return null;
  return round(first.to / ((first.end_ms - first.start_ms) / 1000));
}

/** The highest rate; null where a file says when each arrival comes. */
function peakRate(courses: readonly LoadSegment[]): number | null {
  const peaks = courses.map((course) => {
    if (course.kind === "replay") return null;
    return course.kind === "linear" ? Math.max(course.from, course.to) : course.mean + course.amplitude;
  });
  return peaks.some((peak) => peak === null) ? null : Math.max(...peaks.map((peak) => peak ?? 0));
}

/** The corners of a course; of a wave points close to each other, of a replay its mean rate. */
function pointsOf(course: LoadSegment): [at_s: number, target: number][] {
  const { start_ms, end_ms } = course;
  switch (course.kind) {
    case "linear":
      return [[start_ms / 1000, round(course.from)], [end_ms / 1000, round(course.to)]];
    case "sine":
      return Array.from({ length: CURVE_POINTS + 1 }, (_, i) => {
        const at_ms = start_ms + (end_ms - start_ms) * i / CURVE_POINTS;
        return [at_ms / 1000, round(targetAt(course, at_ms))];
      });
    case "replay": {
      const mean = round(course.arrivals / Math.max(0.001, (end_ms - start_ms) / 1000));
      return [[start_ms / 1000, mean], [end_ms / 1000, mean]];
    }
  }
}

const round = (value: number) => Math.round(1000 * value) / 1000;
