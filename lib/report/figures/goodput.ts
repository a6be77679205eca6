/** Goodput and its objectives. */
import { DISTRIBUTIONS } from "../../plan/threshold/threshold.ts";
import type { Objective } from "../../plan/plan.ts";
import { formatCount, formatDuration, formatNumber } from "../../plan/units.ts";

/** `latency ≤ 2.00 s, first message ≤ 800 ms (llm.*)`: what a good call meets; empty without objectives. */
export function objectivesText(objectives: readonly Objective[]): string {
  const operations = Map.groupBy(objectives, limitText);
  return [...operations].map(([limit, held]) => {
    const globs = held.map((one) => one.operations);
    return globs.includes(null) ? limit : `${limit} (${globs.join(", ")})`;
  }).join(", ");
}

function limitText({ of, limit }: Objective): string {
  const write = { us: formatDuration, ppm: (ppm: number) => formatNumber(ppm / 1e6), count: formatCount };
  return `${of.replaceAll("_", " ")} ≤ ${write[DISTRIBUTIONS[of].unit](limit)}`;
}
