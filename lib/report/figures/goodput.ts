/** Goodput and the objectives that it is held to. */
import { UNITS } from "../../plan/threshold/measure_units.ts";
import { DISTRIBUTIONS } from "../../plan/threshold/threshold.ts";
import type { Objective } from "../../plan/plan.ts";
import { formatCount } from "../../plan/units.ts";

/** `latency ≤ 2.00 s, first message ≤ 800 ms (llm.*)`: what a good call meets; empty without objectives. */
export function objectivesText(objectives: readonly Objective[]): string {
  const operations = Map.groupBy(objectives, limitText);
  return [...operations].map(([limit, held]) => {
    const globs = held.map((one) => one.operations);
    return globs.includes(null) ? limit : `${limit} (${globs.join(", ")})`;
  }).join(", ");
}

function limitText({ of, limit }: Objective): string {
  const { unit } = DISTRIBUTIONS[of];
  // A limit on a length is a whole number, where a measured mean need not be.
  return `${of.replaceAll("_", " ")} ≤ ${unit === "count" ? formatCount(limit) : UNITS[unit].write(limit)}`;
}
