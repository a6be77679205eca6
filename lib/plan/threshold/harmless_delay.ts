/** How late june-load may be before it changes the answer of a rule. */
import type { Objective } from "../plan.ts";
import { type Distribution, DISTRIBUTIONS, isDistributionMeasure, type Threshold } from "./threshold.ts";

/** A delay of june-load's own may be this share of a time that decides: an error that changes no answer. */
export const DELAY_SHARE = 0.05;
/** A longer delay always counts, whatever the rules allow; microseconds. */
export const MOST_DELAY_US = 100_000;

/** Whether a distribution may hold a delay of june-load's own. */
function holdsDelay(of: Distribution): boolean {
  return DISTRIBUTIONS[of].is_answer_time || of === "start_delay";
}

/** What a rule allows a time to be; microseconds. 0: it reads times without such a limit; null: it reads none. */
function limitOf({ measure, comparison, limit }: Threshold): number | null {
  if (measure.kind === "recovery_time") return 0;
  if (measure.kind === "drift") return measure.of === "response_time" ? 0 : null;
  if (!isDistributionMeasure(measure) || !holdsDelay(measure.of)) return null;
  return comparison.startsWith("<") ? limit : 0;
}

/**
 * The longest delay of june-load's own, in microseconds, that changes the answer of no rule on a time: a twentieth of the
 * tightest limit, at most 100 ms. Limits of objectives count where a rule reads them. 0 where no rule limits a time, or
 * one reads times without a limit on them, such as a drift.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Threshold } from "./threshold.ts";
 *
 * const measure = { kind: "percentile", percentile: 95, of: "response_time" } as const;
 * const rule: Threshold = {
 *   source: "p95(response_time) < 1s",
 *   measure,
 *   operations: null,
 *   stage: null,
 *   comparison: "<",
 *   limit: 1_000_000,
 *   level: "fail",
 * };
 * assert.equal(harmlessDelay({ thresholds: [rule], objectives: [] }), 50_000);
 * assert.equal(harmlessDelay({ thresholds: [], objectives: [] }), 0);
 * ```
 */
export function harmlessDelay(
  { thresholds, objectives }: { thresholds: readonly Threshold[]; objectives: readonly Objective[] },
): number {
  const judged = thresholds.some(({ measure }) => measure.kind === "good_rate" || measure.kind === "goodput");
  const goals = judged ? objectives.filter(({ of }) => holdsDelay(of)) : [];
  const limits = [...thresholds.map(limitOf).filter((limit) => limit !== null), ...goals.map(({ limit }) => limit)];
  return limits.length === 0 ? 0 : Math.min(MOST_DELAY_US, DELAY_SHARE * Math.min(...limits));
}
