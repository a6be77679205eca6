/** A table for a given width: names shrink a little, then columns are left out by rank, then names shrink further. */
import { fit, gap, type Line, type Span, span } from "./style.ts";
import { textWidth } from "./text.ts";

/** A column. The first column of a table holds names; it is left-aligned and never left out. */
export interface Column {
  title: string;
  /** Columns of the highest rank are left out first; rank 0 stays. */
  rank: number;
  /** Least width, so that nothing moves while figures grow; columns. */
  least?: number;
}

const SEPARATOR = 2;
/** Names shrink to this width before a column is left out. */
const NAME_COMFORT = 24;

/**
 * Lays out rows with one cell per column, below the titles. All lines have the same width, at most `width`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { paint, span } from "./style.ts";
 *
 * const columns = [{ title: "name", rank: 0 }, { title: "calls", rank: 1 }];
 * const lines = layoutTable(columns, [[span("llm.chat"), span("12")]], 40);
 * assert.deepEqual(lines.map((line) => paint(line, "none")), ["name      calls", "llm.chat     12"]);
 * ```
 */
export function layoutTable(columns: readonly Column[], rows: ReadonlyArray<readonly Span[]>, width: number): Line[] {
  const titles = columns.map(({ title }) => span(title, "dim"));
  const all = [titles, ...rows];
  const widths = columns.map(({ least = 0 }, i) => Math.max(least, ...all.map((row) => textWidth(row[i]?.text ?? ""))));
  const [nameFull = 0] = widths;
  const shown = columnsThatFit(columns, widths, width);
  const others = shown.slice(1).reduce((sum, i) => sum + SEPARATOR + widths[i]!, 0);
  const nameWidth = Math.max(1, Math.min(nameFull, width - others));
  return all.map((row) =>
    shown.flatMap((i) => {
      const cell = row[i] ?? span("");
      return i === 0 ? [...fit(cell, nameWidth, "left")] : [gap(SEPARATOR), ...fit(cell, widths[i]!, "right")];
    })
  );
}

function columnsThatFit(columns: readonly Column[], widths: readonly number[], width: number): number[] {
  let shown = columns.map((_, i) => i);
  const needed = () =>
    shown.reduce((sum, i) => sum + SEPARATOR + widths[i]!, -SEPARATOR) - Math.max(0, widths[0]! - NAME_COMFORT);
  while (needed() > width) {
    const droppable = shown.filter((i) => i > 0 && columns[i]!.rank > 0);
    if (droppable.length === 0) break;
    const worst = droppable.reduce((worst, i) => columns[i]!.rank >= columns[worst]!.rank ? i : worst);
    shown = shown.filter((i) => i !== worst);
  }
  return shown;
}
