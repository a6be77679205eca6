/** The response times of each operation over the run's time: worked out once, for charts, findings and tables. */
import { type CensoredPercentile, censoredPercentile } from "../../measure/censored.ts";
import { Histogram } from "../../measure/histogram.ts";
import type { HistogramData } from "../../measure/interval.ts";
import { percentilesOf } from "../../measure/part_percentiles.ts";
import type { Run } from "../../result/run.ts";
import { type Bin, binsOf, type BinTimes, percentileBinLength, timesByBin } from "./bins.ts";
import { toMs } from "./figures.ts";
import { memoized } from "./memory.ts";

/** Percentiles that charts over time show. */
export const OVER_TIME = [50, 90, 95, 99] as const;
/** One of them. */
export type OverTimePercentile = typeof OVER_TIME[number];

/** One percentile of an operation, bin by bin. */
export interface PercentileLine {
  /** Milliseconds; null where a bin has no call. */
  values: Array<number | null>;
  /** Indexes of values that calls which timed out hide: the true value is this or more. */
  at_least: number[];
}

/** The bins of the percentiles over time. */
export function percentileBins(run: Run): Bin[] {
  return memoized(run, "percentile bins", () => binsOf(run, percentileBinLength(run)));
}

/** Middles of those bins; seconds. */
export function percentileTimes(run: Run): number[] {
  return memoized(
    run,
    "percentile times",
    () => percentileBins(run).map(({ start_ms, length_ms }) => (start_ms + length_ms / 2) / 1000),
  );
}

/** Percentiles of an operation, or of all calls together where it is null. */
export function percentilesOverTime(run: Run, operation: string | null): Record<OverTimePercentile, PercentileLine> {
  return memoized(run, `percentiles over time ${operation}`, () => {
    const found = timesByBin(percentileBins(run), operation ?? undefined).map(percentilesOfBin);
    const line = (at: number): PercentileLine => ({
      values: found.map((bin) => {
        const value = bin[at] ?? null;
        return value === null ? null : toMs(value.value_us);
      }),
      at_least: found.flatMap((bin, i) => bin[at]?.at_least === true ? [i] : []),
    });
    return { 50: line(0), 90: line(1), 95: line(2), 99: line(3) };
  });
}

/** The percentiles of `OVER_TIME` of one bin; null where it has no call. */
export function percentilesOfBin({ answered, givenUp }: BinTimes): Array<CensoredPercentile | null> {
  if (givenUp.length === 0) {
    const values = percentilesOf(answered, OVER_TIME);
    const some = answered.some(({ count }) => count > 0);
    return values.map((value_us) => some ? { value_us, at_least: false } : null);
  }
  const [ended, ages] = [answered, givenUp].map(together) as [Histogram, Histogram];
  return OVER_TIME.map((percentile) => censoredPercentile(ended, ages, percentile));
}

function together(parts: readonly HistogramData[]): Histogram {
  const all = new Histogram();
  for (const part of parts) all.mergeData(part);
  return all;
}
