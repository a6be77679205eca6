/** What stood still: one worker, the main thread, or june-load as a whole. Pure. */
import { joinStalls } from "../measure/generator.ts";
import type { StallData } from "../measure/interval.ts";
import type { EventKind } from "../result/event_kinds.ts";
import type { Pause } from "./heartbeat.ts";

/** Kinds of events that tell of a stall. */
export type StallKind = Extract<EventKind, "process_stalled" | "worker_stalled" | "main_stalled">;

/** One stall with its kind; milliseconds since the start of the load. */
export interface KnownStall extends StallData {
  kind: StallKind;
}

/** Shorter pauses of the main thread alone are not told: it draws and writes. Milliseconds. */
const MAIN_ALONE_MS = 100;
/** Share of a stall in which another thread stood still too, for them to be one. */
const SAME = 0.5;

/**
 * Sorts stalls of the workers and pauses of the main thread. All at once: the process was stopped, or had no processor.
 *
 * @param workers how many there are
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const stalls = [
 *   { start_ms: 1000, length_ms: 300, workers: [0] },
 *   { start_ms: 1010, length_ms: 295, workers: [1] },
 *   { start_ms: 5000, length_ms: 120, workers: [1] },
 * ];
 * const pauses = [{ start_ms: 1040, end_ms: 1306 }, { start_ms: 8000, end_ms: 8200 }];
 * assert.deepEqual(stallKinds(stalls, pauses, 2).map(({ kind, length_ms }) => [kind, length_ms]), [
 *   ["process_stalled", 305],
 *   ["worker_stalled", 120],
 *   ["main_stalled", 200],
 * ]);
 * ```
 */
export function stallKinds(stalls: readonly StallData[], pauses: readonly Pause[], workers: number): KnownStall[] {
  const known = joinStalls(stalls).map((stall): KnownStall => {
    const all = (stall.workers?.length ?? 0) >= workers;
    const whole = all && shared(stall, pauses) > SAME;
    return { ...stall, kind: whole ? "process_stalled" : "worker_stalled" };
  });
  const whole = known.filter(({ kind }) => kind === "process_stalled").map(({ start_ms, length_ms }) => ({
    start_ms,
    end_ms: start_ms + length_ms,
  }));
  const alone = pauses.map(({ start_ms, end_ms }) => ({ start_ms, length_ms: end_ms - start_ms }))
    .filter((pause) => pause.length_ms >= MAIN_ALONE_MS && shared(pause, whole) <= SAME)
    .map((pause): KnownStall => ({ ...pause, kind: "main_stalled" }));
  return [...known, ...alone].sort((a, b) => a.start_ms - b.start_ms);
}

/** Share of a stall that lies in the pauses, 0 to 1. */
function shared({ start_ms, length_ms }: StallData, pauses: readonly Pause[]): number {
  const sum_ms = pauses.reduce(
    (sum, pause) =>
      sum + Math.max(0, Math.min(start_ms + length_ms, pause.end_ms) - Math.max(start_ms, pause.start_ms)),
    0,
  );
  return length_ms > 0 ? sum_ms / length_ms : 0;
}
