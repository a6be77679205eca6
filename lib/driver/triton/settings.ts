/** Settings of a Triton service in the plan. */
import type { LlmOptions, ServicePlan } from "../../plan/plan.ts";
import type { TritonSettings } from "../../plan/protocols.ts";

/**
 * The settings of a service that speaks KServe v2.
 * @throws {TypeError} for another service, which the plan's decoder rules out
 */
export function tritonSettings({ name, settings, options }: ServicePlan): TritonSettings & { options: LlmOptions } {
  if (settings?.protocol !== "triton") throw new TypeError(`Service ${name} has no settings for Triton`);
  if (options.kind !== "llm") throw new TypeError(`Service ${name} is of kind ${options.kind}, not llm`);
  return { ...settings, options };
}
