/**
 * Calls that were given up are censored: of a call that timed out or was cut off is known only that it took at least as
 * long. Percentiles and maxima of the times below count them so. Definition: docs/measurement.md.
 */
import { type CensoredPercentile, censoredPercentile } from "../measure/censored.ts";
import type { Series } from "../measure/series.ts";
import { type Distribution, DISTRIBUTIONS, type Measure } from "../plan/threshold/threshold.ts";
import type { Run, Selection } from "../result/run.ts";

/** Measures that calls given up count in. */
export type CensoredMeasure = { kind: "percentile"; percentile: number; of: Distribution } | {
  kind: "max";
  of: Distribution;
};

/** Whether calls that were given up count in a measure. */
export function isCensored(measure: Measure): measure is CensoredMeasure {
  return (measure.kind === "percentile" || measure.kind === "max") && DISTRIBUTIONS[measure.of].censored;
}

/** A percentile or maximum over answers and calls given up together; null where there are none. */
export function censoredValue(
  series: Series,
  measure: CensoredMeasure,
): CensoredPercentile | null {
  const percentile = measure.kind === "max" ? 100 : measure.percentile;
  return censoredPercentile(series.histogram(measure.of), series.censored, percentile);
}

/**
 * The least that a percentile or maximum can be, where so many calls were given up that more is not known; null where it
 * can be read. Microseconds.
 */
export function leastKnown_us(run: Run, measure: Measure, selection: Selection): number | null {
  if (!isCensored(measure)) return null;
  const found = censoredValue(run.total(selection), measure);
  return found?.at_least === true ? found.value_us : null;
}

/** Calls given up that certainly exceed a limit. */
export function givenUpBeyond({ censored }: Series, limit_us: number): number {
  return censored.count - censored.countAtOrBelow(limit_us);
}
