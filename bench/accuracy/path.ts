/** What must come out of one very run: its own arrivals put through arithmetic instead of through a service. */

/** Mean and percentiles of a list. */
export interface Figures {
  mean: number;
  p99: number;
}

/** Mean, and the value of rank ceil(0.99 n). */
export function figuresOf(values: ArrayLike<number>): Figures {
  const sorted = Float64Array.from(values).sort();
  const sum = sorted.reduce((total, value) => total + value, 0);
  return { mean: sum / sorted.length, p99: sorted[Math.ceil(0.99 * sorted.length) - 1] ?? NaN };
}

/**
 * From arrival to departure of each call at one slot, first come first served. Lindley's recursion: a service begins when
 * the call has come and the one before has left.
 * @param arrivals rising, in the unit of the result
 * @param service draws the next service time
 */
export function sojourns(arrivals: readonly number[], service: () => number): number[] {
  let left = -Infinity;
  return arrivals.map((arrival) => {
    left = Math.max(arrival, left) + service();
    return left - arrival;
  });
}

/**
 * Latencies of calls at a service that always takes `service`, and answers nothing from `freeze_at` for `freeze`: what was
 * due then goes out at the end.
 */
export function frozen(arrivals: readonly number[], service: number, freeze_at: number, freeze: number): number[] {
  return arrivals.map((arrival) => {
    const due = arrival + service;
    const held = due >= freeze_at && due < freeze_at + freeze;
    return (held ? freeze_at + freeze : due) - arrival;
  });
}

/** How far figures of a sample may lie from the theory by chance alone: the ratio to it, less 1. */
export interface Band {
  mean: number;
  p99: number;
}

/**
 * The band that holds 95 % of all samples, from samples made by arithmetic. Calls that queue depend on each other, so no
 * formula for independent values would do.
 * @param sample makes one sample as long as the run; at least 200 are taken
 */
export function samplingBand(theory: Figures, sample: () => ArrayLike<number>, samples = 200): Band {
  const all = Array.from({ length: samples }, () => figuresOf(sample()));
  const band = (pick: (figures: Figures) => number) => {
    const apart = all.map((figures) => Math.abs(pick(figures) / pick(theory) - 1)).sort((a, b) => a - b);
    return apart[Math.ceil(0.95 * samples) - 1] ?? NaN;
  };
  return { mean: band(({ mean }) => mean), p99: band(({ p99 }) => p99) };
}
