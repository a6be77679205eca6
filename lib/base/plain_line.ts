/** A stranger's text on one line. */

/** Control characters, ends of lines, and marks that turn the direction of what follows. */
// deno-lint-ignore no-control-regex
const UNSEEN = /[\s\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g;

/**
 * The text with one blank in the place of every stretch of blanks, ends of lines and control characters.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(plainLine("a\r\n\u001b[2J  b\u202ec"), "a [2J b c");
 * ```
 */
export function plainLine(text: string): string {
  return text.replace(UNSEEN, " ").trim();
}
