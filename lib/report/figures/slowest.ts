/**
 * The operation that people wait longest for. It stands for a run where one figure must: a percentile over the calls of
 * all operations measures their mix, and no one waits for a mix.
 */
import { type Distribution, HEADLINE } from "../../plan/threshold/threshold.ts";
import type { Run } from "../../result/run.ts";
import { type Figure, plainPercentile } from "./estimates.ts";

/** An operation and its percentile. */
export interface Slowest {
  operation: string;
  figure: Figure;
}

/** Which calls to look at. */
export interface SlowestAmong {
  /** Percentile; P95 when absent. */
  percentile?: number;
  /** Distribution; the response time when absent. */
  of?: Distribution;
  /** All operations of the run when absent. */
  operations?: readonly string[];
  /** All but warm-up and ramps when absent. */
  stage?: string;
}

/**
 * The operation with the highest percentile; of equals the first. Null where nothing was measured.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../../tests/result/make_run.ts"; // sixty made-up seconds
 *
 * assert.equal(slowestOf(makeRun())?.operation, "llm.chat_stream");
 * ```
 */
export function slowestOf(run: Run, among: SlowestAmong = {}): Slowest | null {
  const { percentile = 95, of = HEADLINE, operations = run.operations, stage } = among;
  return operations.reduce<Slowest | null>((slowest, operation) => {
    const figure = plainPercentile(run, of, percentile, {
      operations: operation,
      ...(stage !== undefined && { stage }),
    });
    if (figure.value === null) return slowest;
    return (slowest?.figure.value ?? -Infinity) < figure.value ? { operation, figure } : slowest;
  }, null);
}
