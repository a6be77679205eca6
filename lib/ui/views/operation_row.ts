/** One row of the table of operations, as plain data. */
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import { errorCalls, errorRate, judgedCalls, type Series } from "../../measure/series.ts";
import type { Run, Selection } from "../../result/run.ts";
import { leastKnown_us } from "../../verdict/censoring.ts";
import { carriesPercentile } from "../../verdict/estimate.ts";
import { valuesOf } from "../../verdict/ramps.ts";
import type { Verdict } from "../../verdict/verdict.ts";

/** A column of times in the operations table. */
export interface LatencyColumn {
  title: string;
  /** In a narrow terminal, columns with the highest rank are left out first. */
  rank: number;
}

/** One operation, or all operations together. */
export interface OperationRow {
  name: string;
  /** Number of ended calls. */
  calls: number;
  rate_per_s: number;
  /** Calls that failed, timed out or were overdue when the run cut them off, and their share of all that count. */
  errors: number;
  error_rate: number | null;
  /** Calls cut off by the end of the run. */
  unfinished: number;
  /** One value for each latency column, in microseconds; null where nothing was measured. */
  latencies_us: ReadonlyArray<number | null>;
  /** Titles of the columns (also `errors`) with a value that violates a rule. */
  violated: readonly string[];
  /** Titles of latency columns that show a lower bound, because many calls timed out. */
  at_least: readonly string[];
  /** Titles of latency columns with too few calls to be reliable. */
  few: readonly string[];
}

/**
 * One row.
 * @param name of the operation; null: all together
 * @param full adds mean and max, for the summary
 */
export function operationRow(
  run: Run,
  name: string | null,
  percentiles: readonly number[],
  full: boolean,
  verdict: Verdict,
): OperationRow {
  const selection = name === null ? {} : { operations: name };
  const total = run.total(selection);
  const counted = valuesOf(run, selection);
  const values = counted === selection ? total : run.total(counted);
  const latency = values.histogram(HEADLINE);
  const first = values.histogram("first_message");
  const value = (histogram: typeof latency, pick: (h: typeof latency) => number) =>
    histogram.count === 0 ? null : pick(histogram);
  const figures = percentiles.map((p) => latencyFigure(run, p, values, counted));
  const quantiles = figures.map(({ value_us }) => value_us);
  const titles = (wanted: (figure: LatencyFigure) => boolean) => figures.filter(wanted).map(({ title }) => title);
  const firstP95 = value(first, (h) => h.percentile(95));
  const calls = judgedCalls(total);
  return {
    name: name ?? "all",
    calls,
    rate_per_s: run.throughput(selection),
    errors: errorCalls(total),
    error_rate: calls === 0 ? null : errorRate(total),
    unfinished: total.outcomes.unfinished,
    latencies_us: full
      ? [value(latency, (h) => h.mean), ...quantiles, value(latency, (h) => h.max), firstP95]
      : [...quantiles, firstP95],
    violated: violatedColumns(name, verdict),
    at_least: titles(({ at_least }) => at_least),
    few: titles(({ few }) => few),
  };
}

interface LatencyFigure {
  title: string;
  value_us: number | null;
  at_least: boolean;
  few: boolean;
}

function latencyFigure(run: Run, percentile: number, total: Series, selection: Selection): LatencyFigure {
  const latency = total.histogram(HEADLINE);
  const hidden_us = leastKnown_us(run, { kind: "percentile", percentile, of: HEADLINE }, selection);
  return {
    title: `p${percentile}`,
    value_us: hidden_us ?? (latency.count === 0 ? null : latency.percentile(percentile)),
    at_least: hidden_us !== null,
    few: hidden_us === null && percentile < 100 && !carriesPercentile(latency.count, percentile),
  };
}

/** Titles of columns with a value that violates a rule for the operation. */
function violatedColumns(name: string | null, { rules }: Verdict): string[] {
  return rules.filter((rule) => !rule.passed && rule.observed !== null && rule.worst === name).flatMap(
    ({ threshold: { measure } }) => {
      if (measure.kind === "error_rate") return ["errors"];
      if (measure.kind !== "percentile") return [];
      if (measure.of === HEADLINE) return [`p${measure.percentile}`];
      return measure.of === "first_message" && measure.percentile === 95 ? ["first p95"] : [];
    },
  );
}
