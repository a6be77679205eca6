/** What a server counted of its own work: read before and after a run, the difference is the run's. */

/** So many, and the sum of their times. */
export interface ServerTime {
  count: number;
  sum_us: number;
}

/** The parts of a request's time that a server tells apart. */
export const SERVER_TIMES = [
  "success",
  "fail",
  "queue",
  "compute_input",
  "compute_infer",
  "compute_output",
  "cache_hit",
  "cache_miss",
] as const;

/** Counters of one model since its server started. */
export interface ModelCounts extends Record<typeof SERVER_TIMES[number], ServerTime> {
  model: string;
  version: string;
  /** Requests times the batch of each; without those answered from a cache. */
  inferences: number;
  /** How often the model ran. */
  executions: number;
}

/**
 * What was counted between two readings; null when a counter has fallen, since then the server was started anew between
 * them.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const times = Object.fromEntries(SERVER_TIMES.map((of) => [of, { count: 5, sum_us: 1000 }]));
 * const before = { ...times, model: "m", version: "1", inferences: 5, executions: 5 } as ModelCounts;
 * const after = { ...before, success: { count: 8, sum_us: 1900 }, inferences: 8, executions: 6 };
 * const between = countsBetween(before, after);
 * assert.deepEqual([between?.success, between?.inferences], [{ count: 3, sum_us: 900 }, 3]);
 * assert.equal(countsBetween(after, before), null);
 * ```
 */
export function countsBetween(before: ModelCounts, after: ModelCounts): ModelCounts | null {
  let risen = true;
  const rise = (from: number, to: number) => {
    if (to < from) risen = false;
    return to - from;
  };
  const times = Object.fromEntries(SERVER_TIMES.map((of) => [of, {
    count: rise(before[of].count, after[of].count),
    sum_us: rise(before[of].sum_us, after[of].sum_us),
  }])) as Record<typeof SERVER_TIMES[number], ServerTime>;
  const { model, version } = after;
  const between = {
    ...times,
    model,
    version,
    inferences: rise(before.inferences, after.inferences),
    executions: rise(before.executions, after.executions),
  };
  return risen ? between : null;
}
