/** Numbers of one kind, row by row, in as few bytes as they take. */

/** Rows of a block. */
const BLOCK = 256;
/** The same as a power of two: the block of a row, and its place there. */
const SHIFT = 8;
const MASK = BLOCK - 1;

/** A full block: one number where all of its rows hold it, else single precision where that is exact. */
type Block = number | Float32Array | Float64Array;

/**
 * A growing column. A row without a value holds NaN.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const column = new Column();
 * column.put(2, 0.1);
 * assert.deepEqual([column.at(1), column.at(2), column.at(3)], [NaN, 0.1, NaN]);
 * ```
 */
export class Column {
  #full: Block[] = [];
  /** The rows of the last block once they differ; kept for the blocks that follow. */
  #open: Float64Array | null = null;
  #differs = false;
  /** What all rows of the last block hold while they do not differ. */
  #same = NaN;
  #length = 0;

  /** The value of a row. */
  at(row: number): number {
    const block = this.#full[row >>> SHIFT];
    if (typeof block === "number") return block;
    if (block !== undefined) return block[row & MASK] as number;
    if (row >= this.#length) return NaN;
    return this.#differs ? this.#open?.[row & MASK] as number : this.#same;
  }

  /** Sets the value of a row after the last one that was set. */
  put(row: number, value: number): void {
    while (this.#length < row) this.#skip(row);
    this.#push(value);
  }

  #skip(row: number): void {
    const whole = (this.#length & MASK) === 0 && row - this.#length >= BLOCK;
    if (!whole) return this.#push(NaN);
    this.#full.push(NaN);
    this.#length += BLOCK;
  }

  #push(value: number): void {
    const at = this.#length & MASK;
    if (at === 0) [this.#same, this.#differs] = [value, false];
    if (!this.#differs && !Object.is(value, this.#same)) {
      this.#differs = true;
      this.#open ??= new Float64Array(BLOCK);
      this.#open.fill(this.#same, 0, at);
    }
    if (this.#differs && this.#open !== null) this.#open[at] = value;
    this.#length++;
    if (at === BLOCK - 1) this.#full.push(this.#differs && this.#open !== null ? narrowest(this.#open) : this.#same);
  }

  /** Keeps the rows named, which rise, and gives them new numbers from 0 on. */
  keep(rows: readonly number[]): void {
    const values = rows.map((row) => this.at(row));
    this.#full = [];
    this.#length = 0;
    for (const value of values) this.#push(value);
  }

  /** What its numbers take. */
  get bytes(): number {
    const sizes = this.#full.map((block) => typeof block === "number" ? 8 : block.byteLength);
    return sizes.reduce((sum, size) => sum + size, this.#open?.byteLength ?? 0);
  }
}

function narrowest(values: Float64Array): Float32Array | Float64Array {
  const single = Float32Array.from(values);
  return single.every((value, at) => Object.is(value, values[at])) ? single : values.slice();
}
