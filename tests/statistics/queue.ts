/** A queue with one server, simulated call by call: the hard case for intervals, since each call waits for those before it. */
import { Histogram } from "../../lib/measure/histogram.ts";

/** Random numbers from 0 to 1, seeded. Source: mulberry32, T. Ettinger (public domain). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What one run of an M/M/1 queue leaves: its response times by the second in which the call ended. */
export interface QueueRun {
  seconds: Histogram[];
}

/**
 * One run in the steady state: Poisson arrivals at `rate_per_s`, exponential service, one server busy for a share `load` of
 * the time. By Lindley's recursion a call waits max(0, wait + service of the one before - gap to it).
 */
export function simulateQueue(rate_per_s: number, load: number, seconds: number, random: () => number): QueueRun {
  const served_per_s = rate_per_s / load;
  const exponential = (per_s: number) => -Math.log(1 - random()) / per_s;
  const histograms = Array.from({ length: seconds }, () => new Histogram());
  // An arrival finds an idle server with probability 1 - load, else it waits like Exp(mu - lambda).
  let wait_s = random() < load ? exponential(served_per_s - rate_per_s) : 0;
  for (let at_s = exponential(rate_per_s); at_s < seconds;) {
    const response_s = wait_s + exponential(served_per_s);
    const second = Math.min(seconds - 1, Math.floor(at_s + response_s));
    histograms[second]?.record(response_s * 1e6);
    const gap_s = exponential(rate_per_s);
    wait_s = Math.max(0, response_s - gap_s);
    at_s += gap_s;
  }
  return { seconds: histograms };
}

/** The true percentile of its response times, which are exponential with rate mu - lambda; microseconds. */
export function truePercentile_us(rate_per_s: number, load: number, percentile: number): number {
  return trueMean_us(rate_per_s, load) * -Math.log(1 - percentile / 100);
}

/** The true mean of its response times, 1 / (mu - lambda); microseconds. */
export function trueMean_us(rate_per_s: number, load: number): number {
  return 1e6 / (rate_per_s / load - rate_per_s);
}

/** All of them as one. */
export function joined(histograms: readonly Histogram[]): Histogram {
  const whole = new Histogram();
  for (const one of histograms) whole.merge(one);
  return whole;
}

/** Length of the batches that a run of so many seconds is kept in, at most 32 of them. */
export function batchSeconds(seconds: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(seconds / 32)));
}

/** Neighbouring seconds joined until at most 32 are left, as a run keeps them. */
export function asRunKeepsThem(seconds: readonly Histogram[]): Histogram[] {
  const each = batchSeconds(seconds.length);
  return Array.from(
    { length: Math.ceil(seconds.length / each) },
    (_, i) => joined(seconds.slice(i * each, (i + 1) * each)),
  );
}
