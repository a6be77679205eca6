/** One decoded scenario -> plan: what needs more than one key at a time. */
import type { Plan } from "../plan/plan.ts";
import type { Threshold } from "../plan/threshold.ts";
import { formatCount, writeDuration } from "../plan/units.ts";
import { type KeyedSetting, list } from "./containers.ts";
import { type Mix, planMix } from "./mix.ts";
import { type Overrides, THRESHOLD_FLAG } from "./overrides.ts";
import type { Problems } from "./problems.ts";
import { checkThresholds, defaultThresholds, withoutRepeats } from "./rules.ts";
import type { FileSettings } from "./schema.ts";
import { type ScenarioSettings, threshold } from "./schema_scenario.ts";
import { planServices } from "./service_plans.ts";
import type { Context, Setting } from "./shape.ts";
import { type Crowd, planCourses, planStages, rampDuration } from "./stages.ts";
import { looseScalar } from "./tree.ts";

/** What a plan takes from outside the file. */
export interface PlanSettings {
  /** Name of the file in messages and in the plan's `source`; `built-in` for an embedded scenario. */
  file: string;
  /** Processor cores, for the default number of workers. */
  cores: number;
  overrides: Overrides;
}

/** The plan of a scenario; faults go to `cx.problems`, and the plan is of use only where there are none. */
export function planScenario(
  file: FileSettings,
  scenario: KeyedSetting<ScenarioSettings>,
  input: PlanSettings,
  cx: Context,
): Plan {
  const given = scenario.value;
  const { metrics: { value: metrics }, reports: { value: reports } } = file;
  const mix = planMix(
    given.tasks,
    planServices(file.services, given.transport.value, cx.problems),
    scenario,
    cx.problems,
  );
  const course = checkCourse(given, cx.problems);
  const stages = planStages(course);
  const error_rate = metrics.error_rate.value.threshold.value;
  return {
    scenario: scenario.key,
    description: given.description.value,
    source: input.file,
    seed: given.seed.value,
    loads: [{
      kind: "closed",
      name: scenario.key,
      courses: planCourses(course),
      users: course.users,
      think_time: given.think_time.value,
    }],
    duration_ms: course.duration_ms,
    grace_ms: given.grace.value,
    stages,
    workers: given.workers.value ?? Math.max(1, Math.min(input.cores - 1, course.users)),
    transport: given.transport.value,
    services: mix.services,
    tasks: mix.tasks,
    thresholds: planThresholds(given, mix, stages, error_rate, input.overrides.thresholds ?? [], cx),
    objectives: [],
    strict: false,
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

function checkCourse(given: ScenarioSettings, problems: Problems): Crowd {
  const { duration, warm_up, users, spawn_rate } = given;
  const course: Crowd = {
    duration_ms: duration.value,
    warm_up_ms: warm_up.value,
    users: users.value,
    spawn_rate_per_s: spawn_rate.value,
  };
  if (!(duration.valid && warm_up.valid && users.valid && spawn_rate.valid)) return course;
  const length = writeDuration(course.duration_ms * 1000);
  if (course.warm_up_ms >= course.duration_ms) {
    problems.add(
      warm_up.at,
      warm_up.path,
      `The warm-up must be shorter than the duration of ${length}, or nothing is measured`,
    );
  }
  const ramp_ms = rampDuration(course);
  if (ramp_ms > course.duration_ms) {
    const started = Math.floor(course.duration_ms / 1000 * course.spawn_rate_per_s);
    const ramp = writeDuration(ramp_ms * 1000);
    problems.warn(
      duration.at,
      duration.path,
      `Only about ${formatCount(started)} of ${
        formatCount(course.users)
      } users start within ${length}; all of them take ${ramp}`,
    );
  }
  return course;
}

function planThresholds(
  given: ScenarioSettings,
  mix: Mix,
  stages: Plan["stages"],
  error_rate: number,
  flags: readonly string[],
  cx: Context,
): Threshold[] {
  const items = flags.map((text) => looseScalar(text, THRESHOLD_FLAG));
  const fromFlags = list(threshold).decode({ kind: "list", at: THRESHOLD_FLAG, items }, "", cx) ?? [];
  const fromFile: Setting<Threshold>[] = given.thresholds.value ?? [];
  const canCheck = given.tasks.valid && given.duration.valid && given.warm_up.valid && mix.tasks.length > 0;
  if (canCheck) checkThresholds([...fromFile, ...fromFlags], mix.tasks, stages, cx.problems);
  const base = given.thresholds.given
    ? fromFile.map(({ value }) => value)
    : defaultThresholds(mix.tasks, mix.services, error_rate);
  return withoutRepeats([...base, ...fromFlags.map(({ value }) => value)]);
}
