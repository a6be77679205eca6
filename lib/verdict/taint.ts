/**
 * Whose fault is it? A rule is evaluated with and without the calls that june-load itself spoilt (tainted calls), and with
 * bounds on what they could have been. Where the answers differ, nobody knows what the service would have done.
 * Definition: docs/measurement.md.
 */
import {
  type DistributionMeasure,
  type FigureOf,
  FIGURES,
  isFigureMeasure,
  type Measure,
  type Threshold,
} from "../plan/threshold/threshold.ts";
import { endedCalls, type Series } from "../measure/series.ts";
import type { Run, Selection } from "../result/run.ts";
import { censoredValue, isCensored } from "./censoring.ts";
import { COUNTS, isRate, isShare, SHARES } from "./figures.ts";
import { standstill } from "./standstill.ts";

/** A figure in its measure's base unit. */
export interface Bound {
  /** Null when nothing is left to read. */
  value: number | null;
  /** The true value is this or more. */
  at_least: boolean;
}

/** What is left of a rule without its tainted calls. */
export interface CleanReading extends Bound {
  /** Tainted calls of those that the rule reads, and of all. */
  tainted: number;
  calls: number;
  /** The figure if every tainted call had been as low as it could be: quick, or none of those that a share counts. */
  least: Bound;
  /** The figure if every tainted call had been as high as it could be. */
  most: Bound;
}

/** Measures that tainted calls can be left out of. */
type JudgedMeasure = DistributionMeasure | { kind: FigureOf<"share" | "count"> };

/** Measures of whole calls; those of machines and trends have no call to leave out. */
function isOfCalls(measure: Measure): measure is JudgedMeasure {
  if ("of" in measure) return measure.kind !== "resource" && measure.kind !== "drift";
  return FIGURES[measure.kind].kind === "share" || FIGURES[measure.kind].kind === "count";
}

/** The rule's figure without tainted calls; null where there are none, or none that it reads. */
export function cleanReading(
  run: Run,
  { measure }: Threshold,
  selection: Selection,
  observed: number | null,
): CleanReading | null {
  const total = run.total(selection);
  const counts = { tainted: total.tainted_calls, calls: endedCalls(total.outcomes) };
  if (isFigureMeasure(measure) && isRate(measure.kind)) {
    const rate = rateOfMovingTime(run, selection, observed);
    return rate === null ? null : { ...counts, ...rate, least: exactly(observed), most: rate };
  }
  if (!isOfCalls(measure) || counts.tainted === 0) return null;
  const clean = total.clean();
  return { ...counts, ...valueOf(clean, measure), ...boundsOf(total, clean, measure) };
}

const exactly = (value: number | null): Bound => ({ value, at_least: false });

/** A rate per second in which june-load moved: while it stood still nothing could be asked or counted. */
function rateOfMovingTime(run: Run, selection: Selection, observed: number | null): Bound | null {
  const share = standstill(run, selection);
  return share === 0 || observed === null ? null : exactly(share < 1 ? observed / (1 - share) : null);
}

function valueOf(clean: Series, measure: JudgedMeasure): Bound {
  if (isCensored(measure)) {
    const found = censoredValue(clean, measure);
    return found === null ? exactly(null) : { value: found.value_us, at_least: found.at_least };
  }
  if ("of" in measure) return exactly(ofDistribution(clean, measure));
  if (isShare(measure.kind)) {
    const { part, whole } = SHARES[measure.kind](clean);
    return exactly(whole === 0 ? null : part / whole);
  }
  return exactly(COUNTS[measure.kind](clean));
}

function ofDistribution(clean: Series, measure: DistributionMeasure): number | null {
  const histogram = clean.histogram(measure.of);
  if (histogram.count === 0) return null;
  return measure.kind === "percentile" ? histogram.percentile(measure.percentile) : histogram[measure.kind];
}

/** How far the tainted calls could move a figure, whatever they would have been. */
function boundsOf(all: Series, clean: Series, measure: JudgedMeasure): Pick<CleanReading, "least" | "most"> {
  if (measure.kind === "percentile") return percentileBounds(all, clean, measure);
  const untouched = valueOf(clean, measure);
  const measured = valueOf(all, measure);
  if ("of" in measure) {
    // Of a mean every tainted call may have taken no time; a maximum is at least that of the others.
    const least = measure.kind === "mean" ? meanWithout(all, clean, measure) : untouched;
    return { least, most: measured };
  }
  if (!isShare(measure.kind)) return { least: untouched, most: measured };
  const [rest, { whole }] = [SHARES[measure.kind](clean), SHARES[measure.kind](all)];
  const of = (part: number) => exactly(whole === 0 ? null : part / whole);
  return { least: of(rest.part), most: of(rest.part + whole - rest.whole) };
}

function meanWithout(all: Series, clean: Series, { of }: DistributionMeasure): Bound {
  const [rest, { count }] = [clean.histogram(of), all.histogram(of)];
  return exactly(count === 0 || rest.count === 0 ? null : rest.mean * rest.count / count);
}

/**
 * A percentile whose tainted values all lie below the others, or all above. With n values, m of them clean, the rank p n
 * is the rank p n - (n - m) of the clean ones in the first case and their rank p n in the second.
 */
function percentileBounds(
  all: Series,
  clean: Series,
  measure: DistributionMeasure & { kind: "percentile" },
): Pick<CleanReading, "least" | "most"> {
  const valuesOf = (series: Series) =>
    series.histogram(measure.of).count + (isCensored(measure) ? series.censored.count : 0);
  const [n, m] = [valuesOf(all), valuesOf(clean)];
  const at = (rank: number): Bound => {
    if (rank <= 0) return exactly(-Infinity);
    // One part in 10^12 off, as in Histogram.percentile.
    if (rank > m * (1 + 1e-12)) return { value: Infinity, at_least: true };
    return valueOf(clean, { ...measure, percentile: Math.min(100, rank / m * 100) });
  };
  const rank = measure.percentile / 100 * n;
  return { least: at(rank - (n - m)), most: at(rank) };
}

/**
 * Whether tainted calls could hide a failure: a stall also spares a service work, in closed loads and where speech is held
 * back. There a pass must hold even if every tainted call had been as slow as can be.
 */
export function mayHideFailure(run: Run): boolean {
  return run.plan.loads.some(({ kind }) => kind === "closed") || speaks(run);
}

/** Some service is spoken to in real time. */
function speaks({ plan }: Run): boolean {
  return plan.services.some(({ options }) => options.kind === "stt" && options.pacing === "real_time");
}
