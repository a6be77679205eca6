/** What a user draws from its random stream: think times and tasks. */
import type { ThinkTime } from "../plan/plan.ts";
import type { RandomStream } from "./random.ts";

/** One think time; microseconds. */
export function drawThinkTime(think: ThinkTime, random: RandomStream): number {
  switch (think.kind) {
    case "constant":
      return think.value_ms * 1000;
    case "uniform":
      return (think.min_ms + random.next() * (think.max_ms - think.min_ms)) * 1000;
    default:
      throw new Error(`No think time of kind ${think.kind} yet`);
  }
}

/** Picks an index in proportion to its weight. Weights are at least 0 and sum to more than 0. */
export class WeightedChoice {
  readonly #sums: number[] = [];
  readonly #total: number;

  constructor(weights: readonly number[]) {
    let sum = 0;
    for (const weight of weights) this.#sums.push(sum += weight);
    if (!(sum > 0)) throw new RangeError("Cannot choose: the weights sum to 0");
    this.#total = sum;
  }

  /** An index, drawn with one random number. */
  draw(random: RandomStream): number {
    const at = random.next() * this.#total;
    return this.#sums.findIndex((sum) => at < sum);
  }
}
