/** Everything the page's script draws, as JSON. */
import type { Run } from "../../result/run.ts";
import { type Bin, binLength, binsOf, percentileBinLength } from "../figures/bins.ts";
import { connectionChart, resourceChart } from "../charts/machine_charts.ts";
import type { Chart } from "../charts/panels.ts";
import { heatChart, percentileChart } from "../charts/tail_charts.ts";
import { operationChart, responseChart } from "../charts/response_charts.ts";
import { timeChart } from "../charts/time_chart.ts";
import type { Row } from "../figures/figures.ts";

/** A chart with the group whose members share a cursor. */
export interface PageChart extends Chart {
  group?: "time";
  /** What the horizontal axis shows, where it is not time. */
  x?: "nines";
}

/** The page's chart data. */
export interface ChartData {
  /** By the id of the element they are drawn in. */
  charts: Record<string, PageChart>;
  /** By operation: the chart of response times with all percentiles of it alone. */
  variants: Record<string, PageChart>;
  /** Length of a point of the latency lines; milliseconds. */
  bin_ms: number;
}

/** Columns of the heat map at most. */
const HEAT_COLUMNS = 75;
/** Points that the lines of single operations may add to the page. */
const MAX_VARIANT_POINTS = 60_000;

/** The charts that this run has something for. */
export function chartData(run: Run, operations: readonly Row[]): ChartData {
  const bins = binsOf(run, binLength(run));
  const bin_ms = percentileBinLength(run);
  const percentileBins = binsOf(run, bin_ms);
  const heat_ms = binLength(run, HEAT_COLUMNS);
  const charts: Array<[string, PageChart | null]> = bins.length === 0 ? [] : [
    ["response-chart", grouped(responseChart(run, percentileBins))],
    ["time-chart", grouped(timeChart(run, bins))],
    ["percentile-chart", withNines(percentileChart(operations))],
    ["heat-chart", heatChart(run, binsOf(run, heat_ms), heat_ms)],
    ["connection-chart", grouped(connectionChart(run, bins))],
    ["resource-chart", grouped(resourceChart(run, bins))],
  ];
  const present = charts.filter((entry): entry is [string, PageChart] => entry[1] !== null);
  return { charts: Object.fromEntries(present), variants: variantsOf(run, percentileBins), bin_ms };
}

function grouped(chart: Chart | null): PageChart | null {
  return chart === null ? null : { ...chart, group: "time" };
}

function withNines(chart: Chart | null): PageChart | null {
  return chart === null ? null : { ...chart, x: "nines" };
}

function variantsOf(run: Run, bins: readonly Bin[]): Record<string, PageChart> {
  const most = Math.floor(MAX_VARIANT_POINTS / Math.max(1, 4 * bins.length));
  const { operations } = run;
  if (operations.length < 2 || bins.length === 0) return {};
  return Object.fromEntries(
    operations.slice(0, most).map((name) => [name, { ...operationChart(run, bins, name), group: "time" as const }]),
  );
}
