/** Which entry comes next, and whether it came before: known to all workers through memory that they share. */
import type { InputPlan } from "../../plan/inputs.ts";
import type { Random } from "../core/random.ts";

/** Counters in front of the marks: entries drawn in sequence, and prompts told apart. */
const COUNTERS = 2;

/** Memory for `entries` entries: counters, and a bit for each entry that was drawn. */
export function orderMemory(entries: number): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * COUNTERS + Math.ceil(entries / 8));
}

/** Draws numbers of entries, from 0. */
export class Order {
  readonly #counters: Uint32Array;
  readonly #marks: Uint8Array;

  /** @param memory of all workers, from `orderMemory` */
  constructor(readonly order: InputPlan["order"], readonly entries: number, memory: SharedArrayBuffer) {
    this.#counters = new Uint32Array(memory, 0, COUNTERS);
    this.#marks = new Uint8Array(memory, 4 * COUNTERS);
  }

  /** The next entry: the next in sequence that no worker has taken, or one by one random number. */
  next(random: Random): number {
    if (this.order === "random") return Math.floor(random.next() * this.entries);
    return Atomics.add(this.#counters, 0, 1) % this.entries;
  }

  /** Notes that an entry is used; whether it was before. */
  use(entry: number): boolean {
    const bit = 1 << (entry & 7);
    return (Atomics.or(this.#marks, entry >> 3, bit) & bit) !== 0;
  }

  /** A number that no other call of the run is given, in any worker; from 1. */
  number(): number {
    return Atomics.add(this.#counters, 1, 1) + 1;
  }
}
