/** Rules written anew, for messages that propose another one. */
import type { Distribution, DistributionMeasure, Threshold } from "./threshold.ts";

/**
 * The left side of a rule on another distribution of other operations.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const measure = { kind: "percentile", percentile: 95, of: "latency" } as const;
 * assert.equal(writeMeasure(measure, "response_time", "llm.*"), "p95(response_time, llm.*)");
 * ```
 */
export function writeMeasure(measure: DistributionMeasure, of: Distribution, operations: string | null): string {
  const shape = measure.kind === "percentile" ? `p${measure.percentile}` : measure.kind;
  return `${shape}(${of}${operations === null ? "" : `, ${operations}`})`;
}

/** A rule on a distribution with another one in its place: the same limit, stage and level. */
export function writeRule(
  { source }: Threshold,
  measure: DistributionMeasure,
  of: Distribution,
  operations: string | null,
): string {
  return writeMeasure(measure, of, operations) + source.slice(source.indexOf(")") + 1);
}
