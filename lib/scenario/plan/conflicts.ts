/** Keys of a scenario that contradict each other. */
import type { Problems } from "../read/problems.ts";
import type { ScenarioSettings } from "../schema/scenario.ts";
import type { Setting } from "../shape/shape.ts";

type Key = keyof ScenarioSettings;

const CLOSED_ONLY = ["spawn_rate", "think_time", "pacing", "start", "after_failure"] as const;
const OPEN_ONLY = ["arrivals", "max_in_flight", "max_wait"] as const;
/** Keys that each parallel scenario sets for itself. */
const OF_ONE_LOAD = ["users", "rate", "duration", "warm_up", "stages", "tasks", ...CLOSED_ONLY, ...OPEN_ONLY] as const;

/** Whether a value came from a flag. */
export const isFlag = ({ at }: Setting<unknown>): boolean => at.startsWith("--");

/** Whether the scenario makes an open load, whose tasks start at scheduled times. */
export function isOpen({ rate, stages }: ScenarioSettings): boolean {
  if (!stages.given) return rate.given;
  return (stages.value ?? []).some(({ value }) => value.rate.given || value.replay.given);
}

/** Reports every contradiction; returns false when there is one. */
export function reportConflicts(given: ScenarioSettings, problems: Problems): boolean {
  const before = problems.list.length;
  const report = (keys: readonly Key[], text: (key: Key) => string) => {
    for (const key of keys) if (given[key].given) problems.add(given[key].at, given[key].path, text(key));
  };
  if (given.parallel.given) {
    const text = (key: Key) =>
      `The key "${key}" has no effect beside "parallel": each parallel scenario sets its own. Remove it`;
    report(OF_ONE_LOAD, text);
    return problems.list.length === before;
  }
  if (given.stages.given) reportStageConflicts(given, problems);
  else if (given.users.given && given.rate.given) {
    const text = 'Both "users" and "rate" are given: a load has either users or arrivals. Remove one, or ' +
      'write two scenarios and a third that runs both in "parallel"';
    problems.add(given.rate.at, given.rate.path, text);
  }
  if (given.stages.given ? given.stages.valid : given.users.given !== given.rate.given) {
    const open = isOpen(given);
    report(
      open ? CLOSED_ONLY : OPEN_ONLY,
      (key) =>
        open
          ? `The key "${key}" has no effect on an open load, whose tasks start at scheduled times: remove it`
          : `The key "${key}" is only for open loads, and this load has users: remove it, or give a "rate" instead of users`,
    );
  }
  if (given.think_time.given && given.pacing.given) {
    problems.add(given.pacing.at, given.pacing.path, 'Both "think_time" and "pacing" are given: remove one');
  }
  return problems.list.length === before;
}

/** Reports keys that the stages replace. Flags are allowed, because they stretch the stages. */
function reportStageConflicts(given: ScenarioSettings, problems: Problems): void {
  for (const key of ["users", "rate", "duration"] as const) {
    const setting = given[key];
    if (!setting.given || isFlag(setting)) continue;
    problems.add(setting.at, setting.path, `Both "${key}" and "stages" are given: each stage sets its own. Remove one`);
  }
  const { spawn_rate, warm_up } = given;
  if (spawn_rate.given) {
    const text = 'The stages set how fast users start: write a stage such as { duration: 10s, users: "0 to 50" }';
    problems.add(spawn_rate.at, spawn_rate.path, text);
  }
  if (warm_up.given) problems.add(warm_up.at, warm_up.path, 'Mark a stage with "warm_up: true" instead');
}
