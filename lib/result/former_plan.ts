/** Plans as earlier versions wrote them -> plans as this version has them: names changed, meanings did not. */
import type { Plan, ServicePlan } from "../plan/plan.ts";

/** Fields under names of their own by their former names, each made from the value it had. */
type FormerFields = Readonly<Record<string, (value: unknown) => Record<string, unknown>>>;

const OF_A_SERVICE: FormerFields = { moves: (value) => ({ transparent_retry: value === "move" }) };
const OF_ITS_OPTIONS: FormerFields = { ahead: (value) => ({ max_parallel_sentences: value }) };

/**
 * A saved plan under the names of this version.
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
  return { ...plan, services };
}

/** A copy whose former fields have the names of today, where they stood: the order of fields is that of reports. */
function renamed<T extends object>(saved: T, former: FormerFields): T {
  const fields = Object.entries(saved).flatMap(([key, value]) => {
    const rename = Object.hasOwn(former, key) ? former[key] : undefined;
    return rename === undefined ? [[key, value]] : Object.entries(rename(value));
  });
  return Object.fromEntries(fields) as T;
}
