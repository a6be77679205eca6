/** Tables whose columns are there only where some row has something to say. */
import { NO_VALUE } from "../../../plan/units.ts";
import type { Insertion, Markup } from "../markup.ts";
import { type Head, numberRow, numberTable } from "./table.ts";

/** A column: its heading and what stands in it for a row; null where the row has nothing. */
export interface Column<T> {
  head: Head;
  cell: (row: T) => Insertion;
}

/** One row of such a table. */
export interface NamedRow<T> {
  name: Insertion;
  row: T;
  emphasis?: "total";
}

/** The table under the heading `labelledBy`; columns that are empty in every row are left out. */
export function sparseTable<T>(
  labelledBy: string,
  first: Head,
  rows: readonly NamedRow<T>[],
  columns: readonly Column<T>[],
): Markup {
  const cells = rows.map(({ row }) => columns.map(({ cell }) => cell(row)));
  const shown = columns.map((_, i) => i).filter((i) => cells.some((line) => line[i] !== null));
  const lines = rows.map(({ name, emphasis }, at) =>
    numberRow(name, shown.map((i) => cells[at]?.[i] ?? NO_VALUE), emphasis ?? "")
  );
  return numberTable(labelledBy, [first, ...shown.map((i) => columns[i]?.head ?? "")], lines);
}
