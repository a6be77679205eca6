/**
 * Whether a figure differs between two sides, each of one run or several. Sources: B. L. Welch 1947 (unequal variances),
 * G. Zou and A. Donner 2008 (a difference of shares from the intervals of each), S. Holm 1979 (many comparisons).
 */
import type { Spread } from "./batch_means.ts";
import { CONFIDENCE, type Interval } from "./interval.ts";
import { studentQuantile, studentTails } from "./quantiles.ts";

/** A difference between two sides on the figure's scale, and how sure it is. */
export interface Shift {
  value: number;
  /** @param confidence 0.95 where it is left out */
  interval(confidence?: number): Interval;
  /** How probable it is to see a difference as far from `at`, or farther, if `at` is the true one; both sides. */
  p(at: number): number;
}

/** The figure of one run on its scale, and what it varies by within the run. */
export interface Sample {
  value: number;
  /** Null where batches cannot tell it: then only runs of the same side can. */
  spread: RunSpread | null;
}

/** How much a figure varies within one run. */
export type RunSpread = Pick<Spread, "variance" | "freedom" | "bias">;

/** One estimate of how far off a difference may be. */
export interface Error {
  error: number;
  freedom: number;
}

/**
 * The difference of the means of two sides. With one run a side it rests on how much the batches within each run differ
 * (Welch). Where a side has several runs, how much they differ from each other counts, too, and the wider of the two
 * intervals is the answer: batches say nothing of what changes from one run to the next.
 * @returns null where neither batches nor several runs tell how much the figure varies
 * @param resolution what a value may be off by because of how it is kept; a difference must exceed it
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const run = (value: number) => ({ value, spread: { variance: 1, freedom: 9, bias: 0 } });
 * const pair = shiftOf([run(100)], [run(110)], 0);
 * assert.ok(pair !== null && pair.p(0) < 0.001 && pair.interval().low > 5);
 * // Runs of one side that are 20 apart make the same difference one of chance.
 * const blocks = shiftOf([run(90), run(110)], [run(100), run(120)], 0);
 * assert.ok(blocks !== null && blocks.p(0) > 0.3);
 * ```
 */
export function shiftOf(base: readonly Sample[], other: readonly Sample[], resolution: number): Shift | null {
  const errors = [withinRuns(base, other), betweenRuns(base, other)].filter((error) => error !== null);
  return errors.length === 0 ? null : shiftFrom(mean(other) - mean(base), errors, resolution);
}

/** A difference whose error is known by itself, as of pairs. */
export function pairedShift(value: number, { variance, freedom, bias }: RunSpread, resolution: number): Shift {
  return shiftFrom(value, [{ error: Math.sqrt(variance + bias ** 2), freedom }], resolution);
}

/** A difference with the widest of several errors. */
export function shiftFrom(value: number, errors: readonly Error[], resolution: number): Shift {
  return {
    value,
    interval(confidence = CONFIDENCE) {
      const reach = ({ error, freedom }: Error) => error * studentQuantile((1 + confidence) / 2, freedom);
      const half = resolution + Math.max(...errors.map(reach));
      return { low: value - half, high: value + half };
    },
    p(at) {
      const distance = Math.max(0, Math.abs(value - at) - resolution);
      if (distance === 0) return 1;
      return Math.max(...errors.map(({ error, freedom }) => error === 0 ? 0 : studentTails(distance / error, freedom)));
    },
  };
}

/** From batches: the variances of the runs of both sides, added up. */
function withinRuns(base: readonly Sample[], other: readonly Sample[]): Error | null {
  const [from, to] = [spreadsOf(base), spreadsOf(other)];
  if (from === null || to === null) return null;
  const terms = [from, to].flatMap((side) =>
    side.map(({ variance, freedom }) => ({ variance: variance / side.length ** 2, freedom }))
  );
  const variance = terms.reduce((sum, one) => sum + one.variance, 0);
  const weights = terms.reduce((sum, one) => sum + one.variance ** 2 / one.freedom, 0);
  // What biases both alike is no difference.
  const bias = mean(to.map(biasOf)) - mean(from.map(biasOf));
  return { error: Math.sqrt(variance + bias ** 2), freedom: weights === 0 ? 1 : variance ** 2 / weights };
}

function spreadsOf(side: readonly Sample[]): RunSpread[] | null {
  const spreads = side.flatMap(({ spread }) => spread === null ? [] : [spread]);
  return spreads.length < side.length ? null : spreads;
}

const biasOf = ({ bias }: RunSpread) => ({ value: bias });

/** From the runs of each side, as if those of both sides varied alike; null with one run a side. */
function betweenRuns(base: readonly Sample[], other: readonly Sample[]): Error | null {
  const freedom = base.length + other.length - 2;
  if (freedom === 0) return null;
  const squares = [base, other].reduce((sum, side) => {
    const centre = mean(side);
    return sum + side.reduce((all, { value }) => all + (value - centre) ** 2, 0);
  }, 0);
  return { error: Math.sqrt(squares / freedom * (1 / base.length + 1 / other.length)), freedom };
}

function mean(samples: readonly { value: number }[]): number {
  return samples.reduce((sum, { value }) => sum + value, 0) / samples.length;
}

/** A share of one side: its value, and its interval at any confidence. */
export interface ShareSample {
  value: number;
  interval(confidence: number): Interval;
}

/**
 * The difference of two shares from an interval of each, which need not lie evenly around it: with no error in n calls a
 * side may still have some.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { wilson } from "./proportion.ts";
 * const share = (part: number, whole: number) => ({ value: part / whole, interval: (c: number) => wilson(part, whole, c) });
 * assert.ok(shareShift(share(0, 1000), share(20, 1000)).p(0) < 0.001);
 * assert.ok(shareShift(share(0, 1000), share(1, 1000)).p(0) > 0.1);
 * ```
 */
export function shareShift(base: ShareSample, other: ShareSample): Shift {
  const value = other.value - base.value;
  const interval = (confidence = CONFIDENCE) => {
    const [from, to] = [base.interval(confidence), other.interval(confidence)];
    return {
      low: value - Math.hypot(other.value - to.low, from.high - base.value),
      high: value + Math.hypot(to.high - other.value, base.value - from.low),
    };
  };
  return { value, interval, p: (at) => leastLevel(at, interval) };
}

/** The wider of two views of the same difference. */
export function widerOf(one: Shift, other: Shift): Shift {
  return {
    value: one.value,
    interval(confidence) {
      const [a, b] = [one.interval(confidence), other.interval(confidence)];
      return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
    },
    p: (at) => Math.max(one.p(at), other.p(at)),
  };
}

/** The level at which an interval just reaches `at`: by halves of its logarithm, from 1 down to 10^-9. */
export function leastLevel(at: number, interval: (confidence: number) => Interval): number {
  const excluded = (level: number) => {
    const { low, high } = interval(1 - level);
    return at < low || at > high;
  };
  let [low, high] = [Math.log(1e-9), 0];
  if (excluded(Math.exp(low))) return 1e-9;
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (excluded(Math.exp(middle))) high = middle;
    else low = middle;
  }
  return Math.exp(high);
}

/**
 * The p-values of many comparisons, each raised so that one below 0.05 is wrong in at most 5 % of all such families.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(holm([0.01, 0.04, 0.03]).map((p) => p.toFixed(2)), ["0.03", "0.06", "0.06"]);
 * ```
 */
export function holm(values: readonly number[]): number[] {
  const order = values.map((p, at) => ({ p, at })).sort((a, b) => a.p - b.p);
  const raised: number[] = [];
  let most = 0;
  for (const [rank, { p, at }] of order.entries()) {
    most = Math.max(most, Math.min(1, p * (values.length - rank)));
    raised[at] = most;
  }
  return raised;
}
