/** A cache bounded by weight that keeps what was used of late. */

/** Two generations: what is used goes to the young one; once that is full it becomes the old one, which is forgotten. */
export class Cache<Value> {
  #young = new Map<number, Value>();
  #old = new Map<number, Value>();
  #weight = 0;

  /** @param most weight of both generations together */
  constructor(readonly most: number) {}

  /** The value of a key, or undefined. `weigh` is asked where it comes from the old generation. */
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

  /** Keeps a value; one that is heavier than half of all is kept alone. */
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
