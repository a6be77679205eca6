/** All that happened in a run, in the order of time. */
import type { Run } from "../../../result/run.ts";
import { memoized } from "../../figures/memory.ts";
import { failing, overLimit, silent } from "./calls.ts";
import type { Finding } from "./finding.ts";
import { steering } from "./steering.ts";
import { changes, connections, drifts, events, fullMachine, gpus, recovery, stageBorders } from "./system.ts";

export type { Finding } from "./finding.ts";

/** More than these are folded away. */
const MAX_TOLD = 12;

/** Findings to tell at once, and those that are folded away; both in the order of time. */
export interface Findings {
  told: Finding[];
  rest: Finding[];
}

const SOURCES = [
  stageBorders,
  steering,
  changes,
  overLimit,
  silent,
  failing,
  connections,
  gpus,
  fullMachine,
  recovery,
  drifts,
  events,
];

/** Those that need no end of the run. */
const LIVE_SOURCES = [stageBorders, changes, overLimit, silent, failing, connections, gpus, fullMachine];

/** What has happened so far in a run that goes on, but for its events and what only its end can tell; in the order of time. */
export function findingsSoFar(run: Run): Finding[] {
  return LIVE_SOURCES.flatMap((source) => source(run)).sort((a, b) => a.from_s - b.from_s);
}

/**
 * What happened: borders of stages, changes of the load, rises of the P95 with what changed then, limits passed, silences, bursts of failures, lost connections, GPUs held back, recovery,
 * drift, and the events of the result.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../../../tests/result/make_run.ts"; // sixty made-up seconds
 *
 * const { told } = findingsOf(makeRun({ slowFrom: 20, slowTo: 40 }));
 * assert.ok(told.some(({ text }) => /^llm\.chat_stream is over its limit of 2 s/.test(text)));
 * ```
 */
export function findingsOf(run: Run): Findings {
  return memoized(run, "findings", () => {
    const all = SOURCES.flatMap((source) => source(run)).sort((a, b) => a.from_s - b.from_s || b.weight - a.weight);
    const heavy = new Set(all.toSorted((a, b) => b.weight - a.weight).slice(0, MAX_TOLD));
    return { told: all.filter((one) => heavy.has(one)), rest: all.filter((one) => !heavy.has(one)) };
  });
}
