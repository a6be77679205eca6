/** The table of operations, the same in the live view and in the summary. */
import { formatCount, formatNumber, formatPercent, NO_VALUE } from "../../plan/units.ts";
import { formatMilliseconds } from "./marks.ts";
import { gap, type Line, type Span, span } from "./style.ts";
import { type Column, layoutTable } from "./table.ts";
import type { LatencyColumn, OperationRow } from "../views/operation_row.ts";

/** The contents of the table. */
export interface OperationsTable {
  latency_columns: readonly LatencyColumn[];
  operations: readonly OperationRow[];
  /** Shown last, in bold. */
  total: OperationRow | null;
  /** Whether to show the error rate if there is room. */
  error_share: boolean;
  /** Whether figures will grow: columns then have room for it from the start. */
  grows?: boolean;
}

/** Lays out the table in at most `linesMax` lines, including its head. A last line counts what does not fit. */
export function renderOperations(table: OperationsTable, width: number, linesMax: number): Line[] {
  const room = Math.max(1, linesMax - 1 - (table.total === null ? 0 : 1));
  const shown = mostTelling(table.operations, table.operations.length <= room ? room : Math.max(0, room - 1));
  const least = (width: number) => table.grows === true ? { least: width } : {};
  const latencies = table.latency_columns.map(({ title, rank }): Column => ({ title, rank: rank + 1, ...least(7) }));
  const columns: Column[] = [
    { title: "response time in ms", rank: 0 },
    { title: "calls", rank: 3, ...least(7) },
    { title: "rate/s", rank: 4, ...least(6) },
    { title: "errors", rank: 1, ...least(6) },
    ...table.error_share ? [{ title: "error rate", rank: 90 }] : [],
    ...cutOff(table) ? [{ title: "unfinished", rank: 1 }] : [],
    ...latencies,
  ];
  const rows = shown.map((row) => cellsOf(row, table, false));
  if (table.total !== null) rows.push(cellsOf(table.total, table, true));
  const lines = layoutTable(columns, rows, width);
  const hidden = table.operations.filter((row) => !shown.includes(row));
  if (hidden.length > 0) lines.splice(1 + shown.length, 0, moreLine(hidden));
  return lines;
}

/** A column of noughts says nothing. */
function cutOff({ operations }: OperationsTable): boolean {
  return operations.some(({ unfinished }) => unfinished > 0);
}

/** The first operations; operations that violate a rule take precedence. Keeps the order. */
function mostTelling(operations: readonly OperationRow[], count: number): OperationRow[] {
  const violating = operations.filter((row) => row.violated.length > 0);
  const fine = operations.filter((row) => row.violated.length === 0);
  const chosen = new Set([...violating, ...fine].slice(0, count));
  return operations.filter((row) => chosen.has(row));
}

function moreLine(hidden: readonly OperationRow[]): Line {
  const violating = hidden.filter((row) => row.violated.length > 0).length;
  const more = span(`+${hidden.length} more`, "dim");
  return violating === 0 ? [more] : [more, gap(2), span(`✕ ${violating} of them over a limit`, "fail")];
}

function cellsOf(row: OperationRow, table: OperationsTable, strong: boolean): Span[] {
  const cell = (title: string, text: string): Span =>
    row.violated.includes(title)
      ? span(`✕ ${text}`, "fail", true)
      : span(text, text === NO_VALUE ? "dim" : "plain", strong);
  const share = row.error_rate === null ? NO_VALUE : formatPercent(row.error_rate);
  return [
    span(row.name, "plain", strong),
    cell("calls", formatCount(row.calls)),
    cell("rate/s", formatNumber(row.rate_per_s)),
    row.errors === 0 && !strong ? span("0", "dim") : cell("errors", formatCount(row.errors)),
    ...table.error_share ? [cell("error rate", share)] : [],
    ...cutOff(table) ? [cell("unfinished", formatCount(row.unfinished))] : [],
    ...table.latency_columns.map(({ title }, i) => {
      const text = formatMilliseconds(row.latencies_us[i] ?? null);
      if (row.at_least.includes(title)) return cell(title, `≥ ${text}`);
      return row.few.includes(title) && !row.violated.includes(title) ? span(text, "dim") : cell(title, text);
    }),
  ];
}
