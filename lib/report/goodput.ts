/** Goodput and the objectives that it is held to. */
import { DISTRIBUTIONS } from "../plan/threshold.ts";
import type { Objective } from "../plan/plan.ts";
import { formatCount, formatDuration, formatNumber } from "../plan/units.ts";

/** `latency < 2.00 s, first message < 800 ms (llm.*)`: what a good call keeps; empty without objectives. */
export function objectivesText(objectives: readonly Objective[]): string {
  return objectives.map(({ of, limit, operations }) => {
    const unit = DISTRIBUTIONS[of];
    const write = { us: formatDuration, ppm: (ppm: number) => formatNumber(ppm / 1e6), count: formatCount }[unit];
    return `${of.replaceAll("_", " ")} < ${write(limit)}${operations === null ? "" : ` (${operations})`}`;
  }).join(", ");
}
