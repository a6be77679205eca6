/** One row of the table of operations, as plain data. */
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import { errorCalls, errorRate, judgedCalls, type Series } from "../../measure/series.ts";
import { kindOf } from "../../report/figures/kinds.ts";
import type { Run } from "../../result/run.ts";
import { type CensoredMeasure, censoredValue } from "../../verdict/censoring.ts";
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
  const response = values.histogram(HEADLINE);
  const figures = percentiles.map((p) => timeFigure({ kind: "percentile", percentile: p, of: HEADLINE }, values));
  const max = timeFigure({ kind: "max", of: HEADLINE }, values);
  const times = (list: readonly TimeFigure[]) => list.map(({ value_us }) => value_us);
  const titles = (wanted: (figure: TimeFigure) => boolean) =>
    [...figures, ...full ? [max] : []].filter(wanted).map(({ title }) => title);
  const mean_us = response.count === 0 ? null : response.mean;
  const first_us = firstP95(run, name, values);
  const calls = judgedCalls(total);
  return {
    name: name ?? "all",
    calls,
    rate_per_s: run.throughput(selection),
    errors: errorCalls(total),
    error_rate: calls === 0 ? null : errorRate(total),
    unfinished: total.outcomes.unfinished,
    latencies_us: full ? [mean_us, ...times([...figures, max]), first_us] : [...times(figures), first_us],
    violated: violatedColumns(name, verdict),
    at_least: titles(({ at_least }) => at_least),
    few: titles(({ few }) => few),
  };
}

/**
 * P95 of the first message. Null for all operations together, whose first messages have nothing in common, and for a voice
 * turn, whose first message comes after the clip that the user speaks.
 */
function firstP95(run: Run, name: string | null, values: Series): number | null {
  const first = values.histogram("first_message");
  return name === null || first.count === 0 || kindOf(run, name) === "turn" ? null : first.percentile(95);
}

interface TimeFigure {
  title: string;
  value_us: number | null;
  at_least: boolean;
  few: boolean;
}

function timeFigure(measure: CensoredMeasure, values: Series): TimeFigure {
  const { count } = values.histogram(measure.of);
  const found = censoredValue(values, measure);
  const at_least = found?.at_least === true;
  const few = measure.kind === "percentile" && measure.percentile < 100 && !at_least &&
    !carriesPercentile(count, measure.percentile);
  const title = measure.kind === "max" ? "max" : `p${measure.percentile}`;
  return { title, value_us: found?.value_us ?? null, at_least, few };
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
