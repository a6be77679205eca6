/** Marks of all calls in the order in which they were made, outside the heap: keeping them costs no collection of garbage. */

/** What was marked. */
export const MarkKind = { WORK: 0, TURN: 1, SENT: 2, CONTENT: 3, CHUNK_DUE: 4, CHUNK_SENT: 5, END: 6 } as const;
/** One of them. */
export type MarkKind = typeof MarkKind[keyof typeof MarkKind];

/** Takes the marks; `call` is the number of the call. */
export type TakeMark = (call: number, kind: number, at_us: number) => void;

const FIELDS = 3;
/** Small enough that a new block is there in some microseconds. */
const BLOCK = 3 * 16_384;

/** A list of marks that grows without being moved. */
export class MarkLog {
  readonly #blocks: Float64Array[] = [new Float64Array(BLOCK)];
  #used = 0;

  /** Adds one. */
  add(call: number, kind: MarkKind, at_us: number): void {
    if (this.#used === BLOCK) {
      this.#blocks.push(new Float64Array(BLOCK));
      this.#used = 0;
    }
    const block = this.#blocks.at(-1) as Float64Array;
    block[this.#used++] = call;
    block[this.#used++] = kind;
    block[this.#used++] = at_us;
  }

  /** Passes all, in order. */
  forEach(take: TakeMark): void {
    for (const [index, block] of this.#blocks.entries()) {
      const end = index === this.#blocks.length - 1 ? this.#used : BLOCK;
      for (let at = 0; at < end; at += FIELDS) take(block[at]!, block[at + 1]!, block[at + 2]!);
    }
  }
}
