/** What no schema says of a header: its plan must agree with itself. */
import { duetFault } from "../../plan/duet.ts";
import type { Plan } from "../../plan/plan.ts";
import type { HeaderRecord } from "../record.ts";
import { MAX_OPERATIONS } from "./limits.ts";
import { quoted } from "./quotes.ts";

/** What is wrong with a header that has the right shape, or null. */
export function headerFault({ plan, started_at, calibration }: HeaderRecord): string | null {
  if (Number.isNaN(Date.parse(started_at))) return `started_at ${quoted(started_at)} is no time`;
  if (calibration !== undefined && Number.isNaN(Date.parse(calibration.measured_at))) {
    return `calibration.measured_at ${quoted(calibration.measured_at)} is no time`;
  }
  return stagesFault(plan) ?? tasksFault(plan) ?? duetFault(plan) ?? percentilesFault(plan);
}

function stagesFault({ stages, loads }: Plan): string | null {
  const names = new Set<string>();
  for (const [at, { name, load, start_ms, end_ms }] of stages.entries()) {
    const path = `plan.stages[${at}]`;
    if (load >= loads.length) return `${path}.load must be below ${loads.length}, the number of loads, and is ${load}`;
    if (start_ms > end_ms) return `${path} ends before it starts`;
    if (names.has(name)) return `${path}.name ${quoted(name)} is that of another stage`;
    names.add(name);
  }
  return null;
}

function tasksFault({ tasks, loads, services }: Plan): string | null {
  const known = new Set(services.map(({ name }) => name));
  for (const [at, task] of tasks.entries()) {
    const path = `plan.tasks[${at}]`;
    if (task.load >= loads.length) return `${path}.load must be below ${loads.length}, and is ${task.load}`;
    const missing = task.services.find((name) => !known.has(name));
    if (missing !== undefined) return `${path} calls the service ${quoted(missing)}, which the plan does not have`;
  }
  const operations = new Set(tasks.map(({ operation }) => operation)).size;
  return operations > MAX_OPERATIONS
    ? `plan.tasks has ${operations} operations; at most ${MAX_OPERATIONS} are read`
    : null;
}

function percentilesFault({ percentiles }: Plan): string | null {
  const at = percentiles.findIndex((percentile, i) => i > 0 && percentile <= (percentiles[i - 1] as number));
  return at < 0 ? null : `plan.percentiles[${at}] must be above the one before, and is ${percentiles[at]}`;
}
