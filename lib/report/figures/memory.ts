/** What was worked out of a run before: every form of a report shows the same figures. */
import type { Run } from "../../result/run.ts";
import { type Recovery, recoveryOf } from "../../verdict/recovery.ts";

const memories = new WeakMap<Run, { until: string; known: Map<string, unknown> }>();

/** What `make` gives for this run and key; worked out once, and anew when the run has gone on. */
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
