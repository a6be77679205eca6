/** When a soak has passed: nothing grows, and calls start as precisely at the end as in the beginning. Pure. */
import type { Sample } from "./process.ts";

/** How late calls started in a stretch of the run. */
export interface Lateness {
  t_s: number;
  p99_us: number;
}

/** One condition. */
export interface Condition {
  what: string;
  /** Null: the run was too short to tell. */
  holds: boolean | null;
  /** The figures. */
  found: string;
}

/** Code is compiled and caches are filled until then. */
export const SETTLED_S = 120;
/** Around an instant, so that one collection of garbage does not decide. */
const WINDOW_S = 15;
/** Memory may differ by so much from what it was when it had settled. */
const MEMORY_SHARE = 0.05;
/** Connections that are replaced are there twice for a moment. */
const SPARE_DESCRIPTORS = 2;
/** The P99 may rise by so much, and by what a timer is off anyway. */
const LATER_SHARE = 0.2;
const SPARE_US = 100;

/** The middle value; NaN of none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** Holds the conditions against what was seen while the load lasted. */
export function judgeSoak(samples: readonly Sample[], lateness: readonly Lateness[]): Condition[] {
  return [memory(samples), descriptors(samples), precision(lateness.filter(({ t_s }) => t_s >= SETTLED_S))];
}

function memory(samples: readonly Sample[]): Condition {
  const what = `memory stays within ${100 * MEMORY_SHARE} % of what it was at minute two`;
  const near = (at_s: number) =>
    median(samples.filter(({ t_s }) => Math.abs(t_s - at_s) <= WINDOW_S).map(({ rss_bytes }) => rss_bytes));
  const end_s = samples.at(-1)?.t_s ?? 0;
  const base = near(SETTLED_S);
  const later: number[] = [];
  for (let at_s = SETTLED_S + 2 * WINDOW_S; at_s + WINDOW_S <= end_s; at_s += WINDOW_S) later.push(near(at_s));
  if (later.length === 0 || Number.isNaN(base)) return { what, holds: null, found: "too short" };
  const farthest = later.reduce((far, one) => Math.abs(one - base) > Math.abs(far - base) ? one : far, base);
  const found = `${megabytes(base)} at minute two, then ${megabytes(Math.min(...later))} to ${
    megabytes(Math.max(...later))
  }`;
  return { what, holds: Math.abs(farthest / base - 1) <= MEMORY_SHARE, found };
}

function descriptors(samples: readonly Sample[]): Condition {
  const what = "descriptors do not grow";
  const counts = (later: boolean) =>
    samples.filter(({ t_s }) => (t_s > SETTLED_S) === later).map((sample) => sample.descriptors);
  const [before, after] = [counts(false), counts(true)];
  if (before.length === 0 || after.length === 0) return { what, holds: null, found: "too short" };
  const [most_before, most_after] = [Math.max(...before), Math.max(...after)];
  const found = `at most ${most_before} until minute two, ${Math.min(...after)} to ${most_after} after`;
  return { what, holds: most_after <= most_before + SPARE_DESCRIPTORS, found };
}

function precision(settled: readonly Lateness[]): Condition {
  const what = "calls start as precisely at the end as at minute two";
  const third = Math.floor(settled.length / 3);
  if (third < 3) return { what, holds: null, found: "too short" };
  const p99_us = (part: readonly Lateness[]) => median(part.map((one) => one.p99_us));
  const [first_us, last_us] = [p99_us(settled.slice(0, third)), p99_us(settled.slice(-third))];
  const holds = last_us <= first_us * (1 + LATER_SHARE) + SPARE_US;
  return { what, holds, found: `P99 of a stretch ${first_us} us in the first third, ${last_us} us in the last` };
}

/** `171 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
