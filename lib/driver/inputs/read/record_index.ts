/** Places of the entries in a file: 12 bytes for each, in memory that all workers share. */

/** Places of entries as plain data; workers receive it without a copy. */
export interface Places {
  /** Bytes from the file's beginning. */
  starts: Float64Array;
  /** Bytes. */
  lengths: Uint32Array;
}

/** Most entries of one service. */
export const MAX_ENTRIES = 20_000_000;

/** Grows entry by entry. */
export class PlaceList {
  #starts = new Float64Array(1024);
  #lengths = new Uint32Array(1024);
  #count = 0;

  /** Entries so far. */
  get count(): number {
    return this.#count;
  }

  /** Adds an entry; bytes. */
  add(start: number, length: number): void {
    if (this.#count === this.#starts.length) {
      this.#starts = grown(this.#starts, new Float64Array(2 * this.#count));
      this.#lengths = grown(this.#lengths, new Uint32Array(2 * this.#count));
    }
    this.#starts[this.#count] = start;
    this.#lengths[this.#count++] = length;
  }

  /** All places, copied into shared memory. */
  share(): Places {
    const starts = new Float64Array(new SharedArrayBuffer(8 * this.#count));
    const lengths = new Uint32Array(new SharedArrayBuffer(4 * this.#count));
    starts.set(this.#starts.subarray(0, this.#count));
    lengths.set(this.#lengths.subarray(0, this.#count));
    return { starts, lengths };
  }
}

function grown<List extends Float64Array | Uint32Array>(from: List, to: List): List {
  to.set(from);
  return to;
}
