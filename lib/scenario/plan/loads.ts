/** One scenario's settings -> one load of the plan and its stages. */
import type { LoadPlan, LoadSegment, Stage } from "../../plan/plan.ts";
import { formatCount, writeDuration } from "../../plan/units.ts";
import type { KeyedSetting } from "../shape/containers.ts";
import { reportConflicts } from "./conflicts.ts";
import type { Problems } from "../read/problems.ts";
import type { ScenarioSettings } from "../schema/scenario.ts";
import type { Target } from "../schema/stages.ts";
import type { Setting } from "../shape/shape.ts";
import { courseOf, peakOf, planPieces } from "./pieces.ts";
import { withRamps } from "./ramps.ts";
import { type Crowd, planCourses, planStages, rampDuration } from "./user_ramp.ts";

/** Largest rounding error of a stretched target; users. */
const ROUNDING = 1e-6;

/** A load and its stages. */
export interface PlannedLoad {
  kind: "planned";
  load: LoadPlan;
  stages: Stage[];
}

/** A load, or `refused` after its faults were reported. */
export type LoadReading = PlannedLoad | { kind: "refused" };

const REFUSED: LoadReading = { kind: "refused" };

/** Plans the load of a scenario without `parallel`. Reports its faults to `problems`. */
export function planLoad(
  scenario: KeyedSetting<ScenarioSettings>,
  index: number,
  problems: Problems,
): LoadReading {
  const { key, value: given } = scenario;
  if (!reportConflicts(given, problems)) return REFUSED;
  if (given.stages.given) return planStaged(key, given, index, problems);
  if (!given.users.given && !given.rate.given) {
    const ways = '"users" and "duration", "rate" and "duration", "stages", or "parallel"';
    problems.add(scenario.at, scenario.path, `The scenario has no load: give it ${ways}`);
    return REFUSED;
  }
  if (!given.duration.given) {
    const text = 'Missing key "duration": expected a duration from 100ms to 7d, such as "30s"';
    problems.add(scenario.at, given.duration.path, text);
  }
  const { duration, warm_up, spawn_rate } = given;
  if (duration.value === null || !(warm_up.valid && spawn_rate.valid)) return REFUSED;
  checkWarmUp(warm_up, duration.value, problems);
  return given.rate.given
    ? planOpen(key, given, given.rate.value, duration.value, index)
    : planClosed(key, given, { ...given.duration, value: duration.value }, index, problems);
}

function checkWarmUp(warm_up: Setting<number>, duration_ms: number, problems: Problems): void {
  if (warm_up.value < duration_ms) return;
  const length = writeDuration(duration_ms * 1000);
  const text = `The warm-up must be shorter than the duration of ${length}, or nothing is measured`;
  problems.add(warm_up.at, warm_up.path, text);
}

function planClosed(
  name: string,
  given: ScenarioSettings,
  duration: Setting<number>,
  index: number,
  problems: Problems,
): LoadReading {
  if (given.users.value === null) return REFUSED;
  const crowd: Crowd = {
    duration_ms: duration.value,
    warm_up_ms: given.warm_up.value,
    users: given.users.value,
    spawn_rate_per_s: given.spawn_rate.value,
  };
  warnOfLongRamp(crowd, duration, problems);
  const load = closedLoad(name, given, planCourses(crowd), crowd.users);
  const stages = planStages(crowd).map((stage) => ({ ...stage, load: index }));
  return { kind: "planned", load, stages: withRamps(load, stages) };
}

function warnOfLongRamp(crowd: Crowd, { at, path }: Setting<number>, problems: Problems): void {
  const ramp_ms = rampDuration(crowd);
  if (ramp_ms <= crowd.duration_ms) return;
  const started = formatCount(Math.floor(crowd.duration_ms / 1000 * crowd.spawn_rate_per_s));
  const [length, ramp] = [crowd.duration_ms, ramp_ms].map((ms) => writeDuration(ms * 1000));
  const text = `Only about ${started} of ${
    formatCount(crowd.users)
  } users start within ${length}; all of them need ${ramp}`;
  problems.warn(at, path, text);
}

function planOpen(
  name: string,
  given: ScenarioSettings,
  rate: Target | null,
  duration_ms: number,
  index: number,
): LoadReading {
  if (rate === null) return REFUSED;
  const warm_ms = Math.min(given.warm_up.value, duration_ms);
  const main = rate.kind === "linear" && rate.from !== rate.to ? "ramp" : "hold";
  const stages: Stage[] = [
    { name: "warm_up", load: index, start_ms: 0, end_ms: warm_ms, warm_up: true },
    { name: main, load: index, start_ms: warm_ms, end_ms: duration_ms, warm_up: false },
  ];
  return {
    kind: "planned",
    load: openLoad(name, given, [courseOf(rate, 0, duration_ms)]),
    stages: stages.filter(({ start_ms, end_ms }) => end_ms > start_ms),
  };
}

function planStaged(name: string, given: ScenarioSettings, index: number, problems: Problems): LoadReading {
  const pieces = planPieces(given, problems);
  if (pieces === null) return REFUSED;
  const courses = pieces.flatMap((piece) => piece.courses);
  const stages = pieces.map((piece): Stage => {
    const [first, last] = [piece.courses[0]!, piece.courses.at(-1)!];
    return { name: piece.name, load: index, start_ms: first.start_ms, end_ms: last.end_ms, warm_up: piece.warm_up };
  });
  const load = pieces.some(({ open }) => open)
    ? openLoad(name, given, courses)
    : closedLoad(name, given, courses, Math.ceil(Math.max(...courses.map(peakOf)) - ROUNDING));
  return { kind: "planned", load, stages: withRamps(load, stages) };
}

function closedLoad(name: string, given: ScenarioSettings, courses: LoadSegment[], users: number): LoadPlan {
  const think_time = given.pacing.value === null
    ? given.think_time.value
    : { kind: "pacing" as const, every_ms: given.pacing.value };
  const { start, after_failure } = given;
  return {
    kind: "closed",
    name,
    courses,
    users,
    think_time,
    start: start.value,
    after_failure_ms: after_failure.value,
  };
}

function openLoad(name: string, given: ScenarioSettings, courses: LoadSegment[]): LoadPlan {
  return {
    kind: "open",
    name,
    courses,
    spacing: given.arrivals.value,
    max_in_flight: given.max_in_flight.value,
    max_wait_ms: given.max_wait.value,
  };
}
