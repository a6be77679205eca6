/** Sums over a run that are read again and again: what comes is added to those in use, in place of summing up all anew. */
import type { SeriesData } from "../measure/interval.ts";
import type { Series } from "../measure/series.ts";

/** Sums that are kept, for a report that reads its operations in turn: each may take half a megabyte. */
const MOST = 24;

/** Whether a sum is also of the calls of an operation in a stage, by its place in the plan. */
export type Wants = (operation: string, stage: number) => boolean;

interface Kept {
  series: Series;
  wants: Wants;
  /** Since the last interval. */
  read: boolean;
}

/**
 * Sums by what they are of. One that was read since the interval before grows by the next; others are forgotten, so that an
 * interval costs what somebody looks at.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Series } from "../measure/series.ts";
 * const calls = new Series();
 * calls.issued = 2;
 * const totals = new KeptTotals();
 * const total = () => totals.read("all", { sum: () => new Series(), wants: () => true });
 * assert.equal(total().issued, 0);
 * totals.add([calls.toData("llm.chat", 0)]);
 * assert.equal(total().issued, 2);
 * ```
 */
export class KeptTotals {
  /** The last read at the end. */
  readonly #kept = new Map<string, Kept>();

  /** The sum of a name; `sum` makes it where it is not known. */
  read(name: string, { sum, wants }: { sum: () => Series; wants: Wants }): Series {
    const { series } = this.#kept.get(name) ?? { series: sum() };
    this.#kept.delete(name);
    this.#kept.set(name, { series, wants, read: true });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST && oldest !== undefined) this.#kept.delete(oldest);
    return series;
  }

  /** Adds an interval to the sums in use. */
  add(interval: readonly SeriesData[]): void {
    for (const [name, kept] of this.#kept) {
      if (!kept.read) this.#kept.delete(name);
      kept.read = false;
      for (const data of interval) if (kept.wants(data.operation, data.stage)) kept.series.mergeData(data);
    }
  }

  /** Forgets all: something else has changed than calls that came. */
  clear(): void {
    this.#kept.clear();
  }
}
