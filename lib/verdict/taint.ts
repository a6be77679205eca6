/**
 * Whose fault is it? A rule is evaluated with and without the calls that june-load itself spoilt (tainted calls). Where the
 * answers differ, nobody knows what the service would have done. Definition: docs/measurement.md.
 */
import {
  type DistributionMeasure,
  type FigureOf,
  FIGURES,
  type Measure,
  type Threshold,
} from "../plan/threshold/threshold.ts";
import { endedCalls, type Series } from "../measure/series.ts";
import type { Run, Selection } from "../result/run.ts";
import { censoredValue, isCensored } from "./censoring.ts";
import { COUNTS, isShare, SHARES } from "./figures.ts";

/** What is left of a rule without its tainted calls. */
export interface CleanReading {
  /** Tainted calls of those that the rule reads, and of all. */
  tainted: number;
  calls: number;
  /** In the measure's base unit; null when nothing is left to read. */
  value: number | null;
  /** The true value is this or more. */
  at_least: boolean;
}

/** Measures that tainted calls can be left out of. */
type JudgedMeasure = DistributionMeasure | { kind: FigureOf<"share" | "count"> };

/** Measures of whole calls; those of machines and trends have no call to leave out. */
function isOfCalls(measure: Measure): measure is JudgedMeasure {
  if ("of" in measure) return measure.kind !== "resource" && measure.kind !== "drift";
  // A rate counts what was done in the time there was, whoever took it.
  return FIGURES[measure.kind].kind === "share" || FIGURES[measure.kind].kind === "count";
}

/** The rule's figure without tainted calls; null where there are none, or none that it reads. */
export function cleanReading(run: Run, { measure }: Threshold, selection: Selection): CleanReading | null {
  if (!isOfCalls(measure)) return null;
  const total = run.total(selection);
  const tainted = total.tainted_calls;
  if (tainted === 0) return null;
  return { tainted, calls: endedCalls(total.outcomes), ...valueOf(total.clean(), measure) };
}

function valueOf(
  clean: Series,
  measure: JudgedMeasure,
): Pick<CleanReading, "value" | "at_least"> {
  if (isCensored(measure)) {
    const found = censoredValue(clean, measure);
    return found === null ? { value: null, at_least: false } : { value: found.value_us, at_least: found.at_least };
  }
  if ("of" in measure) return { value: ofDistribution(clean, measure), at_least: false };
  if (isShare(measure.kind)) {
    const { part, whole } = SHARES[measure.kind](clean);
    return { value: whole === 0 ? null : part / whole, at_least: false };
  }
  return { value: COUNTS[measure.kind](clean), at_least: false };
}

function ofDistribution(clean: Series, measure: DistributionMeasure): number | null {
  const histogram = clean.histogram(measure.of);
  if (histogram.count === 0) return null;
  return measure.kind === "percentile" ? histogram.percentile(measure.percentile) : histogram[measure.kind];
}

/**
 * Whether tainted calls could hide a failure: a stall also spares a service work, in closed loads and where speech is held
 * back. A rule that both readings keep still passes while fewer calls are tainted than may break it.
 */
export function mayHideFailure(run: Run, { measure, limit }: Threshold, { tainted, calls }: CleanReading): boolean {
  if (run.plan.loads.every(({ kind }) => kind === "open") && !speaks(run)) return false;
  const allowed = measure.kind === "percentile"
    ? 1 - measure.percentile / 100
    : measure.kind === "error_rate"
    ? limit
    : 1;
  return tainted / calls > allowed;
}

/** Some service is spoken to in real time. */
function speaks({ plan }: Run): boolean {
  return plan.services.some(({ options }) => options.kind === "stt" && options.pacing === "real_time");
}
