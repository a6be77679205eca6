/** By how much a figure differs between two sides, and how sure that is. */
import { type Scale, type Sections, spreadOf } from "../statistics/batch_means.ts";
import {
  pairedShift,
  type Sample,
  type ShareSample,
  shareShift,
  type Shift,
  shiftOf,
  widerOf,
} from "../statistics/difference.ts";
import { CONFIDENCE } from "../statistics/interval.ts";
import { type Discordant, discordantShift, pairedShiftOf } from "../statistics/paired.ts";
import type { PairCounts, RunFigure } from "./read_figure.ts";

/** Why no interval can be given. */
export type Unknown =
  /** One side has no value. */
  | "nothing to compare"
  /** A percentile lies among calls that timed out. */
  | "timed out"
  | "too few values"
  /** Fewer than six stretches of time have a value. */
  | "too short"
  /** Nothing was counted on either side. */
  | "none in either";

/** The difference of a figure. */
export type Differing =
  | { shift: Shift; scale: "ratio" | "difference"; unknown: null }
  | { shift: null; scale: null; unknown: Unknown };

type Measured = RunFigure & { kind: "measured" };
type Shared = RunFigure & { kind: "share" };

const unknown = (why: Unknown): Differing => ({ shift: null, scale: null, unknown: why });
const known = (shift: Shift, scale: "ratio" | "difference"): Differing => ({ shift, scale, unknown: null });

/**
 * @param base the figure in each run of the baseline, null where a run lacks it; `other` likewise
 * @param paired run k of one side was made at the same instants as run k of the other
 */
export function differ(
  base: readonly (RunFigure | null)[],
  other: readonly (RunFigure | null)[],
  paired = false,
): Differing {
  const [from, to] = [base, other].map((side) => side.filter((one) => one !== null)) as [RunFigure[], RunFigure[]];
  const all = [...from, ...to];
  if (from.length < base.length || to.length < other.length) return unknown("nothing to compare");
  if (all.some(({ at_least }) => at_least)) return unknown("timed out");
  if (all.every((one) => one.kind === "share")) {
    return paired ? ofPairedShares(from as Shared[], to as Shared[]) : ofShares(from as Shared[], to as Shared[]);
  }
  return ofMeasured(from as Measured[], to as Measured[], paired ? pairedOn : shiftOn);
}

/** The shift of a figure on a scale; `alone`: each run has enough values for batches of its own. */
type ShiftOn = (base: readonly Measured[], other: readonly Measured[], scale: Scale, alone: boolean) => Shift | null;

function ofMeasured(base: readonly Measured[], other: readonly Measured[], shiftOf: ShiftOn): Differing {
  const all = [...base, ...other];
  if (all.every(({ nothing }) => nothing)) return unknown("none in either");
  const alone = all.every((one) => one.carried(one.n));
  if (!alone && !carriedTogether(base, other)) return unknown("too few values");
  for (const scale of ["log", "linear"] as const) {
    if (!all.every(({ scales }) => scales.includes(scale))) continue;
    const shift = shiftOf(base, other, scale, alone);
    if (shift !== null) return known(shift, scale === "log" ? "ratio" : "difference");
  }
  return unknown("too short");
}

/** Several short runs of each side that have enough values together: how they differ from each other tells the rest. */
function carriedTogether(...sides: (readonly Measured[])[]): boolean {
  return sides.every((side) => side.length > 1 && side[0]?.carried(side.reduce((sum, { n }) => sum + n, 0)));
}

const onScale = (scale: Scale) => (value: number) => scale === "log" ? Math.log(value) : value;

function resolutionOf(all: readonly Measured[], scale: Scale): number {
  return Math.max(...all.map((one) => one.resolution(scale)));
}

function shiftOn(
  base: readonly Measured[],
  other: readonly Measured[],
  scale: Scale,
  alone: boolean,
): Shift | null {
  const at = onScale(scale);
  const resolution = resolutionOf([...base, ...other], scale);
  if (alone && [...base, ...other].every(({ steady }) => steady)) {
    const [from, to] = filled(samplesOf(base, scale, at), samplesOf(other, scale, at));
    return from === null || to === null ? null : shiftOf(from, to, resolution);
  }
  const bare = (side: readonly Measured[]) => side.map(({ value }) => ({ value: at(value), spread: null }));
  if (base.length + other.length > 2) return shiftOf(bare(base), bare(other), resolution);
  const [from, to] = [base[0] as Measured, other[0] as Measured];
  const spread = spreadOf(pairs(from.sections(scale), to.sections(scale)));
  return spread && pairedShift(at(to.value) - at(from.value), spread, resolution);
}

/** From the differences of batches of the same time: what both sides had in common cancels. */
function pairedOn(base: readonly Measured[], other: readonly Measured[], scale: Scale, alone: boolean): Shift | null {
  const at = onScale(scale);
  const duets = base.map((from, i) => {
    const to = other[i] as Measured;
    const spread = alone ? spreadOf(pairs(from.sections(scale), to.sections(scale))) : null;
    return { value: at(to.value) - at(from.value), spread };
  });
  return pairedShiftOf(duets, resolutionOf([...base, ...other], scale));
}

type Samples = (Sample & { nothing: boolean })[] | null;

/** Null where a run has too few batches. */
function samplesOf(side: readonly Measured[], scale: Scale, at: (value: number) => number): Samples {
  const samples = side.map((one) => ({
    value: at(one.value),
    spread: spreadOf(one.sections(scale)),
    nothing: one.nothing,
  }));
  return samples.every(({ spread }) => spread !== null) ? samples : null;
}

/** Where nothing was counted batches seem not to vary at all: such a run counts as varying like those of the other side. */
function filled(base: Samples, other: Samples): [Samples, Samples] {
  const from = (side: Samples, model: Samples): Samples => {
    const like = model?.find(({ nothing }) => !nothing)?.spread;
    return side && side.map((one) => one.nothing && like ? { ...one, spread: like } : one);
  };
  return [from(base, other), from(other, base)];
}

/**
 * Batches of the same time in two runs of one plan: where the load changes, batches of a run differ by design, and only the
 * difference of like with like is left to chance.
 */
function pairs(base: Sections, other: Sections): Sections {
  const most = Math.min(base.most ?? Infinity, other.most ?? Infinity);
  return {
    available: base.available === other.available ? base.available : 0,
    ...(Number.isFinite(most) && { most }),
    deviations(batches) {
      const [from, to] = [base.deviations(batches), other.deviations(batches)];
      return from && to && to.map((one, i) => one - (from[i] as number));
    },
  };
}

function ofShares(base: readonly Shared[], other: readonly Shared[]): Differing {
  const all = [...base, ...other];
  if (!all.every((one) => one.carried(one.n))) return unknown("too few values");
  const steady = all.every((one) => one.steady);
  const [from, to] = [pooled(base, steady), pooled(other, steady)];
  if (from === null || to === null) return unknown("too short");
  const shift = shareShift(from, to);
  const further = all.length > 2 ? betweenShares(base, other) : steady ? null : pairedShares(base, other);
  return known(further === null ? shift : widerOf(shift, further), "difference");
}

/**
 * Shares of both sides of a duet: from the pairs in which one side alone failed, where these are counted, and from batches
 * of the same time; the wider of the two. Where pairs are not counted the first is that of calls that do not pair.
 */
function ofPairedShares(base: readonly Shared[], other: readonly Shared[]): Differing {
  const all = [...base, ...other];
  if (!all.every((one) => one.carried(one.n))) return unknown("too few values");
  const duets = base.map((from, i) => {
    const to = other[i] as Shared;
    return { value: to.value - from.value, spread: spreadOf(pairs(from.sections(), to.sections())) };
  });
  const batched = pairedShiftOf(duets, 0);
  const [from, to] = [pooled(base, false), pooled(other, false)];
  const counted = discordantOf(base, other);
  const value = duets.reduce((sum, one) => sum + one.value, 0) / duets.length;
  if (counted === null && (from === null || to === null)) return unknown("too short");
  const calls = counted === null ? shareShift(from as ShareSample, to as ShareSample) : discordantShift(value, counted);
  return known(batched === null ? calls : widerOf(calls, batched), "difference");
}

/** All duets together; null where their pairs were not counted. */
function discordantOf(base: readonly Shared[], other: readonly Shared[]): Discordant | null {
  const sum = (side: readonly Shared[], key: keyof PairCounts) =>
    side.reduce((total, { pairs }) => total + (pairs?.[key] ?? NaN), 0);
  const found = { pairs: sum(base, "all"), base: sum(base, "lost"), other: sum(other, "lost") };
  // A stranger's counts need not agree.
  return found.pairs > 0 && found.base + found.other <= found.pairs ? found : null;
}

/** The runs of a side as one: the mean of their shares, with intervals that shrink as those of a mean do. */
function pooled(side: readonly Shared[], steady: boolean): ShareSample | null {
  const value = side.reduce((sum, one) => sum + one.value, 0) / side.length;
  const intervals = (confidence: number) =>
    side.flatMap((one) => {
      const interval = one.interval(confidence, steady);
      return interval === null ? [] : [{ ...interval, value: one.value }];
    });
  if (intervals(CONFIDENCE).length < side.length) return null;
  return {
    value,
    interval(confidence) {
      const each = intervals(confidence);
      return {
        low: value - Math.hypot(...each.map((one) => one.value - one.low)) / side.length,
        high: value + Math.hypot(...each.map((one) => one.high - one.value)) / side.length,
      };
    },
  };
}

function betweenShares(base: readonly Shared[], other: readonly Shared[]): Shift | null {
  const bare = (side: readonly Shared[]) => side.map(({ value }) => ({ value, spread: null }));
  return shiftOf(bare(base), bare(other), 0);
}

function pairedShares(base: readonly Shared[], other: readonly Shared[]): Shift | null {
  const [from, to] = [base[0] as Shared, other[0] as Shared];
  const spread = spreadOf(pairs(from.sections(), to.sections()));
  return spread && pairedShift(to.value - from.value, spread, 0);
}
