/** `analysis/metrics.csv`, in the columns of June's own analysis script. */
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import { errorCalls, judgedCalls } from "../../measure/series.ts";
import type { Run } from "../../result/run.ts";
import { type Cell, toCsv } from "./csv.ts";
import { percentileMs, rowsOf, toMs } from "../figures/figures.ts";

/** Header of `metrics.csv`. */
const METRICS_COLUMNS = [
  "name",
  "method",
  "num_requests",
  "num_failures",
  "avg_response_time",
  "min_response_time",
  "max_response_time",
  "median_response_time",
  "p95_response_time",
  "p99_response_time",
];

/** A row for each operation; milliseconds over ok calls, empty where none was ok. */
export function renderMetricsCsv(run: Run): string {
  const rows = rowsOf(run).operations.map(({ name, type, total, values }): Cell[] => {
    const latency = values.histogram(HEADLINE);
    const mean: Cell[] = [latency.mean, latency.min, latency.max].map((us) => latency.count === 0 ? "" : toMs(us));
    const percentiles: Cell[] = [50, 95, 99].map((p) => percentileMs(latency, p) ?? "");
    return [name, type, judgedCalls(total), errorCalls(total), ...mean, ...percentiles];
  });
  return toCsv([METRICS_COLUMNS, ...rows]);
}
