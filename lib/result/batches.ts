/**
 * The calls of each stage in batches of time, the basis of confidence intervals. A stage has at most 32 batches: when it
 * needs more, neighbours merge and each batch is twice as long.
 */
import { Histogram } from "../measure/histogram.ts";
import type { SeriesData } from "../measure/interval.ts";
import { Series } from "../measure/series.ts";
import type { Distribution } from "../plan/threshold/threshold.ts";
import { addSeries, packSeries } from "./sparse.ts";

/** Most batches of a stage; they cover 1, 2, 4, ... seconds each. */
export const MAX_BATCHES = 32;

/** One batch of the measured time. Figures are computed on first use, and kept. */
export class Batch {
  /** The part of `counts` for calls that ended after their load had ended: see `Run.drained`. */
  readonly drained = new Series();
  readonly #parts: SeriesData[] = [];
  readonly #histograms = new Map<Distribution, Histogram>();
  #counts: Series | null = null;

  /**
   * @param start_ms milliseconds since the start of the run, as `end_ms`; clipped to the stages that were asked for
   * @param length_ms measured time in it; shorter than the stretch where a warm-up lies in between
   */
  constructor(readonly start_ms: number, readonly end_ms: number, readonly length_ms: number) {}

  /** Adds calls; call it only before the first read. */
  add(part: SeriesData): void {
    this.#parts.push(part);
  }

  /**
   * Outcomes and sums of the calls that ended in it; no distributions. What ended after the end of its stage is in the
   * stage's last batch.
   */
  get counts(): Series {
    if (this.#counts === null) {
      this.#counts = new Series();
      for (const { failed_latency: _, censored: _ages, tainted: _tainted, ...part } of this.#parts) {
        this.#counts.mergeData({ ...part, histograms: {} });
      }
    }
    return this.#counts;
  }

  /** One distribution of them, merged exactly. */
  histogram(name: Distribution): Histogram {
    let histogram = this.#histograms.get(name);
    if (histogram === undefined) {
      this.#histograms.set(name, histogram = new Histogram());
      for (const { histograms } of this.#parts) if (histograms[name]) histogram.mergeData(histograms[name]);
    }
    return histogram;
  }
}

/** Batches of one stage, as they grow. */
export class StageBatches {
  #seconds = 1;
  #bins = new Map<number, Map<string, SeriesData>>();

  /** Length of a batch; seconds, a power of two. Batches begin at multiples of it since the start of the run. */
  get seconds(): number {
    return this.#seconds;
  }

  /** Adds the calls that ended in second `index`. */
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

  /** All parts, each with the end of its batch; milliseconds since the start of the run. */
  *parts(): Generator<{ end_ms: number; data: SeriesData }> {
    for (const [bin, operations] of this.#bins) {
      const end_ms = (bin + 1) * this.#seconds * 1000;
      for (const data of operations.values()) yield { end_ms, data };
    }
  }
}
