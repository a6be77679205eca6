/** Thresholds as data. The one-line language that makes them is in `threshold_parser.ts`. */

/** What a distribution rule reads; each is a histogram of microseconds over ok calls. */
export const DISTRIBUTIONS = [
  "latency",
  "service_time",
  "first_message",
  "gap",
  "final_latency",
  "start_delay",
] as const;
/** Name of a histogram kept per operation and stage. */
export type Distribution = typeof DISTRIBUTIONS[number];

/** The left side of a rule. */
export type Measure =
  | { kind: "percentile"; percentile: number; of: Distribution }
  | { kind: "mean" | "min" | "max"; of: Distribution }
  /** (failed + timed out) / (ok + failed + timed out); 0 to 1. */
  | { kind: "error_rate" }
  /** Ok calls per second. */
  | { kind: "throughput" }
  /** Ended calls, any outcome. */
  | { kind: "calls" }
  /** Share of the scenario's load that was reached: users running at the peak / users asked for; 0 to 1 and more. */
  | { kind: "load" };

/** A rule on a metric. */
export interface Threshold {
  /** As written, in canonical spacing: `p95(latency, llm.*) < 2s`. */
  source: string;
  measure: Measure;
  /**
   * Glob over operation names. Null: all calls together. Otherwise the rule is held by *each* operation that matches,
   * and the worst is shown.
   */
  operations: string | null;
  /** Stage it reads; null: all stages but warm-up. */
  stage: string | null;
  comparison: "<" | "<=" | ">" | ">=";
  /** In the measure's base unit: microseconds, a ratio of 1, calls per second, or a count. */
  limit: number;
  /** A `warn` rule is shown but does not fail the run. */
  level: "fail" | "warn";
}
