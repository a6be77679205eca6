/** The start time of the next task of a user of a closed load. */
import { drawExponential, drawNormal } from "../base/random.ts";
import type { ThinkTime } from "../plan/plan.ts";
import type { RandomStream } from "./random.ts";

/**
 * The intended start of a user's next task; microseconds.
 * @param intended_us intended start of the previous task
 * @param end_us end of the previous task
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const random = { next: () => 0.5 };
 * assert.equal(nextStart({ kind: "uniform", min_ms: 1000, max_ms: 3000 }, 0, 700_000, random), 2_700_000);
 * assert.equal(nextStart({ kind: "pacing", every_ms: 5000 }, 0, 700_000, random), 5_000_000);
 * ```
 */
export function nextStart(think: ThinkTime, intended_us: number, end_us: number, random: RandomStream): number {
  if (think.kind === "pacing") return Math.max(end_us, intended_us + think.every_ms * 1000);
  return end_us + pause_ms(think, random) * 1000;
}

function pause_ms(think: Exclude<ThinkTime, { kind: "pacing" }>, random: RandomStream): number {
  switch (think.kind) {
    case "constant":
      return think.value_ms;
    case "uniform":
      return think.min_ms + random.next() * (think.max_ms - think.min_ms);
    case "exponential":
      return think.mean_ms * drawExponential(random);
    case "lognormal":
      return think.median_ms * Math.exp(think.sigma * drawNormal(random));
  }
}
