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

/**
 * How long after a user starts its first task comes: what is left of its pause, seen at a random instant, as of a user who
 * has long been there; microseconds. Source: the forward recurrence time of renewal theory, density
 * P[pause > x] / mean pause. A pause of 0 leaves nothing and takes no random number.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const random = { next: () => 0.25 };
 * assert.equal(firstPause_us({ kind: "pacing", every_ms: 5000 }, random), 1_250_000);
 * assert.equal(firstPause_us({ kind: "uniform", min_ms: 1000, max_ms: 3000 }, random), 500_000);
 * assert.equal(firstPause_us({ kind: "constant", value_ms: 0 }, random), 0);
 * ```
 */
export function firstPause_us(think: ThinkTime, random: RandomStream): number {
  switch (think.kind) {
    case "pacing":
      return random.next() * think.every_ms * 1000;
    case "constant":
      return think.value_ms === 0 ? 0 : random.next() * think.value_ms * 1000;
    case "uniform":
      return restOfUniform_ms(think.min_ms, think.max_ms, random.next()) * 1000;
    case "exponential":
      // It has no memory: the rest of a pause is distributed like a whole one.
      return think.mean_ms * drawExponential(random) * 1000;
    case "lognormal": {
      // Long pauses are met more often: one of length x in proportion to x.
      const met_ms = think.median_ms * Math.exp(think.sigma ** 2 + think.sigma * drawNormal(random));
      return random.next() * met_ms * 1000;
    }
  }
}

/** The inverse of the recurrence time's distribution: even up to `min_ms`, then a falling slope up to `max_ms`. */
function restOfUniform_ms(min_ms: number, max_ms: number, share: number): number {
  const mean_ms = (min_ms + max_ms) / 2;
  const even_ms = share * mean_ms;
  if (even_ms <= min_ms) return even_ms;
  const sloping = (even_ms - min_ms) / (mean_ms - min_ms);
  return max_ms - (max_ms - min_ms) * Math.sqrt(1 - sloping);
}

/** Longest pause that a server's `Retry-After` can ask for; microseconds. */
const MOST_RETRY_AFTER_US = 60_000_000;

/**
 * Least pause of a user after a refused or lost call; microseconds.
 * @param least_us the scenario's; 0: there is none, whatever the server asks for
 * @param retry_after_us what the server asks for; 0: it does not say
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(pauseAfterRefusal_us(1_000_000, 0), 1_000_000);
 * assert.equal(pauseAfterRefusal_us(1_000_000, 7_000_000), 7_000_000);
 * assert.equal(pauseAfterRefusal_us(0, 7_000_000), 0);
 * ```
 */
export function pauseAfterRefusal_us(least_us: number, retry_after_us: number): number {
  return least_us === 0 ? 0 : Math.max(least_us, Math.min(retry_after_us, MOST_RETRY_AFTER_US));
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
