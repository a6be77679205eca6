/** How the load generator fared: put together from several pools or several seconds. */
import { Histogram } from "./histogram.ts";
import type { GeneratorData, StallData } from "./interval.ts";

/** A generator that did nothing. */
export function noGenerator(): GeneratorData {
  return {
    due: 0,
    begun: 0,
    start_lag: new Histogram().toData(),
    loop_lag_us: 0,
    busiest_pool: null,
    gc_pause_us: null,
    clock_step_ms: 0,
  };
}

/**
 * Sums are added, the rest is the worst of all.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const quiet = { ...noGenerator(), due: 10, begun: 10, loop_lag_us: 300 };
 * const busy = { ...noGenerator(), due: 10, begun: 9, loop_lag_us: 25_000, busiest_pool: 0.97 };
 * const { due, begun, loop_lag_us, busiest_pool } = mergeGenerators([quiet, busy]);
 * assert.deepEqual([due, begun, loop_lag_us, busiest_pool], [20, 19, 25_000, 0.97]);
 * ```
 */
export function mergeGenerators(parts: readonly GeneratorData[]): GeneratorData {
  const startLag = new Histogram();
  const merged = noGenerator();
  for (const part of parts) {
    merged.due += part.due;
    merged.begun += part.begun;
    startLag.mergeData(part.start_lag);
    merged.loop_lag_us = Math.max(merged.loop_lag_us, part.loop_lag_us);
    merged.busiest_pool = larger(merged.busiest_pool, part.busiest_pool);
    merged.gc_pause_us = larger(merged.gc_pause_us, part.gc_pause_us);
    if (part.stalls !== undefined) merged.stalls = longestStalls([...merged.stalls ?? [], ...part.stalls]);
    if (part.stalled_ms !== undefined) merged.stalled_ms = (merged.stalled_ms ?? 0) + part.stalled_ms;
    if (Math.abs(part.clock_step_ms) > Math.abs(merged.clock_step_ms)) merged.clock_step_ms = part.clock_step_ms;
  }
  return { ...merged, start_lag: startLag.toData() };
}

/** Stalls kept of a run, the longest. */
const MAX_STALLS = 100;

/** The longest stalls in order; those of several pools at the same time are one. */
function longestStalls(stalls: readonly StallData[]): StallData[] {
  const apart: StallData[] = [];
  for (const stall of stalls.toSorted((a, b) => a.start_ms - b.start_ms)) {
    const last = apart.at(-1);
    const end_ms = stall.start_ms + stall.length_ms;
    if (last === undefined || stall.start_ms > last.start_ms + last.length_ms) apart.push({ ...stall });
    else last.length_ms = Math.max(last.length_ms, end_ms - last.start_ms);
  }
  if (apart.length <= MAX_STALLS) return apart;
  return apart.toSorted((a, b) => b.length_ms - a.length_ms).slice(0, MAX_STALLS).sort((a, b) =>
    a.start_ms - b.start_ms
  );
}

function larger(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
