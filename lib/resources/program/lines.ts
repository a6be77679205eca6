/** Splits bytes into lines. */

/** Longer lines are cut, so that a faulty program cannot fill the memory. */
const LINE_MAX = 4096;

/**
 * Whole lines (LF or CRLF, without their ends) of a stream of bytes. Bytes that are not UTF-8 become U+FFFD.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const lines = new Lines();
 * const bytes = new TextEncoder().encode("one\r\ntwo\nthr");
 * assert.deepEqual([lines.take(bytes), lines.rest], [["one", "two"], "thr"]);
 * ```
 */
export class Lines {
  readonly #decoder = new TextDecoder();
  #rest = "";

  /** The text after the last line end. */
  get rest(): string {
    return this.#rest;
  }

  /** Takes more bytes; returns the lines that they end. */
  take(bytes: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = (lines.pop() ?? "").slice(0, LINE_MAX);
    return lines.map((line) => line.slice(0, LINE_MAX).replace(/\r$/, ""));
  }
}
