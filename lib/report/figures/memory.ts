/** Remembers results computed from a run, so that each form of a report reuses them. */
import type { Run } from "../../result/run.ts";
import { type Recovery, recoveryOf } from "../../verdict/recovery.ts";

const memories = new WeakMap<Run, { until: string; known: Map<string, unknown> }>();

/** The result of `make` for this run and key; computed once, and again when the run has grown. */
export function memoized<T>(run: Run, key: string, make: () => T): T {
  const until = `${run.elapsed_ms} ${run.end === null}`;
  let memory = memories.get(run);
  if (memory?.until !== until) memories.set(run, memory = { until, known: new Map() });
  if (!memory.known.has(key)) memory.known.set(key, make());
  return memory.known.get(key) as T;
}

/** The run's recovery after a spike. */
export function knownRecovery(run: Run): Recovery {
  return memoized(run, "recovery", () => recoveryOf(run));
}
