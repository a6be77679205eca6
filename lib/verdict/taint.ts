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
import { recoveryOf } from "./recovery.ts";
import { type Standstill, standstill } from "./standstill.ts";

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
  /** The figure if all time stood still had gone to calls that broke the rule: see `boundsOfSpared`. */
  spared: Bound;
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
  { measure, comparison }: Threshold,
  selection: Selection,
  observed: number | null,
): CleanReading | null {
  const total = run.total(selection);
  const counts = { tainted: total.tainted_calls, calls: endedCalls(total.outcomes) };
  if (isFigureMeasure(measure) && isRate(measure.kind)) {
    const rate = rateOfMovingTime(run, selection, observed);
    return rate === null ? null : { ...counts, ...rate, least: exactly(observed), most: rate, spared: rate };
  }
  if (measure.kind === "recovery_time") {
    const unknown = { ...counts, ...exactly(null), least: exactly(null), most: exactly(null) };
    return standsInRecovery(run) ? { ...unknown, spared: exactly(observed) } : null;
  }
  if (!isOfCalls(measure) || counts.tainted === 0) return null;
  const clean = total.clean();
  const spared = withSpared(total, measure, comparison, standstill(run, selection));
  return { ...counts, ...valueOf(clean, measure), ...boundsOf(total, clean, measure), spared };
}

const exactly = (value: number | null): Bound => ({ value, at_least: false });

/** A rate per second in which june-load moved: while it stood still nothing could be asked or counted. */
function rateOfMovingTime(run: Run, selection: Selection, observed: number | null): Bound | null {
  const { share } = standstill(run, selection);
  return share === 0 || observed === null ? null : exactly(share < 1 ? observed / (1 - share) : null);
}

/** A stall after the spike, longer than what a response time may rise and still count as before. */
function standsInRecovery(run: Run): boolean {
  const recovery = recoveryOf(run);
  if (recovery.state === "unknown") return false;
  const { spike_end_ms, metrics: { response_time: { reference, limit } } } = recovery;
  return (run.generator.stalls ?? []).some(({ start_ms, length_ms }) =>
    start_ms + length_ms > spike_end_ms && length_ms * 1000 > limit - reference
  );
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

/** A percentile whose tainted values all lie below the others, or all above. */
function percentileBounds(
  all: Series,
  clean: Series,
  measure: DistributionMeasure & { kind: "percentile" },
): Pick<CleanReading, "least" | "most"> {
  const [n, m] = [valuesOf(all, measure), valuesOf(clean, measure)];
  const rank = measure.percentile / 100 * n;
  return { least: atRank(clean, measure, rank - (n - m)), most: atRank(clean, measure, rank) };
}

function valuesOf(series: Series, measure: DistributionMeasure): number {
  return series.histogram(measure.of).count + (isCensored(measure) ? series.censored.count : 0);
}

/** The value of a rank, from 1; below the first one minus, above the last one plus infinity. */
function atRank(series: Series, measure: DistributionMeasure & { kind: "percentile" }, rank: number): Bound {
  const count = valuesOf(series, measure);
  if (rank <= 0) return exactly(-Infinity);
  // One part in 10^12 off, as in Histogram.percentile.
  if (rank > count * (1 + 1e-12)) return { value: Infinity, at_least: true };
  return valueOf(series, { ...measure, percentile: Math.min(100, rank / count * 100) });
}

/** A load that lacks no more than this is the load that was asked for, as far as failures go. */
const SPARED_SHARE = 0.05;

/**
 * What a stall spares a service: a closed load makes fewer calls, at most as many as the time stood still has room for; and
 * work that comes later by that time may be answered sooner by that time, never more. So the calls that were not made count
 * as such that break the rule, and those that were made as slower by all of that time.
 */
function withSpared(
  all: Series,
  measure: JudgedMeasure,
  comparison: Threshold["comparison"],
  { share, total_us }: Standstill,
): Bound {
  if (share >= 1) return exactly(null);
  const more = share / (1 - share);
  if (measure.kind === "percentile") {
    const { value, at_least } = atRank(all, measure, measure.percentile / 100 * valuesOf(all, measure) * (1 + more));
    return { value: value === null ? null : value + total_us, at_least };
  }
  const { value, at_least } = valueOf(all, measure);
  if ("of" in measure) return { value: value === null ? null : value + total_us, at_least };
  if (!isShare(measure.kind)) return { value, at_least };
  const { part, whole } = SHARES[measure.kind](all);
  if (share <= SPARED_SHARE) return { value, at_least };
  const bad = comparison.startsWith("<") ? whole * more : 0;
  return exactly(whole === 0 ? null : (part + bad) / (whole * (1 + more)));
}

/**
 * Whether tainted calls could hide a failure: a stall also spares a service work, in closed loads and where speech is held
 * back. There a pass must hold even if every tainted call had been as slow as can be, or with all that was spared.
 */
export function mayHideFailure(run: Run): boolean {
  return run.plan.loads.some(({ kind }) => kind === "closed") || speaks(run);
}

/** Some service is spoken to in real time. */
function speaks({ plan }: Run): boolean {
  return plan.services.some(({ options }) => options.kind === "stt" && options.pacing === "real_time");
}
