/** Many short lists of whole numbers in a few blocks of memory: an array for each of them costs more than its numbers. */

/** Size of a block; bytes. */
const BLOCK_BYTES = 32 * 1024;
/** Lists begin at multiples of it, so that each kind of array can stand at them. */
const ALIGNED = 8;

/** Where a list lies. */
export interface Place {
  block: number;
  /** Its first byte in the block. */
  at: number;
  length: number;
  /** Bytes of a number: 1, 2, 4 or 8. */
  width: number;
}

/**
 * Lists that are kept until all of them go.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const arena = new Arena();
 * const places = [Uint8Array.of(1, 255), [2 ** 40, 7]].map((list) => arena.put(list));
 * assert.deepEqual(places.map((place) => [...Array.from(arena.get(place))]), [[1, 255], [2 ** 40, 7]]);
 * ```
 */
export class Arena {
  readonly #blocks: ArrayBuffer[] = [];
  #end = 0;

  /** Keeps a copy of a list, in numbers as wide as its own; those of a plain list are doubles. */
  put(list: ArrayLike<number>): Place {
    const width = ArrayBuffer.isView(list) ? (list as Uint8Array).BYTES_PER_ELEMENT : 8;
    const bytes = list.length * width;
    if (this.#end + bytes > (this.#blocks.at(-1)?.byteLength ?? 0)) {
      this.#blocks.push(new ArrayBuffer(Math.max(BLOCK_BYTES, bytes)));
      this.#end = 0;
    }
    const place = { block: this.#blocks.length - 1, at: this.#end, length: list.length, width };
    this.get(place).set(list);
    this.#end = Math.ceil((this.#end + bytes) / ALIGNED) * ALIGNED;
    return place;
  }

  /** The list itself, not a copy. */
  get({ block, at, length, width }: Place): Uint8Array | Uint16Array | Uint32Array | Float64Array {
    const buffer = this.#blocks[block] as ArrayBuffer;
    switch (width) {
      case 1:
        return new Uint8Array(buffer, at, length);
      case 2:
        return new Uint16Array(buffer, at, length);
      case 4:
        return new Uint32Array(buffer, at, length);
      default:
        return new Float64Array(buffer, at, length);
    }
  }

  /** What its blocks take. */
  get bytes(): number {
    return this.#blocks.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }
}
