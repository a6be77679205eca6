/** HPACK's dynamic table (RFC 7541 sections 2.3.2 and 4). */

/** Overhead of each entry; bytes. */
const ENTRY_OVERHEAD_BYTES = 32;

/** A queue of entries, limited by the sum of their sizes. */
export class DynamicTable {
  #names: string[] = [];
  #values: string[] = [];
  /** Entries before this one have been evicted. */
  #oldest = 0;
  /** Sum of the entries' sizes; bytes. */
  size = 0;

  /** @param maxSize limit on the entries' total size; bytes */
  constructor(public max_size: number) {}

  /** Entries held. */
  get count(): number {
    return this.#names.length - this.#oldest;
  }

  /** The name of the entry `age` places after the newest; undefined beyond the oldest. */
  name(age: number): string | undefined {
    return age < this.count ? this.#names[this.#names.length - 1 - age] : undefined;
  }

  /** The value of the entry `age` places after the newest; undefined beyond the oldest. */
  value(age: number): string | undefined {
    return age < this.count ? this.#values[this.#values.length - 1 - age] : undefined;
  }

  /** Adds an entry and evicts the oldest as needed; an entry larger than the table empties it. */
  add(name: string, value: string): void {
    const size = name.length + value.length + ENTRY_OVERHEAD_BYTES;
    this.#evict(this.max_size - size);
    if (size > this.max_size) return;
    this.#names.push(name);
    this.#values.push(value);
    this.size += size;
  }

  /** Changes the limit and evicts entries that no longer fit. */
  resize(maxSize: number): void {
    this.max_size = maxSize;
    this.#evict(maxSize);
  }

  #evict(room: number): void {
    while (this.size > room && this.count > 0) {
      this.size -= this.#names[this.#oldest]!.length + this.#values[this.#oldest]!.length + ENTRY_OVERHEAD_BYTES;
      this.#oldest++;
    }
    if (this.#oldest > 64 && this.#oldest > this.count) {
      this.#names = this.#names.slice(this.#oldest);
      this.#values = this.#values.slice(this.#oldest);
      this.#oldest = 0;
    }
  }
}
