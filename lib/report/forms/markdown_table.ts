/** Tables of Markdown. */
import { AGGREGATED } from "../figures/figures.ts";
import { escapeMarkdown } from "../format/escape.ts";

/** Most rows of a table: nobody reads on, and pages of a chat end. */
export const ROWS_MAX = 100;

/**
 * A table; empty without rows. Cells are Markdown.
 * @param aligned of each column: `l` or `r`; those beyond its end are as its last
 */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>, aligned = "lr"): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  const rule = line(head.map((_, column) => (aligned[column] ?? aligned.at(-1)) === "l" ? ":--" : "--:"));
  const more = rows.length - ROWS_MAX;
  return line(head) + rule + rows.slice(0, ROWS_MAX).map(line).join("") + (more > 0 ? `\nand ${more} more\n` : "");
}

/** The operation of a row. */
export const nameOf = (operation: string) => operation === AGGREGATED ? "all calls" : escapeMarkdown(operation);
