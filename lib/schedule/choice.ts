/** Picks the next task by weight. */
import type { RandomStream } from "./random.ts";

/**
 * Picks an index in proportion to its weight. Weights are at least 0 and sum to more than 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const choice = new WeightedChoice([3, 1]);
 * assert.deepEqual([0, 0.74, 0.75, 0.99].map((number) => choice.pick({ next: () => number })), [0, 0, 1, 1]);
 * ```
 */
export class WeightedChoice {
  readonly #sums: number[] = [];
  readonly #total: number;

  constructor(weights: readonly number[]) {
    let sum = 0;
    for (const weight of weights) this.#sums.push(sum += weight);
    if (!(sum > 0)) throw new RangeError("Cannot choose: the weights sum to 0");
    this.#total = sum;
  }

  /** Picks an index; takes one random number. */
  pick(random: RandomStream): number {
    const at = random.next() * this.#total;
    return this.#sums.findIndex((sum) => at < sum);
  }
}
