/** The capture's table: how far june-load's marks lie from the wire's. */
import { table } from "../../peers/table.ts";
import type { Compared, MarkName } from "./pair.ts";

/** A mark may be off by this; microseconds. */
export const NEAR_US = 300;
/** Share of marks that must be as near. */
export const NEAR_SHARE = 0.99;

/** Marks that show when june-load asked, not how well it measures: what is late there is in the latency. */
const ASKING: ReadonlySet<MarkName> = new Set(["asked, after its instant", "chunk, after it was due"]);

/** Whether a mark tells how well june-load measures. */
export const isJudged = ({ mark }: Pick<Compared, "mark">): boolean => !ASKING.has(mark);

/** One line. */
export interface Row {
  title: string;
  mark: MarkName;
  count: number;
  mean_us: number;
  p50_us: number;
  /** Of the distance, whichever its sign. */
  p99_us: number;
  /** Share within `NEAR_US`. */
  near: number;
  /** The one that is furthest off, with its sign. */
  largest_us: number;
  /** Those further off: the thread was at work on other calls in between, or it was not. */
  rest: { busy: number; away: number };
}

/**
 * Sums up the marks of one load.
 * @param work_us every instant at which june-load's thread is known to have been at work; rising
 */
export function rowsOf(title: string, compared: readonly Compared[], work_us: Float64Array): Row[] {
  return [...Map.groupBy(compared, ({ mark }) => mark)].map(([mark, list]) => rowOf(title, mark, list, work_us));
}

function rowOf(title: string, mark: MarkName, list: readonly Compared[], work_us: Float64Array): Row {
  const offs = Float64Array.from(list, ({ off_us }) => off_us).sort();
  const apart = offs.map(Math.abs).sort();
  const far = list.filter(({ off_us }) => Math.abs(off_us) > NEAR_US);
  const busy = far.filter(({ from_us, to_us }) => wasAtWork(work_us, from_us, to_us)).length;
  const [lowest = NaN, highest = NaN] = [offs[0], offs.at(-1)];
  return {
    title,
    mark,
    count: list.length,
    mean_us: offs.reduce((sum, off_us) => sum + off_us, 0) / list.length,
    p50_us: rank(offs, 0.5),
    p99_us: rank(apart, 0.99),
    near: 1 - far.length / list.length,
    largest_us: Math.abs(lowest) > Math.abs(highest) ? lowest : highest,
    rest: { busy, away: far.length - busy },
  };
}

/** The value of rank ceil(share n). */
export function rank(rising: Float64Array, share: number): number {
  return rising[Math.ceil(share * rising.length) - 1] ?? NaN;
}

/**
 * Whether the thread was at work from one instant to another: no stretch without a sign of work is longer than half of it.
 * Else it was asleep and woke late, or collected garbage, or another program had its processor.
 */
export function wasAtWork(work_us: Float64Array, from_us: number, to_us: number): boolean {
  let [low, high] = [0, work_us.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((work_us[middle] as number) <= from_us) low = middle + 1;
    else high = middle;
  }
  let [last_us, longest_us] = [from_us, 0];
  while (last_us < to_us) {
    const next_us = Math.min(to_us, work_us[low++] ?? to_us);
    longest_us = Math.max(longest_us, next_us - last_us);
    last_us = next_us;
  }
  return longest_us <= (to_us - from_us) / 2;
}

/** The rows in Markdown. */
export function rowTable(rows: readonly Row[]): string {
  const head = ["load, mark", "marks", "mean", "P50", "P99 apart", "within 0.3 ms", "furthest", "the rest"];
  return table(
    head,
    rows.map((row) => [
      `${row.title}: ${row.mark}`,
      row.count.toLocaleString("en"),
      ms(row.mean_us),
      ms(row.p50_us),
      ms(row.p99_us).slice(1),
      `${(row.near * 100).toFixed(2)} %`,
      ms(row.largest_us),
      restOf(row),
    ]),
  );
}

const ms = (us: number) => `${us < 0 ? "-" : "+"}${(Math.abs(us) / 1000).toFixed(3)} ms`;

function restOf({ rest: { busy, away } }: Row): string {
  if (busy + away === 0) return "none";
  return [...(busy > 0 ? [`${busy} behind others`] : []), ...(away > 0 ? [`${away} away`] : [])].join(", ");
}
