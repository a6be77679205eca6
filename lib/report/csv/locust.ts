/**
 * The CSV files under Locust's names and columns (checked with Locust 2.47), so that sheets made for Locust keep working.
 * Times are response times in milliseconds: unlike in Locust, failures count but do not lower percentiles, and calls that
 * timed out count as at least that slow.
 */
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import { errorCalls, judgedCalls, type Series } from "../../measure/series.ts";
import { censoredPercentile } from "../../measure/censored.ts";
import type { Run } from "../../result/run.ts";
import { type Cell, toCsv } from "./csv.ts";
import { type Row, rowsOf, toMs, typeOf } from "../figures/figures.ts";
import { plainText } from "../format/escape.ts";

/** Locust's percentile columns and their percentiles. */
export const PERCENTILES = [50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100] as const;

/** Header of `_stats.csv`. */
const STATS_COLUMNS = [
  "Type",
  "Name",
  "Request Count",
  "Failure Count",
  "Median Response Time",
  "Average Response Time",
  "Min Response Time",
  "Max Response Time",
  "Average Content Size",
  "Requests/s",
  "Failures/s",
  ...PERCENTILES.map((percentile) => `${percentile}%`),
];

/**
 * Percentiles of the response time as whole milliseconds, `N/A` without a value. Where calls that timed out hide the true
 * value, the least that it can be.
 */
export function percentileCells(series: Series): Cell[] {
  return PERCENTILES.map((p) => {
    const found = timeOf(series, p);
    return found === null ? "N/A" : Math.round(found / 1000);
  });
}

function timeOf(series: Series, percentile: number): number | null {
  return censoredPercentile(series.histogram(HEADLINE), series.censored, percentile)?.value_us ?? null;
}

/** Median, average, minimum, maximum in milliseconds and average content size in bytes; 0 without data. */
export function timeCells({ total, values }: Pick<Row, "total" | "values">): Cell[] {
  const response = values.histogram(HEADLINE);
  const requests = judgedCalls(total);
  return [
    Math.round((timeOf(values, 50) ?? 0) / 1000),
    toMs(response.mean),
    toMs(response.min),
    toMs(timeOf(values, 100) ?? 0),
    requests === 0 ? 0 : Math.round((total.received_bytes / requests) * 1000) / 1000,
  ];
}

/**
 * `june_load_<stamp>_stats.csv`: a row for each operation, then `Aggregated`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../../tests/result/make_run.ts"; // sixty made-up seconds
 *
 * assert.match(renderStatsCsv(makeRun()), /^Type,Name,Request Count,Failure Count,/);
 * ```
 */
export function renderStatsCsv(run: Run): string {
  const { operations, all } = rowsOf(run);
  const seconds = run.window_ms() / 1000;
  const perSecond = (count: number) => seconds > 0 ? Math.round((count / seconds) * 1e6) / 1e6 : 0;
  const cells = (row: Row): Cell[] => {
    const requests = judgedCalls(row.total);
    const failures = errorCalls(row.total);
    return [
      row.type,
      row.name,
      requests,
      failures,
      ...timeCells(row),
      perSecond(requests),
      perSecond(failures),
      ...percentileCells(row.values),
    ];
  };
  return toCsv([STATS_COLUMNS, ...[...operations, all].map(cells)]);
}

/** Header of `_failures.csv`. */
const FAILURES_COLUMNS = ["Method", "Name", "Error", "Occurrences", "First Seen", "Last Seen"];

/** `june_load_<stamp>_failures.csv`: failures with the same cause share a row, with the text of the first. */
export function renderFailuresCsv(run: Run): string {
  const started_ms = Date.parse(run.header.started_at);
  const instant = (at_ms: number) => `${new Date(started_ms + at_ms).toISOString().slice(0, 19)}Z`;
  const rows = run.failures.map((failure): Cell[] => {
    const details = plainText(failure.example);
    const type = plainText(failure.type, 80);
    const error = details === "" ? type : `${type}: ${details}`;
    const { operation, count, first_ms, last_ms } = failure;
    return [typeOf(run, operation), operation, error, count, instant(first_ms), instant(last_ms)];
  });
  return toCsv([FAILURES_COLUMNS, ...rows]);
}

/** Header of `_exceptions.csv`. */
const EXCEPTIONS_COLUMNS = ["Count", "Message", "Traceback", "Nodes"];

/** `june_load_<stamp>_exceptions.csv`: june-load's own faults, by message, without traces. */
export function renderExceptionsCsv(run: Run): string {
  const counts = new Map<string, number>();
  const messages = run.events.filter(({ kind }) => kind === "worker_failed").map(({ text }) => text);
  if (run.end?.reason === "failed" && messages.length === 0) messages.push(run.end.text);
  for (const message of messages.map((text) => plainText(text))) counts.set(message, (counts.get(message) ?? 0) + 1);
  const rows = [...counts].map(([message, count]): Cell[] => [count, message, "", run.header.host.name]);
  return toCsv([EXCEPTIONS_COLUMNS, ...rows]);
}
