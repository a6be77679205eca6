/** Figures of calls in data form, added up without filling a series: they are read for each stretch of the run. */
import { HEADLINE } from "../plan/threshold/threshold.ts";
import { OUTCOMES, type SeriesData } from "../measure/interval.ts";
import { percentilesOf } from "../measure/part_percentiles.ts";
import { type Counted, noOutcomes } from "../measure/series.ts";

/** A percentile of the response time of all parts together; microseconds, null where no call answered. */
export function percentileOf(calls: readonly SeriesData[], percentile: number): number | null {
  const times = calls.flatMap(({ histograms }) => histograms[HEADLINE] ?? []);
  const [value = 0] = percentilesOf(times, [percentile]);
  return times.some(({ count }) => count > 0) ? value : null;
}

/** Outcomes and sums of all parts together. */
export function countedOf(calls: readonly SeriesData[]): Counted {
  const outcomes = noOutcomes();
  for (const one of calls) for (const outcome of OUTCOMES) outcomes[outcome] += one.outcomes[outcome];
  return { outcomes, counter: (name) => calls.reduce((sum, { counters }) => sum + (counters[name] ?? 0), 0) };
}
