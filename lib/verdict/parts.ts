/** Figures of calls in data form, added up without filling a series: they are read for each stretch of the run. */
import { HEADLINE } from "../plan/threshold/threshold.ts";
import { Histogram } from "../measure/histogram.ts";
import { OUTCOMES, type SeriesData } from "../measure/interval.ts";
import { percentilesOf } from "../measure/part_percentiles.ts";
import { type Counted, noOutcomes } from "../measure/series.ts";

/** A percentile of the response time of all parts together; microseconds, null where no call answered. */
export function percentileOf(calls: readonly SeriesData[], percentile: number): number | null {
  const times = calls.flatMap(({ histograms }) => histograms[HEADLINE] ?? []);
  const [value = 0] = percentilesOf(times, [percentile]);
  return times.some(({ count }) => count > 0) ? value : null;
}

/** How many calls were answered, and how many of them after the limit; microseconds. */
export function answersAbove(calls: readonly SeriesData[], limit_us: number): { calls: number; above: number } {
  const times = calls.flatMap(({ histograms }) => histograms[HEADLINE] ?? []);
  const count = times.reduce((sum, one) => sum + one.count, 0);
  if (limit_us === Infinity) return { calls: count, above: 0 };
  const histogram = new Histogram();
  for (const one of times) histogram.mergeData(one);
  return { calls: count, above: count - histogram.countAtOrBelow(limit_us) };
}

/** Outcomes and sums of all parts together. */
export function countedOf(calls: readonly SeriesData[]): Counted {
  const outcomes = noOutcomes();
  for (const one of calls) for (const outcome of OUTCOMES) outcomes[outcome] += one.outcomes[outcome];
  return { outcomes, counter: (name) => calls.reduce((sum, { counters }) => sum + (counters[name] ?? 0), 0) };
}
