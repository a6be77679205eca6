/** Makes text safe for a terminal, and measures it. */

/** Longest text of one field; characters. */
const TEXT_MAX = 500;

/** Control sequences in 7-bit and 8-bit form: CSI; OSC and the other strings up to their end; single escapes. */
const SEQUENCES =
  // deno-lint-ignore no-control-regex
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?/g;

/**
 * Makes a safe single line from any string: removes escape sequences, control characters, invisible characters and
 * direction marks; turns white space into one space; cuts at `max` characters with `…`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(cleanText("model\u001b[31m red\u202e\n 2"), "model red 2");
 * ```
 */
export function cleanText(text: string, max = TEXT_MAX): string {
  const clean = text.slice(0, 4 * max).toWellFormed()
    .replace(SEQUENCES, "")
    .replace(/\s+/gu, " ")
    // Emoji variation selectors change a character's width, but only in some terminals.
    .replace(/[\p{Cc}\p{Cf}\ufe0e\ufe0f]/gu, "")
    .replace(/(\p{M}{4})\p{M}+/gu, "$1")
    .trim();
  const characters = [...clean];
  return characters.length <= max ? clean : characters.slice(0, max - 1).join("") + "…";
}

/** First and last of the East Asian wide and fullwidth blocks (Unicode 16, UAX #11). Emoji have a property of their own. */
const WIDE_BLOCKS: ReadonlyArray<readonly [from: number, to: number]> = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18d08],
  [0x1aff0, 0x1b2fb],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
];

function characterWidth(character: string): number {
  const code = character.codePointAt(0)!;
  if (code < 0x300) return 1;
  if (/[\p{Mn}\p{Me}]/u.test(character) || (code >= 0x1160 && code <= 0x11ff)) return 0;
  const wide = WIDE_BLOCKS.some(([from, to]) => code >= from && code <= to);
  return wide || /\p{Emoji_Presentation}/u.test(character) ? 2 : 1;
}

/**
 * Width of clean text; columns. Counts each part of joined emoji: too much rather than too little.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(["abc", "日本", "é"].map(textWidth), [3, 4, 1]);
 * ```
 */
export function textWidth(text: string): number {
  // deno-lint-ignore no-control-regex
  if (/^[\x00-\x7f]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/**
 * Clean text, cut to a number of columns with `…`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual([cutText("llm.chat_stream", 8), cutText("日本語", 5)], ["llm.cha…", "日本…"]);
 * ```
 */
export function cutText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  if (columns <= 0) return "";
  let kept = "";
  let width = 0;
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns - 1) break;
    kept += character;
  }
  return kept.trimEnd() + "…";
}

/**
 * Clean text, cut in its middle with `…`, so that its end stays in sight: the limit of a rule stands there.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(cutMiddle("p95(response_time, llm.chat_stream) < 2s", 24), "p95(re…chat_stream) < 2s");
 * ```
 */
export function cutMiddle(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  if (columns < 4) return cutText(text, columns);
  const head = cutText(text, Math.floor((columns - 1) * MIDDLE_AT) + 1).replace(/…$/, "");
  const characters = [...text];
  let tail = "";
  for (let i = characters.length - 1; i >= 0; i--) {
    const longer = characters[i] + tail;
    if (textWidth(head) + 1 + textWidth(longer) > columns) break;
    tail = longer;
  }
  return `${head}…${tail}`;
}

const MIDDLE_AT = 0.3;

/**
 * Clean text, wrapped between words into lines of at most `columns`; longer words are cut.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(wrapText("one two three", 7), ["one two", "three"]);
 * ```
 */
export function wrapText(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && textWidth(longer) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line].map((each) => cutText(each, columns));
}
