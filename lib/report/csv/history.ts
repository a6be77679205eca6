/** `june_load_<stamp>_stats_history.csv`: the run second by second, in Locust's columns. */
import type { Run } from "../../result/run.ts";
import type { TimeSlot } from "../../result/timeline.ts";
import type { SeriesData } from "../../measure/interval.ts";
import { errorCalls, judgedCalls, Series } from "../../measure/series.ts";
import { type Cell, toCsv } from "./csv.ts";
import { AGGREGATED, typeOf } from "../figures/figures.ts";
import { hasUsers } from "../figures/load_reached.ts";
import { percentileCells, PERCENTILES, timeCells } from "./locust.ts";

/** Header of `_stats_history.csv`. */
export const HISTORY_COLUMNS = [
  "Timestamp",
  "User Count",
  "Type",
  "Name",
  "Requests/s",
  "Failures/s",
  ...PERCENTILES.map((percentile) => `${percentile}%`),
  "Total Request Count",
  "Total Failure Count",
  "Total Median Response Time",
  "Total Average Response Time",
  "Total Min Response Time",
  "Total Max Response Time",
  "Total Average Content Size",
];

/**
 * A row for each operation seen so far and one for all, each second (or longer, in a run of over twenty minutes).
 * Rates and percentiles are those of the second itself; the `Total` columns run from the start, warm-up included.
 */
export function renderHistoryCsv(run: Run): string {
  const started_ms = Date.parse(run.header.started_at);
  const totals = new Map<string, Series>();
  const all = new Series();
  // One series, refilled: its memory grows with its largest value.
  const current = new Series();
  const rows: Cell[][] = [HISTORY_COLUMNS];
  const crowd = hasUsers(run);
  for (const slot of run.slots) {
    const users = crowd ? slot.users : 0;
    const timestamp = Math.floor((started_ms + slot.start_ms + slot.length_ms) / 1000);
    for (const operation of slot.series.keys()) {
      if (!totals.has(operation)) totals.set(operation, new Series());
    }
    for (const [operation, total] of totals) {
      const data = slot.series.get(operation);
      fill(current, data === undefined ? [] : [data]);
      total.merge(current);
      rows.push([timestamp, users, typeOf(run, operation), operation, ...figures(slot, current, total)]);
    }
    fill(current, slot.series.values());
    all.merge(current);
    rows.push([timestamp, users, "", AGGREGATED, ...figures(slot, current, all)]);
  }
  return toCsv(rows);
}

function fill(series: Series, list: Iterable<SeriesData>): void {
  series.clear();
  for (const data of list) series.mergeData(data);
}

function figures(slot: TimeSlot, current: Series, total: Series): Cell[] {
  const perSecond = (count: number) => (count / (slot.length_ms / 1000)).toFixed(6);
  return [
    perSecond(judgedCalls(current)),
    perSecond(errorCalls(current)),
    ...percentileCells(current),
    judgedCalls(total),
    errorCalls(total),
    ...timeCells({ total, values: total }),
  ];
}
