/** `analysis/metrics.csv`, in the columns of June's own analysis script. */
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import { errorCalls, judgedCalls } from "../../measure/series.ts";
import type { Run } from "../../result/run.ts";
import { censoredPercentile } from "../../measure/censored.ts";
import { type Cell, toCsv } from "./csv.ts";
import { rowsOf, toMs } from "../figures/figures.ts";

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

/** A row for each operation; response times in milliseconds, empty where nothing was measured. */
export function renderMetricsCsv(run: Run): string {
  const rows = rowsOf(run).operations.map(({ name, type, total, values }): Cell[] => {
    const response = values.histogram(HEADLINE);
    const known = (us: number): Cell => response.count === 0 ? "" : toMs(us);
    const [max, ...percentiles] = [100, 50, 95, 99].map((percentile): Cell => {
      const found = censoredPercentile(response, values.censored, percentile);
      return found === null ? "" : toMs(found.value_us);
    });
    const times: Cell[] = [known(response.mean), known(response.min), max ?? "", ...percentiles];
    return [name, type, judgedCalls(total), errorCalls(total), ...times];
  });
  return toCsv([METRICS_COLUMNS, ...rows]);
}
