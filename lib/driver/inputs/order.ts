/** Which entry comes next, and whether it came before. All workers know it through shared memory. */
import type { InputPlan } from "../../plan/inputs.ts";
import { type Random, takeOnce } from "../core/random.ts";

/** Counters before the marks: entries picked in sequence, and numbers for unique prompts. */
const COUNTERS = 2;

/** Memory for `entries` entries: counters, and a bit for each entry that was picked. */
export function orderMemory(entries: number): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * COUNTERS + Math.ceil(entries / 8));
}

/** Picks numbers of entries, from 0. */
export class Order {
  readonly #counters: Uint32Array;
  readonly #marks: Uint8Array;

  /** @param memory shared by all workers, from `orderMemory` */
  constructor(readonly order: InputPlan["order"], readonly entries: number, memory: SharedArrayBuffer) {
    this.#counters = new Uint32Array(memory, 0, COUNTERS);
    this.#marks = new Uint8Array(memory, 4 * COUNTERS);
  }

  /** Picks an entry: the next that no worker has taken, or a random one with one random number. */
  next(random: Random): number {
    if (this.order === "random") return Math.floor(random.next() * this.entries);
    return takeOnce(random, () => Atomics.add(this.#counters, 0, 1) % this.entries);
  }

  /** Marks an entry as used; returns whether it was used before. */
  use(entry: number, random: Random): boolean {
    const bit = 1 << (entry & 7);
    return takeOnce(random, () => Atomics.or(this.#marks, entry >> 3, bit) & bit) !== 0;
  }

  /** A number that no other call of the run gets, in any worker, but for the call of its pair; from 1. */
  number(random: Random): number {
    return takeOnce(random, () => Atomics.add(this.#counters, 1, 1) + 1);
  }
}
