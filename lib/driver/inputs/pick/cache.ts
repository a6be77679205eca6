/** A cache with limited weight that keeps recently used values. */

/**
 * Has two generations. A used value moves to the young one. When that is full, it becomes the old one, and the former
 * old one is dropped.
 */
export class Cache<Value> {
  #young = new Map<number, Value>();
  #old = new Map<number, Value>();
  #weight = 0;

  /** @param most weight of both generations together */
  constructor(readonly most: number) {}

  /** The value of a key, or undefined. Calls `weigh` for a value of the old generation. */
  get(key: number, weigh: (value: Value) => number): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old, weigh(old));
    return old;
  }

  /** Whether a key is kept. */
  has(key: number): boolean {
    return this.#young.has(key) || this.#old.has(key);
  }

  /** Keeps a value. A value heavier than half of the limit is kept alone. */
  set(key: number, value: Value, weight: number): void {
    if (this.#weight + weight > this.most / 2) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#weight = 0;
    }
    this.#young.set(key, value);
    this.#weight += weight;
  }
}
