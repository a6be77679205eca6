/** One figure of one run, with what is needed to say by how much it varies by chance. */
import { type Distribution, type DistributionMeasure, FIGURES } from "../plan/threshold/threshold.ts";
import type { Series } from "../measure/series.ts";
import type { Histogram } from "../measure/histogram.ts";
import type { Batch, Run, Selection } from "../result/run.ts";
import {
  type Cuts,
  cutsOf,
  type Part,
  ratioSections,
  type Scale,
  type Sections,
  valueSections,
} from "../statistics/batch_means.ts";
import { shareInterval, wilson } from "../statistics/proportion.ts";
import type { Interval } from "../statistics/interval.ts";
import { censoredValue, isCensored } from "../verdict/censoring.ts";
import { type CallMeasure, carriesPercentile } from "../verdict/estimate.ts";
import { isRate, isShare, type Rate, RATED, RATES, type Share, SHARES } from "../verdict/figures.ts";
import { valuesOf } from "../verdict/ramps.ts";
import { isSteady } from "../verdict/target.ts";

/** What both kinds of figure have. */
interface Read {
  /** In the measure's base unit. */
  value: number;
  /** Values it rests on. */
  n: number;
  /** The true value lies at `value` or above: calls timed out. */
  at_least: boolean;
  /** Whether so many values are enough to print it plainly, and to say how sure it is. */
  carried(n: number): boolean;
  /** The load was the same all the time, so that batches differ by chance alone. */
  steady: boolean;
}

/** A figure as read from one run. */
export type RunFigure =
  | Read & {
    kind: "measured";
    /** Scales it can be compared on, the better first. */
    scales: readonly Scale[];
    sections(scale: Scale): Sections;
    /** What the value may be off by because of how values are kept, on a scale. */
    resolution(scale: Scale): number;
    /** Nothing was counted, so that batches cannot tell by how much it varies. */
    nothing: boolean;
  }
  | Read & {
    kind: "share";
    /** At any confidence; without `batched` as if calls were independent. */
    interval(confidence: number, batched: boolean): Interval | null;
    sections(): Sections;
    /** Of the pairs of a duet; null where they are not counted. */
    pairs: PairCounts | null;
  };

/** Pairs of a duet, and those in which only the call of this side failed. */
export interface PairCounts {
  all: number;
  lost: number;
}

/** A histogram's slot is at most 1/1024 of its value wide; below 2 ms a microsecond. */
const SLOT_SHARE = 1 / 1024;
/** Values from which the spread of anything but a percentile can be told. */
const LEAST_VALUES = 30;
const hasEnough = (n: number) => n >= LEAST_VALUES;

/** Reads a measure of calls; null where there is nothing to read. Of values, ramps are left out as rules do. */
export function readFigure(run: Run, measure: CallMeasure, selection: Selection): RunFigure | null {
  if ("of" in measure) return readValues(run, measure, valuesOf(run, selection));
  const { kind } = measure;
  if (isShare(kind)) {
    return FIGURES[kind].whole === "words" ? readWords(run, kind, selection) : readShare(run, kind, selection);
  }
  return isRate(kind) ? readRate(run, kind, selection) : null;
}

/** What all figures of one selection share. */
interface Selected {
  key: string;
  total: Series;
  steady: boolean;
  cuts: Map<Distribution, Cuts>;
}

/** The last selection read of each run: callers read many figures of one selection in a row. */
const selected = new WeakMap<Run, Selected>();

function cutsOfSelected(run: Run, selection: Selection, of: Distribution): Cuts {
  const { cuts } = selectedOf(run, selection);
  const found = cuts.get(of) ?? cutsOf(run.batches(selection).map((batch) => batch.histogram(of)));
  cuts.set(of, found);
  return found;
}

function selectedOf(run: Run, selection: Selection): Selected {
  const key = JSON.stringify([selection.operations, selection.stage, selection.without_ramps]);
  const known = selected.get(run);
  // A run that still grows would need more than its selection as a key; a comparison is of saved ones.
  if (known?.key === key && run.end !== null) return known;
  const found = { key, total: run.total(selection), steady: isSteady(run, selection), cuts: new Map() };
  selected.set(run, found);
  return found;
}

function readValues(run: Run, measure: DistributionMeasure, selection: Selection): RunFigure | null {
  const { total, steady } = selectedOf(run, selection);
  const histogram = total.histogram(measure.of);
  const known = isCensored(measure) ? censoredValue(total, measure) : null;
  if (histogram.count === 0 && known === null) return null;
  const read = readerOf(measure);
  const value = known?.value_us ?? read(histogram);
  const at_least = known?.at_least === true;
  return {
    kind: "measured",
    value,
    n: histogram.count,
    at_least,
    carried: (n) => !at_least && isEnough(measure, n),
    steady,
    scales: value > 0 ? ["log", "linear"] : ["linear"],
    sections: (scale) => valueSections(histogram, cutsOfSelected(run, selection, measure.of), read, scale),
    resolution: (scale) =>
      scale === "log" ? Math.max(SLOT_SHARE, 1 / value) : Math.max(1, Math.abs(value) * SLOT_SHARE),
    nothing: false,
  };
}

function readerOf(measure: DistributionMeasure): (histogram: Histogram) => number {
  switch (measure.kind) {
    case "percentile":
      return (histogram) => histogram.percentile(measure.percentile);
    case "mean":
    case "min":
    case "max":
      return (histogram) => histogram[measure.kind];
  }
}

/** Smallest and largest values are single calls: nothing can be said of their spread. */
function isEnough(measure: DistributionMeasure, n: number): boolean {
  if (measure.kind === "percentile") return measure.percentile < 100 && carriesPercentile(n, measure.percentile);
  return measure.kind === "mean" && n >= LEAST_VALUES;
}

function readShare(run: Run, share: Share, selection: Selection): RunFigure | null {
  const { total, steady } = selectedOf(run, selection);
  const all = SHARES[share](total);
  if (all.whole <= 0) return null;
  const parts = run.batches(selection).map(({ counts }) => SHARES[share](counts));
  return {
    kind: "share",
    value: all.part / all.whole,
    n: all.whole,
    at_least: false,
    carried: hasEnough,
    steady,
    interval: (confidence, batched) =>
      batched ? shareInterval(all, parts, confidence) : wilson(all.part, all.whole, confidence),
    sections: () => ratioSections(parts, () => 1),
    pairs: share === "error_rate" ? { all: total.counter("pairs"), lost: total.counter("pairs_lost") } : null,
  };
}

/** Words of one clip stand or fall together, so that only batches tell how much the rate varies. */
function readWords(run: Run, share: Share, selection: Selection): RunFigure | null {
  const { total, steady } = selectedOf(run, selection);
  const all = SHARES[share](total);
  if (all.whole <= 0) return null;
  const parts = run.batches(selection).map(({ counts }) => SHARES[share](counts));
  return ofParts(all, parts, { steady, scales: ["linear"] });
}

function readRate(run: Run, rate: Rate, selection: Selection): RunFigure | null {
  const { total, steady } = selectedOf(run, selection);
  const seconds = run.window_ms(selection) / 1000;
  if (seconds === 0 || RATED[rate](total) === 0) return null;
  const amount = (series: Series) => RATES[rate](series, total);
  const all = { part: amount(total) - amount(run.drained(selection)), whole: seconds };
  const parts = run.batches(selection).map((batch) => rateOf(batch, amount));
  return {
    ...ofParts(all, parts, { steady, scales: all.part > 0 ? ["log", "linear"] : ["linear"] }),
    n: amount(total),
    carried: hasEnough,
  };
}

function rateOf(batch: Batch, amount: (series: Series) => number): Part {
  return { part: amount(batch.counts) - amount(batch.drained), whole: batch.length_ms / 1000 };
}

/** A ratio of sums. */
export function ofParts(
  { part, whole }: Part,
  parts: readonly Part[],
  { steady, scales }: { steady: boolean; scales: readonly Scale[] },
): RunFigure & { kind: "measured" } {
  const value = part / whole;
  return {
    kind: "measured",
    value,
    n: whole,
    at_least: false,
    carried: hasEnough,
    steady,
    scales,
    sections: (scale) => ratioSections(parts, (ratio) => scale === "log" ? 1 / ratio : 1),
    resolution: () => 0,
    nothing: part === 0,
  };
}
