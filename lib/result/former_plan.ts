/** Converts plans of earlier versions to this version: names changed, meanings did not. */
import type { Threshold } from "../plan/threshold/threshold.ts";
import type { Plan, ServicePlan } from "../plan/plan.ts";

/** Renamed fields by their former names, each with the function that converts its value. */
type FormerFields = Readonly<Record<string, (value: unknown) => Record<string, unknown>>>;

const OF_A_SERVICE: FormerFields = { moves: (value) => ({ transparent_retry: value === "move" }) };
const OF_ITS_OPTIONS: FormerFields = { ahead: (value) => ({ max_parallel_sentences: value }) };

/**
 * A saved plan with the field names of this version.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Plan } from "../plan/plan.ts";
 *
 * const saved = { services: [{ name: "llm", moves: "fail", options: { kind: "llm" } }] } as unknown as Plan;
 * assert.deepEqual(currentPlan(saved).services as unknown, [
 *   { name: "llm", transparent_retry: false, options: { kind: "llm" } },
 * ]);
 * ```
 */
export function currentPlan(plan: Plan): Plan {
  const services = plan.services.map((saved): ServicePlan => (
    renamed({ ...saved, options: renamed(saved.options, OF_ITS_OPTIONS) }, OF_A_SERVICE)
  ));
  return { ...plan, services, thresholds: plan.thresholds?.map(currentRule) };
}

/** Drift of answers was asked of `latency`, and has always been that of what people wait for. */
function currentRule(rule: Threshold): Threshold {
  const { kind, of } = rule.measure as { kind: string; of?: string };
  return kind === "drift" && of === "latency" ? { ...rule, measure: { kind, of: "response_time" } } : rule;
}

/** A copy with today's field names in the same order: reports show fields in this order. */
function renamed<T extends object>(saved: T, former: FormerFields): T {
  const fields = Object.entries(saved).flatMap(([key, value]) => {
    const rename = Object.hasOwn(former, key) ? former[key] : undefined;
    return rename === undefined ? [[key, value]] : Object.entries(rename(value));
  });
  return Object.fromEntries(fields) as T;
}
