/** Puts a sign in place of parts of a text. */

/**
 * The text with `sign` in place of each span; spans that touch become one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(withoutSpans("key abc of d", [[4, 6], [5, 7]], "***"), "key *** of d");
 * ```
 */
export function withoutSpans(text: string, spans: readonly (readonly [number, number])[], sign: string): string {
  if (spans.length === 0) return text;
  let safe = "";
  let at = 0;
  for (const [from, to] of spans.toSorted((one, other) => one[0] - other[0])) {
    if (to <= at) continue;
    if (from > at || at === 0) safe += text.slice(at, from) + sign;
    at = to;
  }
  return safe + text.slice(at);
}
