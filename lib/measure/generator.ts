/** How the load generator fared: put together from several pools or several seconds. */
import { Histogram } from "./histogram.ts";
import type { GeneratorData, GeneratorState, ShortageData, StallData } from "./interval.ts";

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
  for (const { start_lag } of parts) startLag.mergeData(start_lag);
  return { ...mergeStates(parts), start_lag: startLag.toData() };
}

/** The same without the distribution. */
export function mergeStates(parts: readonly GeneratorState[]): GeneratorState {
  const merged = stateOf(noGenerator());
  for (const part of parts) {
    merged.due += part.due;
    merged.begun += part.begun;
    merged.loop_lag_us = Math.max(merged.loop_lag_us, part.loop_lag_us);
    merged.busiest_pool = larger(merged.busiest_pool, part.busiest_pool);
    if (part.cpu_wait_us !== undefined) merged.cpu_wait_us = larger(merged.cpu_wait_us ?? null, part.cpu_wait_us);
    merged.gc_pause_us = larger(merged.gc_pause_us, part.gc_pause_us);
    if (part.stalls !== undefined) merged.stalls = longestStalls([...merged.stalls ?? [], ...part.stalls]);
    if (part.shortages !== undefined) merged.shortages = addShortages(merged.shortages ?? [], part.shortages);
    if (part.stalled_ms !== undefined) merged.stalled_ms = (merged.stalled_ms ?? 0) + part.stalled_ms;
    if (Math.abs(part.clock_step_ms) > Math.abs(merged.clock_step_ms)) merged.clock_step_ms = part.clock_step_ms;
  }
  return merged;
}

/** What is kept of a generator second by second. */
export function stateOf({ start_lag: _, ...state }: GeneratorData): GeneratorState {
  return state;
}

/** Stalls kept of a run, the longest. */
const MAX_STALLS = 100;

/** The longest stalls in order. */
function longestStalls(stalls: readonly StallData[]): StallData[] {
  const apart = joinStalls(stalls);
  if (apart.length <= MAX_STALLS) return apart;
  return apart.toSorted((a, b) => b.length_ms - a.length_ms).slice(0, MAX_STALLS).sort((a, b) =>
    a.start_ms - b.start_ms
  );
}

/** One entry an error number, in the order of their first calls. */
function addShortages(known: readonly ShortageData[], more: readonly ShortageData[]): ShortageData[] {
  const groups = Map.groupBy([...known, ...more], ({ errno }) => errno);
  return [...groups].map(([errno, group]) => ({
    errno,
    calls: group.reduce((sum, { calls }) => sum + calls, 0),
    spoilt: group.reduce((sum, { spoilt }) => sum + spoilt, 0),
    first_ms: Math.min(...group.map(({ first_ms }) => first_ms)),
    last_ms: Math.max(...group.map(({ last_ms }) => last_ms)),
  })).sort((a, b) => a.first_ms - b.first_ms);
}

function larger(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}

/**
 * Makes one stall of those that overlap, as of several pools at the same time; rising.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const first = { start_ms: 100, length_ms: 300, workers: [0] };
 * const second = { start_ms: 120, length_ms: 290, workers: [1], starved: true };
 * assert.deepEqual(joinStalls([second, first]), [{ start_ms: 100, length_ms: 310, workers: [0, 1], starved: true }]);
 * ```
 */
export function joinStalls(stalls: readonly StallData[]): StallData[] {
  const apart: StallData[] = [];
  for (const stall of stalls.toSorted((a, b) => a.start_ms - b.start_ms)) {
    const last = apart.at(-1);
    if (last === undefined || stall.start_ms > last.start_ms + last.length_ms) apart.push({ ...stall });
    else apart[apart.length - 1] = joinTwo(last, stall);
  }
  return apart;
}

function joinTwo(first: StallData, second: StallData): StallData {
  const workers = [...new Set([...first.workers ?? [], ...second.workers ?? []])].sort((a, b) => a - b);
  return {
    start_ms: first.start_ms,
    length_ms: Math.max(first.length_ms, second.start_ms + second.length_ms - first.start_ms),
    ...(workers.length > 0 && { workers }),
    ...((first.starved === true || second.starved === true) && { starved: true }),
  };
}
