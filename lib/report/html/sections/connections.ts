/** The connections to each service: how many, reconnects, calls that moved, calls that waited. */
import { formatCount } from "../../../plan/units.ts";
import type { Run } from "../../../result/run.ts";
import { connectionTotals } from "../../figures/facts.ts";
import { type Markup, markup } from "../markup.ts";
import { numberRow, numberTable } from "../table/table.ts";

/** A row for each service; null for a run without a measured second. */
export function connectionTable(run: Run): Markup | null {
  const totals = connectionTotals(run);
  if (totals.length === 0) return null;
  const heads = [
    "Service",
    { text: "Connections", title: "The most that were open at the end of a second, all workers together" },
    { text: "Opened again", title: "Connections lost and replaced" },
    { text: "Calls moved", title: "Calls that one connection provably did not process and another took" },
    { text: "Calls waiting", title: "The most seen waiting for a connection or a free stream at the end of a second" },
  ];
  const rows = totals.map(({ service, connections_peak, reconnects_total, moves_total, waiting_peak }) =>
    numberRow(service, [connections_peak, reconnects_total, moves_total, waiting_peak].map(formatCount))
  );
  return markup`${numberTable("connections", heads, rows)}`;
}
