/** The built-in scenarios, embedded so that june-load is one file. */
import baseline from "../../scenarios/baseline.yaml" with { type: "text" };
import conversation from "../../scenarios/conversation.yaml" with { type: "text" };
import demo from "../../scenarios/demo.yaml" with { type: "text" };
import mixed from "../../scenarios/mixed.yaml" with { type: "text" };
import open from "../../scenarios/open.yaml" with { type: "text" };
import ramp_up from "../../scenarios/ramp_up.yaml" with { type: "text" };
import smoke from "../../scenarios/smoke.yaml" with { type: "text" };
import spike from "../../scenarios/spike.yaml" with { type: "text" };
import sustained from "../../scenarios/sustained.yaml" with { type: "text" };
import target from "../../scenarios/target.yaml" with { type: "text" };
import { listScenarios, type ScenarioSummary } from "./load.ts";

/** `file` of a plan from a built-in scenario. */
export const BUILT_IN = "built-in";

/** Each file holds one scenario, under its own name. */
const TEXTS = new Map(
  Object.entries({ smoke, demo, conversation, mixed, baseline, target, ramp_up, spike, open, sustained }),
);

/** All built-in scenarios, the short ones first. */
export function builtInScenarios(): ScenarioSummary[] {
  return [...TEXTS.values()].flatMap((text) => listScenarios(text, BUILT_IN));
}

/**
 * An embedded scenario's YAML by its name, or null.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.match(builtInScenario("smoke") ?? "", /^scenarios:/m);
 * assert.equal(builtInScenario("no such one"), null);
 * ```
 */
export function builtInScenario(name: string): string | null {
  return TEXTS.get(name) ?? null;
}
