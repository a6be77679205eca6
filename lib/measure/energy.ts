/**
 * Energy from readings: from a counter where there is one, else power over time by the trapezoidal rule. Pure. Sources:
 * MLPerf Power (arXiv 2410.12032), Zeus (NSDI 2023), ML.ENERGY (arXiv 2505.06371); docs/measurement.md has the limits.
 */

/** What one device drew at an instant, and what it had used in all by then. */
export interface PowerReading {
  t_ms: number;
  /** Null or absent: not read. */
  power_w: number | null;
  energy_j?: number | null;
}

/** A stretch of time. */
export interface Stretch {
  start_ms: number;
  end_ms: number;
}

/** The energy of one device over some time. */
export interface Energy {
  /** Null: `why`. */
  energy_j: number | null;
  /** Part of the time for which it is known. */
  coverage: number;
  method: "counter" | "power";
  /** Why it is not told. */
  why: "too short" | "too little read" | null;
}

/** The power of a GPU is its mean of the last second: shorter stretches are mostly of what was before them. */
export const LEAST_POWER_MS = 10_000;
/** A counter is as good as its last update, some 100 ms. */
export const LEAST_COUNTER_MS = 1000;
/** Least part of the time that must have been read; the rest counts like it. */
export const LEAST_COVERAGE = 0.95;
/** Readings that are further apart than so many usual distances have a gap between them, over which nothing is known. */
const GAP_INTERVALS = 3;
const LEAST_GAP_MS = 500;

/**
 * The energy over stretches that do not overlap, rising. Of at most a twentieth of the time that was not read, the mean of
 * the rest is taken.
 * @param readings of one device, rising
 *
 * @example 300 W for a minute.
 * ```ts
 * import assert from "node:assert/strict";
 * const readings = Array.from({ length: 61 }, (_, s) => ({ t_ms: 1000 * s, power_w: 300 }));
 * const { energy_j, method } = energyOver(readings, [{ start_ms: 0, end_ms: 60_000 }]);
 * assert.deepEqual([energy_j, method], [18_000, "power"]);
 * ```
 */
export function energyOver(readings: readonly PowerReading[], stretches: readonly Stretch[]): Energy {
  const of_ms = stretches.reduce((sum, { start_ms, end_ms }) => sum + end_ms - start_ms, 0);
  const counted = ofCounter(readings, stretches);
  const counter = counted !== null && counted.known_ms >= LEAST_COVERAGE * of_ms;
  const { energy_j, known_ms } = counter ? counted : ofPower(readings, stretches);
  const method = counter ? "counter" : "power";
  const coverage = of_ms === 0 ? 0 : Math.min(1, known_ms / of_ms);
  if (of_ms < (counter ? LEAST_COUNTER_MS : LEAST_POWER_MS)) {
    return { energy_j: null, coverage, method, why: "too short" };
  }
  if (coverage < LEAST_COVERAGE) return { energy_j: null, coverage, method, why: "too little read" };
  return { energy_j: energy_j / coverage, coverage, method, why: null };
}

interface Known {
  energy_j: number;
  known_ms: number;
}

/** The rise of the counter; null where it is missing, or began anew. */
function ofCounter(readings: readonly PowerReading[], stretches: readonly Stretch[]): Known | null {
  const points = readings.flatMap(({ t_ms, energy_j }) =>
    energy_j === null || energy_j === undefined ? [] : [{ t_ms, energy_j }]
  );
  const [first, second] = points;
  const [last, before] = [points.at(-1), points.at(-2)];
  if (first === undefined || second === undefined || last === undefined || before === undefined) return null;
  if (points.some(({ energy_j }, at) => at > 0 && energy_j < points[at - 1]!.energy_j)) return null;
  const edge_ms = gapOf(points);
  const slope = (from: typeof first, to: typeof first) =>
    (to.energy_j - from.energy_j) / Math.max(1, to.t_ms - from.t_ms);
  const ends = [
    { t_ms: first.t_ms - edge_ms, energy_j: first.energy_j - edge_ms * slope(first, second) },
    ...points,
    { t_ms: last.t_ms + edge_ms, energy_j: last.energy_j + edge_ms * slope(before, last) },
  ];
  return summed(
    ends,
    stretches,
    ([from, to], start_ms, end_ms) => (to.energy_j - from.energy_j) * (end_ms - start_ms) / (to.t_ms - from.t_ms),
  );
}

/** Trapezoids between neighbours, none over a gap; at the ends the nearest reading, as far as no gap would be. */
function ofPower(readings: readonly PowerReading[], stretches: readonly Stretch[]): Known {
  const gap_ms = gapOf(readings);
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined) return { energy_j: 0, known_ms: 0 };
  const ends = [{ ...first, t_ms: first.t_ms - gap_ms }, ...readings, { ...last, t_ms: last.t_ms + gap_ms }];
  const near = (from: PowerReading, to: PowerReading) =>
    from.power_w !== null && to.power_w !== null && to.t_ms - from.t_ms <= gap_ms;
  return summed(ends, stretches, ([from, to], start_ms, end_ms) => {
    if (!near(from, to)) return null;
    const [low, high] = [from.power_w!, to.power_w!];
    const at = (t_ms: number) => low + (high - low) * (t_ms - from.t_ms) / (to.t_ms - from.t_ms);
    return (at(start_ms) + at(end_ms)) / 2 * (end_ms - start_ms) / 1000;
  });
}

/** Sums over the parts of stretches that lie between two neighbours; null: nothing is known of that part. */
function summed<P extends { t_ms: number }>(
  points: readonly P[],
  stretches: readonly Stretch[],
  energyOf: (pair: readonly [P, P], start_ms: number, end_ms: number) => number | null,
): Known {
  const known: Known = { energy_j: 0, known_ms: 0 };
  for (const [at, to] of points.entries()) {
    const from = points[at - 1];
    if (from === undefined || to.t_ms <= from.t_ms) continue;
    for (const stretch of stretches) {
      const [start_ms, end_ms] = [Math.max(from.t_ms, stretch.start_ms), Math.min(to.t_ms, stretch.end_ms)];
      if (end_ms <= start_ms) continue;
      const energy_j = energyOf([from, to], start_ms, end_ms);
      if (energy_j === null) continue;
      known.energy_j += energy_j;
      known.known_ms += end_ms - start_ms;
    }
  }
  return known;
}

/** Distance of two readings from which there is a gap between them: some of the usual ones. */
function gapOf(readings: readonly { t_ms: number }[]): number {
  const distances = readings.slice(1).map(({ t_ms }, at) => t_ms - readings[at]!.t_ms).sort((a, b) => a - b);
  return Math.max(LEAST_GAP_MS, GAP_INTERVALS * (distances[distances.length >> 1] ?? 0));
}
