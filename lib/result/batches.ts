/**
 * The calls of each stage cut into stretches of time, from which intervals of confidence are worked out. A stage has at
 * most 32 of them: when it needs more, neighbours merge and each is twice as long.
 */
import type { SeriesData } from "../measure/interval.ts";
import { Series } from "../measure/series.ts";
import { addSeries, packSeries } from "./sparse.ts";

/** Batches kept of a stage at most; they then cover 1, 2, 4, ... seconds each. */
export const MAX_BATCHES = 32;

/** What happened in one stretch of the measured time. */
export interface Batch {
  /** Milliseconds since the start of the run, clipped to the stages that were asked for. */
  start_ms: number;
  end_ms: number;
  /** Measured time in it; shorter than the stretch where a warm-up lies in between. */
  length_ms: number;
  /**
   * The calls that ended in it, every distribution merged exactly. What ended after the end of its stage is in the
   * stage's last batch.
   */
  series: Series;
}

/** Batches of one stage, as they grow. */
export class StageBatches {
  #seconds = 1;
  #bins = new Map<number, Map<string, SeriesData>>();

  /** Length of a batch; seconds, a power of two. Batches begin at multiples of it since the start of the run. */
  get seconds(): number {
    return this.#seconds;
  }

  /** Adds what ended in second `index`. */
  add(index: number, data: SeriesData): void {
    this.#put(Math.floor(index / this.#seconds), packSeries(data));
    while (this.#bins.size > MAX_BATCHES) this.#halve();
  }

  #put(bin: number, data: SeriesData): void {
    let operations = this.#bins.get(bin);
    if (operations === undefined) this.#bins.set(bin, operations = new Map());
    const before = operations.get(data.operation);
    operations.set(data.operation, before === undefined ? data : addSeries(before, data));
  }

  #halve(): void {
    const bins = this.#bins;
    this.#bins = new Map();
    this.#seconds *= 2;
    for (const [bin, operations] of bins) {
      for (const data of operations.values()) this.#put(bin >> 1, data);
    }
  }

  /** Adds all of it to `target`, in batches of `seconds`: a power of two, and at least this one's own. */
  foldInto(target: Map<number, Series>, seconds: number, wanted: (operation: string) => boolean): void {
    for (const [bin, operations] of this.#bins) {
      const key = Math.floor(bin * this.#seconds / seconds);
      for (const [operation, data] of operations) {
        if (!wanted(operation)) continue;
        let series = target.get(key);
        if (series === undefined) target.set(key, series = new Series());
        series.mergeData(data);
      }
    }
  }
}
