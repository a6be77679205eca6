/** Keys of a scenario that contradict each other. */
import type { Problems } from "../read/problems.ts";
import type { ScenarioSettings } from "../schema/scenario.ts";
import type { Setting } from "../shape/shape.ts";

type Key = keyof ScenarioSettings;

const CLOSED_ONLY = ["spawn_rate", "think_time", "pacing"] as const;
const OPEN_ONLY = ["arrivals", "max_in_flight", "max_wait"] as const;
/** What the scenarios that run in parallel say themselves. */
const OF_ONE_LOAD = ["users", "rate", "duration", "warm_up", "stages", "tasks", ...CLOSED_ONLY, ...OPEN_ONLY] as const;

/** Whether a value came from a flag. */
export const isFlag = ({ at }: Setting<unknown>): boolean => at.startsWith("--");

/** Whether the scenario's tasks start at instants of their own. */
export function isOpen({ rate, stages }: ScenarioSettings): boolean {
  if (!stages.given) return rate.given;
  return (stages.value ?? []).some(({ value }) => value.rate.given || value.replay.given);
}

/** Tells every contradiction; false where there was one. */
export function reportConflicts(given: ScenarioSettings, problems: Problems): boolean {
  const before = problems.list.length;
  const report = (keys: readonly Key[], text: (key: Key) => string) => {
    for (const key of keys) if (given[key].given) problems.add(given[key].at, given[key].path, text(key));
  };
  if (given.parallel.given) {
    const text = (key: Key) => `The key "${key}" stands beside "parallel", whose scenarios have their own: remove it`;
    report(OF_ONE_LOAD, text);
    return problems.list.length === before;
  }
  if (given.stages.given) reportStageConflicts(given, problems);
  else if (given.users.given && given.rate.given) {
    const text = 'Both "users" and "rate" are given: a load is one of users or one of arrivals. Remove one, or ' +
      'make two scenarios of them and a third that runs both in "parallel"';
    problems.add(given.rate.at, given.rate.path, text);
  }
  if (given.stages.given ? given.stages.valid : given.users.given !== given.rate.given) {
    const open = isOpen(given);
    report(
      open ? CLOSED_ONLY : OPEN_ONLY,
      (key) =>
        open
          ? `The key "${key}" means nothing for an open load, whose tasks start at instants of their own: remove it`
          : `The key "${key}" is of an open load, and this one has users: remove it, or give a "rate" instead of users`,
    );
  }
  if (given.think_time.given && given.pacing.given) {
    problems.add(given.pacing.at, given.pacing.path, 'Both "think_time" and "pacing" are given: remove one');
  }
  return problems.list.length === before;
}

/** The stages say how long and how hard; flags may stretch them. */
function reportStageConflicts(given: ScenarioSettings, problems: Problems): void {
  for (const key of ["users", "rate", "duration"] as const) {
    const setting = given[key];
    if (!setting.given || isFlag(setting)) continue;
    problems.add(setting.at, setting.path, `Both "${key}" and "stages" are given: each stage says its own. Remove one`);
  }
  const { spawn_rate, warm_up } = given;
  if (spawn_rate.given) {
    const text = 'The stages say how fast users come: write a stage such as { duration: 10s, users: "0 to 50" }';
    problems.add(spawn_rate.at, spawn_rate.path, text);
  }
  if (warm_up.given) problems.add(warm_up.at, warm_up.path, 'Mark a stage with "warm_up: true" instead');
}
