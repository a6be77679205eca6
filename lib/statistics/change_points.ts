/**
 * Where the level of a series changed for good: E-divisive means with a permutation test. Source: D. Matteson, N. James,
 * "A Nonparametric Approach for Multiple Change Point Analysis of Multivariate Data", 2014; the splitting of one segment
 * at a time as in D. Daly and others, "The Use of Change Point Detection to Identify Software Performance Regressions",
 * 2020.
 */

/** A change of level. */
export interface ChangePoint {
  /** Index of the first value of the new level. */
  at: number;
  /** How probable a change as clear is in a series without any. */
  p: number;
}

/** Orders that are tried for one point. */
const PERMUTATIONS = 999;
/** Fewest values of a level. */
const LEAST_VALUES = 2;

/** A possible change, and how far apart the values on its two sides are. */
interface Split {
  at: number;
  distance: number;
}

/**
 * Change points, rising. One that is not clearer than all but a share `level` of the same values in another order is none.
 * @param random from 0 to 1; the same numbers give the same answer
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const values = [10, 11, 10, 9, 10, 11, 15, 16, 15, 14, 15, 16];
 * let state = 1;
 * const random = () => (state = (state * 16807) % 2147483647) / 2147483647;
 * assert.deepEqual(changePoints(values, 0.01, random).map(({ at }) => at), [6]);
 * ```
 */
export function changePoints(values: readonly number[], level: number, random: () => number): ChangePoint[] {
  const found: ChangePoint[] = [];
  while (true) {
    const borders = [0, ...found.map(({ at }) => at).sort((a, b) => a - b), values.length];
    const segments = borders.slice(1).map((end, i) => values.slice(borders[i], end));
    const best = widest(segments);
    if (best === null) break;
    const p = probability(segments, best.distance, random);
    if (p > level) break;
    found.push({ at: best.at, p });
  }
  return found.sort((a, b) => a.at - b.at);
}

/** The clearest split of any segment; null where all are too short. */
function widest(segments: readonly (readonly number[])[]): Split | null {
  let best: Split | null = null;
  let start = 0;
  for (const segment of segments) {
    const split = bestSplit(segment);
    if (split !== null && (best === null || split.distance > best.distance)) {
      best = { at: start + split.at, distance: split.distance };
    }
    start += segment.length;
  }
  return best;
}

function probability(segments: readonly (readonly number[])[], distance: number, random: () => number): number {
  let asClear = 0;
  for (let order = 0; order < PERMUTATIONS; order++) {
    const shuffled = widest(segments.map((segment) => shuffle(segment, random)));
    // Equal values in another order give the same sums but for rounding.
    if (shuffled !== null && shuffled.distance >= distance * (1 - 1e-9)) asClear++;
  }
  return (1 + asClear) / (1 + PERMUTATIONS);
}

/**
 * The split with the largest m n / (m + n) (2 mean |x - y| - mean |x - x'| - mean |y - y'|), with the first m values on one
 * side and the n that follow on the other: the level may change again behind them. Each further value adds its distances to
 * running sums, so that all splits take steps in the square of the number of values.
 */
function bestSplit(values: readonly number[]): Split | null {
  let best: Split | null = null;
  /** Sum of distances among the first so many values, and between those and all that follow up to the last one added. */
  const among = new Float64Array(values.length + 1);
  const across = new Float64Array(values.length + 1);
  for (const [last, value] of values.entries()) {
    let sum = 0;
    for (let m = 1; m <= last; m++) {
      sum += Math.abs((values[m - 1] as number) - value);
      across[m] = (across[m] as number) + sum;
    }
    const all = among[last + 1] = (among[last] as number) + sum;
    for (let m = LEAST_VALUES; m <= last + 1 - LEAST_VALUES; m++) {
      const n = last + 1 - m;
      const [before, between] = [among[m] as number, across[m] as number];
      const behind = all - before - between;
      const distance = m * n / (m + n) *
        (2 * between / (m * n) - 2 * before / (m * (m - 1)) - 2 * behind / (n * (n - 1)));
      if (best === null || distance > best.distance) best = { at: m, distance };
    }
  }
  return best;
}

/** Fisher and Yates. */
function shuffle(values: readonly number[], random: () => number): number[] {
  const shuffled = [...values];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j] as number, shuffled[i] as number];
  }
  return shuffled;
}
