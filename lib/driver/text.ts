/** Text that came from outside, made fit for one line. */

/** Longest line kept; characters. */
const MAX_LINE = 200;

/** The text with control characters and line breaks as single spaces, cut at 200 characters. */
export function oneLine(text: string): string {
  const line = text.slice(0, 4 * MAX_LINE).replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  return line.length <= MAX_LINE ? line : `${line.slice(0, MAX_LINE - 1)}…`;
}
