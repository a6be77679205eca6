/** From the rules of a plan to what its calls are held to while they run. */
import { matchesGlob } from "../plan/glob.ts";
import type { Plan } from "../plan/plan.ts";
import { type Distribution, DISTRIBUTIONS, type Threshold } from "../plan/threshold/threshold.ts";
import { DELAY_SHARE, MOST_DELAY_US } from "../plan/threshold/harmless_delay.ts";
import { type CallLimits, DEFAULT_LIMITS } from "./operation_stats.ts";

/** Shorter stalls taint nothing; microseconds. */
const LEAST_TAINT_US = 10_000;

/**
 * The limits of one operation: it is overdue past the tightest rule on its response time, or past its deadline where there
 * is none; it is tainted by stalls that could change the answer of its tightest rule on a time, unless it breaks every rule
 * on its time without them, too.
 */
export function callLimits({ thresholds, objectives, tasks, services }: Plan, operation: string): CallLimits {
  const concerns = ({ operations }: { operations: string | null }) =>
    operations === null || matchesGlob(operations, operation);
  const limits = thresholds.filter(concerns).map(timeLimit).filter((limit) => limit !== null);
  const goals = objectives.filter(concerns).filter(({ of }) => DISTRIBUTIONS[of].is_answer_time)
    .map(({ of, limit }) => ({ of, limit_us: limit }));
  const times = limits.map(({ limit_us }) => limit_us);
  const waits = limits.filter(({ of }) => of === "response_time").map(({ limit_us }) => limit_us);
  const task = tasks.find((one) => one.operation === operation);
  const deadlines = services.filter(({ name }) => task?.services.includes(name)).map(({ timeout_ms }) =>
    timeout_ms * 1000
  );
  const taint_us = times.length === 0
    ? DEFAULT_LIMITS.taint_us
    : Math.min(MOST_DELAY_US, Math.max(LEAST_TAINT_US, DELAY_SHARE * Math.min(...times)));
  const overdue_us = Math.min(...waits, ...(waits.length === 0 ? deadlines : []));
  return { overdue_us, taint_us, beyond_us: farthest([...limits, ...goals]) };
}

/** The limit past which a response breaks every rule on a time; Infinity where some rule reads another time. */
function farthest(limits: readonly { of: Distribution; limit_us: number }[]): number {
  const readsOther = limits.some(({ of }) => of !== "response_time");
  return limits.length === 0 || readsOther ? Infinity : Math.max(...limits.map(({ limit_us }) => limit_us));
}

/** The upper limit that a rule sets on a time that answers take; microseconds. Null for other rules. */
function timeLimit({ measure, comparison, limit }: Threshold): { of: Distribution; limit_us: number } | null {
  if (!comparison.startsWith("<") || !("of" in measure)) return null;
  if (measure.kind === "resource" || measure.kind === "drift") return null;
  return DISTRIBUTIONS[measure.of].is_answer_time ? { of: measure.of, limit_us: limit } : null;
}
