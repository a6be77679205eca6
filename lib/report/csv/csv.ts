/** Comma-separated values as RFC 4180 and Python's csv module (so Locust) write them. */

/** One cell. */
export type Cell = string | number;

/**
 * Rows with CRLF line ends; a cell is quoted when it holds a comma, a quote or a line end. Text that a spreadsheet would
 * read as a formula gets an apostrophe before it: some text comes from servers.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(toCsv([["name", "calls"], ['say "hi", now', 3], ["=1+1", 4]]), [
 *   "name,calls\r\n",
 *   '"say ""hi"", now",3\r\n',
 *   "'=1+1,4\r\n",
 * ].join(""));
 * ```
 */
export function toCsv(rows: ReadonlyArray<readonly Cell[]>): string {
  return rows.map((row) => row.map(cellText).join(",") + "\r\n").join("");
}

function cellText(cell: Cell): string {
  const text = typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
