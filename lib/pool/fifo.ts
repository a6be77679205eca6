/** A queue whose both ends cost the same however long it is. */

/**
 * First in, first out.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const queue = new Fifo<string>();
 * queue.push("first");
 * queue.push("second");
 * assert.deepEqual([queue.length, queue.first], [2, "first"]);
 * assert.deepEqual([queue.shift(), queue.shift(), queue.shift()], ["first", "second", undefined]);
 * ```
 */
export class Fifo<T> {
  #items: T[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The one that has waited longest; undefined when there is none. */
  get first(): T | undefined {
    return this.#items[this.#head];
  }

  /** All, in the order in which they came. */
  *[Symbol.iterator](): Generator<T, void> {
    for (let i = this.#head; i < this.#items.length; i++) yield this.#items[i] as T;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes the one that has waited longest. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const first = this.#items[this.#head++];
    if (this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return first;
  }
}
