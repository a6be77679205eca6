/** Picks entries, and keeps recently used ones. */
import type { Random } from "../../core/random.ts";
import { Cache } from "./cache.ts";
import type { Order } from "../order.ts";

/** One pick. */
export interface Picked<Value> {
  value: Value;
  /** Some worker has picked the same entry before. */
  repeated: boolean;
}

/** Entries by number, read unless they are kept. */
export class Picker<Value> {
  readonly #kept: Cache<Value>;

  /**
   * @param load reads an entry
   * @param weigh its size in memory; bytes, about
   * @param most bytes that are kept
   */
  constructor(
    readonly order: Order,
    readonly load: (entry: number) => Value,
    readonly weigh: (value: Value) => number,
    most: number,
  ) {
    this.#kept = new Cache(most);
  }

  /** Picks the entry of a call. */
  pick(random: Random): Picked<Value> {
    const entry = this.order.next(random);
    let value = this.#kept.get(entry, this.weigh);
    if (value === undefined) this.#kept.set(entry, value = this.load(entry), this.weigh(value));
    return { value, repeated: this.order.use(entry, random) };
  }

  /** All entries in order; this keeps none. */
  *all(): Iterable<Value> {
    for (let entry = 0; entry < this.order.entries; entry++) yield this.load(entry);
  }
}
