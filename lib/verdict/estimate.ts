/**
 * What a measure reads from a run, and how sure that is: the value, the calls it rests on, and a 95 % confidence interval
 * that stays honest when calls resemble their neighbours (batch means; see lib/statistics).
 */
import { type CallFigure, type Distribution, type DistributionMeasure, FIGURES } from "../plan/threshold/threshold.ts";
import type { Series } from "../measure/series.ts";
import type { Batch, Run, Selection } from "../result/run.ts";
import { type Cuts, cutsOf, meanInterval, percentileInterval, ratioInterval } from "../statistics/batch_means.ts";
import type { Interval } from "../statistics/interval.ts";
import { burstsOf, shareInterval } from "../statistics/proportion.ts";
import { COUNTS, isRate, isShare, type Rate, RATED, RATES, type Share, SHARES } from "./figures.ts";
import { censoredValue, isCensored } from "./censoring.ts";
import { isSteady } from "./target.ts";
import type { ConfidenceInterval } from "./verdict.ts";

export { driftOf } from "./drift.ts";
export { recoveryOf } from "./recovery.ts";

/** A value, and how much can be made of it. */
export interface Estimate {
  /** In the measure's base unit; null when there was nothing to read. */
  value: number | null;
  /** Values it rests on: calls, gaps, words. */
  n: number;
  /** 95 %; null where none can be given: too few values, a load that was not steady, a run of a few seconds, extremes. */
  interval: ConfidenceInterval | null;
  /**
   * Whether the sample is large enough to print the value plainly: for percentiles n (1 - p) >= 10, for others 30 values,
   * and of shares more than one burst.
   */
  sampleSufficient: boolean;
  /** The sample is not, for all that it holds came in one burst or two. */
  bursts?: true;
}

/** Measures of calls: not those of machines, trends, recoveries, nor of the load itself. */
export type CallMeasure = DistributionMeasure | { kind: CallFigure };

/** Values that must lie beyond a percentile; and those from which the spread of anything else can be told. */
const LEAST_BEYOND = 10;
const LEAST_VALUES = 30;
/** Bursts below which the spread of a share cannot be told; from the coverage of its interval in simulated queues. */
export const LEAST_BURSTS = 1.5;

/**
 * Whether `n` values carry a percentile: n (1 - p) >= 10, and as many below it. The floor is ours.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual([carriesPercentile(1000, 99), carriesPercentile(999, 99)], [true, false]);
 * ```
 */
export function carriesPercentile(n: number, percentile: number): boolean {
  // One part in 10^9 off, so that 1000 calls carry P99.
  return n * Math.min(percentile, 100 - percentile) / 100 >= LEAST_BEYOND * (1 - 1e-9);
}

/**
 * Reads a measure of calls over a selection. Pure: the same run gives the same answer.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../tests/result/make_run.ts"; // sixty made-up seconds
 *
 * const measure = { kind: "percentile", of: "latency", percentile: 95 } as const;
 * const { value, interval, n } = estimate(makeRun(), measure, { operations: "llm.*" });
 * assert.ok(n > 100 && value !== null && interval !== null);
 * assert.ok(interval.low <= value && value <= interval.high);
 * ```
 */
export function estimate(run: Run, measure: CallMeasure, selection: Selection = {}): Estimate {
  if ("of" in measure) return ofDistribution(run, measure, selection);
  if (isShare(measure.kind)) return ofShare(run, measure.kind, selection);
  if (isRate(measure.kind)) return ofRate(run, measure.kind, selection);
  const n = COUNTS[measure.kind](run.total(selection));
  return { value: n, n, interval: null, sampleSufficient: true };
}

function ofDistribution(run: Run, measure: DistributionMeasure, selection: Selection): Estimate {
  const histogram = run.total(selection).histogram(measure.of);
  const n = histogram.count;
  if (n === 0) return { value: null, n: 0, interval: null, sampleSufficient: false };
  const cuts = () => cutsFor(steadyBatches(run, selection), measure.of);
  switch (measure.kind) {
    case "percentile": {
      const { percentile } = measure;
      const sampleSufficient = percentile === 100 || carriesPercentile(n, percentile);
      const interval = sampleSufficient && percentile < 100 ? percentileInterval(histogram, cuts(), percentile) : null;
      const known = isCensored(measure) ? censoredValue(run.total(selection), measure) : null;
      const value = known?.value_us ?? histogram.percentile(percentile);
      return { value, n, interval: ends(interval), sampleSufficient };
    }
    case "mean": {
      const sampleSufficient = n >= LEAST_VALUES;
      return {
        value: histogram.mean,
        n,
        interval: ends(sampleSufficient ? meanInterval(histogram, cuts()) : null),
        sampleSufficient,
      };
    }
    default:
      return { value: histogram[measure.kind], n, interval: null, sampleSufficient: true };
  }
}

function ofShare(run: Run, share: Share, selection: Selection): Estimate {
  const all = SHARES[share](run.total(selection));
  if (all.whole === 0) return { value: null, n: 0, interval: null, sampleSufficient: false };
  const parts = steadyBatches(run, selection).map(({ counts }) => SHARES[share](counts));
  // Words are no trials: see `FigureMaking`. Where none was wrong, nothing is known of how many could be.
  const ofWords = () => all.part > 0 ? notNegative(ratioInterval(parts)) : null;
  const [value, n] = [all.part / all.whole, all.whole];
  if (FIGURES[share].whole === "words") return { value, n, interval: ofWords(), sampleSufficient: n >= LEAST_VALUES };
  const interval = shareInterval(all, parts);
  const bursts = (burstsOf(all, parts) ?? Infinity) < LEAST_BURSTS;
  return { value, n, interval, sampleSufficient: n >= LEAST_VALUES && !bursts, ...(bursts && { bursts }) };
}

function ofRate(run: Run, rate: Rate, selection: Selection): Estimate {
  const total = run.total(selection);
  const seconds = run.window_ms(selection) / 1000;
  if (seconds === 0 || RATED[rate](total) === 0) {
    return { value: null, n: 0, interval: null, sampleSufficient: false };
  }
  const amount = (series: Series) => RATES[rate](series, total);
  const drained = amount(run.drained(selection));
  const n = amount(total);
  const parts = steadyBatches(run, selection).map((batch) => ({
    part: amount(batch.counts) - amount(batch.drained),
    whole: batch.length_ms / 1000,
  }));
  const interval = n >= LEAST_VALUES ? ratioInterval(parts) : null;
  return {
    value: (n - drained) / seconds,
    n,
    interval: notNegative(interval),
    sampleSufficient: n >= LEAST_VALUES,
  };
}

/** Cuts of batches by their distribution: reports read all percentiles of one selection in a row. */
const cutsOfBatches = new WeakMap<readonly Batch[], Map<Distribution, Cuts>>();

function cutsFor(batches: readonly Batch[], of: Distribution): Cuts {
  const made = cutsOfBatches.get(batches) ?? new Map<Distribution, Cuts>();
  cutsOfBatches.set(batches, made);
  const cuts = made.get(of) ?? cutsOf(batches.map((batch) => batch.histogram(of)));
  made.set(of, cuts);
  return cuts;
}

/** None where the load was not steady: see `isSteady`. */
function steadyBatches(run: Run, selection: Selection): Batch[] {
  return isSteady(run, selection) ? run.batches(selection) : [];
}

function notNegative(interval: Interval | null): ConfidenceInterval | null {
  return interval && { low: Math.max(0, interval.low), high: interval.high };
}

function ends(interval: Interval | null): ConfidenceInterval | null {
  return interval && { low: interval.low, high: interval.high };
}
