/** Goodput and the objectives that it is held to. */
import { UNITS } from "../../plan/threshold/measure_units.ts";
import { DISTRIBUTIONS } from "../../plan/threshold/threshold.ts";
import { objectivesByOperation } from "../../plan/measured.ts";
import type { Objective, Plan } from "../../plan/plan.ts";
import { formatCount } from "../../plan/units.ts";

/** `latency ≤ 2.00 s, first message ≤ 800 ms (llm.*)`: what a good call meets; empty without objectives. */
export function objectivesText(objectives: readonly Objective[]): string {
  const operations = Map.groupBy(objectives, limitText);
  return [...operations].map(([limit, held]) => {
    const globs = held.map((one) => one.operations);
    return globs.includes(null) ? limit : `${limit} (${globs.join(", ")})`;
  }).join(", ");
}

/** Operations to which no objective applies: their calls are neither good nor bad. None for a plan without objectives. */
export function operationsWithoutObjective(plan: Plan): string[] {
  if (plan.objectives.length === 0) return [];
  return [...objectivesByOperation(plan)].filter(([, own]) => own.length === 0).map(([name]) => name);
}

function limitText({ of, limit }: Objective): string {
  const { unit } = DISTRIBUTIONS[of];
  // A limit on a length is a whole number, where a measured mean need not be.
  return `${of.replaceAll("_", " ")} ≤ ${unit === "count" ? formatCount(limit) : UNITS[unit].write(limit)}`;
}
