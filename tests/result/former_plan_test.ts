import assert from "node:assert/strict";
import type { Plan } from "../../lib/plan/plan.ts";
import { currentPlan } from "../../lib/result/former_plan.ts";
import { rule } from "../plans.ts";

Deno.test("a saved rule on the drift of latency is one on that of the response time", () => {
  const drift = rule("drift(response_time) < 5%/h");
  const saved = { ...drift, source: "drift(latency) < 5%/h", measure: { kind: "drift", of: "latency" } };
  const other = rule("p95(latency, llm.*) < 2s");
  const { thresholds } = currentPlan({ loads: [], services: [], thresholds: [saved, other] } as unknown as Plan);
  assert.deepEqual(thresholds, [{ ...drift, source: "drift(latency) < 5%/h" }, other]);
});
