/** Tables in plain text: the first column to the left, the others to the right, two blanks between. */

/**
 * Lines of a table; every row has as many cells as the first.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(textTable([["name", "calls"], ["llm.chat", "12"]]), "name      calls\nllm.chat     12\n");
 * ```
 */
export function textTable(rows: ReadonlyArray<readonly string[]>): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? "")].length)));
  const pad = (cell: string, column: number) => {
    const blanks = " ".repeat((widths[column] as number) - [...cell].length);
    return column === 0 ? cell + blanks : blanks + cell;
  };
  return rows.map((row) => row.map(pad).join("  ").trimEnd() + "\n").join("");
}
