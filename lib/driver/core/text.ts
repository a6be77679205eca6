/** Makes text from outside fit for one line, and counts its words. */

/** Longest line kept; characters. */
const MAX_LINE = 200;

/** The text with control characters and line breaks as single spaces, cut at 200 characters. */
export function oneLine(text: string): string {
  const line = text.slice(0, 4 * MAX_LINE).replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  return line.length <= MAX_LINE ? line : `${line.slice(0, MAX_LINE - 1)}…`;
}

/** Counts the words of a UTF-8 text that comes in pieces: runs of characters between ASCII blanks. */
export class WordCount {
  #count = 0;
  #inside = false;

  /** Words so far, an unfinished one included. */
  get count(): number {
    return this.#count;
  }

  /** Takes the next piece, from one offset of `bytes` to another. A word may be split over two pieces. */
  add(bytes: Uint8Array, from: number, to: number): void {
    let inside = this.#inside;
    let count = this.#count;
    for (let at = from; at < to; at++) {
      if (bytes[at] as number <= BLANK) inside = false;
      else if (!inside) {
        inside = true;
        count++;
      }
    }
    this.#inside = inside;
    this.#count = count;
  }

  /** Takes the next piece as a string. */
  addText(text: string): void {
    for (let at = 0; at < text.length; at++) {
      const inside = text.charCodeAt(at) > BLANK;
      if (inside && !this.#inside) this.#count++;
      this.#inside = inside;
    }
  }
}

/** The last of ASCII's blanks and control characters. */
const BLANK = 0x20;

/**
 * Words of a whole text.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(countWords(" Turn on  the lights.\n"), 4);
 * ```
 */
export function countWords(text: string): number {
  const words = new WordCount();
  words.addText(text);
  return words.count;
}
