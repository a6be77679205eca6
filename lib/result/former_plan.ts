/** Converts plans of earlier versions to this version: names changed and settings came; what a saved plan means did not. */
import type { ClosedLoad, LoadPlan, Plan, ServicePlan, TtsOptions } from "../plan/plan.ts";
import type { Threshold } from "../plan/threshold/threshold.ts";

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
 * const saved = {
 *   loads: [],
 *   services: [{ name: "llm", moves: "fail", options: { kind: "llm" } }],
 * } as unknown as Plan;
 * assert.deepEqual(currentPlan(saved).services as unknown, [
 *   { name: "llm", transparent_retry: false, options: { kind: "llm" } },
 * ]);
 * ```
 */
export function currentPlan(plan: Plan): Plan {
  const services = plan.services.map((saved): ServicePlan => (
    renamed({ ...saved, options: currentOptions(renamed(saved.options, OF_ITS_OPTIONS)) }, OF_A_SERVICE)
  ));
  const { loads, thresholds } = plan;
  return { ...plan, loads: loads.map(currentLoad), services, thresholds: thresholds?.map(currentRule) };
}

/** Before a plan said so, the player of speech buffered nothing, and all sentences of a turn were requested at once. */
function currentOptions(saved: ServicePlan["options"]): ServicePlan["options"] {
  if (saved.kind !== "tts") return saved;
  const { prebuffer_ms, max_parallel_sentences }: Partial<TtsOptions> = saved;
  if (prebuffer_ms !== undefined && max_parallel_sentences !== undefined) return saved;
  return { ...saved, prebuffer_ms: prebuffer_ms ?? 0, max_parallel_sentences: max_parallel_sentences ?? 100 };
}

/** Before a plan said how users start and what they do after a refusal, they went on at once. */
function currentLoad(saved: LoadPlan): LoadPlan {
  if (saved.kind === "open") return saved;
  const { start, after_failure_ms }: Partial<ClosedLoad> = saved;
  return { ...saved, start: start ?? "at_once", after_failure_ms: after_failure_ms ?? 0 };
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
