/**
 * The calls of each stage in batches of time, the basis of confidence intervals. A stage has at most 32 batches: when it
 * needs more, neighbours merge and each batch is twice as long.
 */
import { Histogram } from "../measure/histogram.ts";
import type { SeriesData } from "../measure/interval.ts";
import { Series } from "../measure/series.ts";
import type { Distribution } from "../plan/threshold/threshold.ts";
import { addSeries, packSeries, seriesBytes } from "./sparse.ts";
import { lengthWithin, type Span } from "./spans.ts";

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
      for (const part of this.#parts) this.#counts.mergeCounts(part);
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
  /** @param most batches; more halve their number */
  constructor(readonly most: number = MAX_BATCHES) {}

  #seconds = 1;
  #bins = new Map<number, Map<string, SeriesData>>();

  /** Length of a batch; seconds, a power of two. Batches begin at multiples of it since the start of the run. */
  get seconds(): number {
    return this.#seconds;
  }

  /** Adds the calls that ended in second `index`. */
  add(index: number, data: SeriesData): void {
    this.#put(Math.floor(index / this.#seconds), packSeries(data));
    while (this.#bins.size > this.most) this.#halve();
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

  /** What their lists take. */
  get bytes(): number {
    return [...this.parts()].reduce((sum, { data }) => sum + seriesBytes(data), 0);
  }

  /** All parts, each with the end of its batch; milliseconds since the start of the run. */
  *parts(): Generator<{ end_ms: number; data: SeriesData }> {
    for (const [bin, operations] of this.#bins) {
      const end_ms = (bin + 1) * this.#seconds * 1000;
      for (const data of operations.values()) yield { end_ms, data };
    }
  }
}

/** The last batch that starts before an instant; the first where none does. */
export function batchBefore(batches: readonly Batch[], end_ms: number): Batch | undefined {
  return batches.findLast(({ start_ms }) => start_ms < end_ms) ?? batches[0];
}

/** A window cut at multiples of `length_ms`, with nothing in the parts yet. */
export function stretches(window: readonly Span[], length_ms: number): Batch[] {
  const parts: Batch[] = [];
  const first = Math.floor((window[0]?.start_ms ?? 0) / length_ms);
  const end = Math.ceil((window.at(-1)?.end_ms ?? 0) / length_ms);
  for (let bin = first; bin < end; bin++) {
    const { start_ms, end_ms } = clip(window, bin * length_ms, (bin + 1) * length_ms);
    const measured_ms = lengthWithin(window, start_ms, end_ms);
    if (measured_ms > 0) parts.push(new Batch(start_ms, end_ms, measured_ms));
  }
  return parts;
}

/** Length of batches with which a window has at most MAX_BATCHES and one; seconds, a power of two. */
export function secondsFor(window: readonly Span[]): number {
  const span_ms = (window.at(-1)?.end_ms ?? 0) - (window[0]?.start_ms ?? 0);
  return 2 ** Math.max(0, Math.ceil(Math.log2(span_ms / 1000 / MAX_BATCHES)));
}

/** The part between two instants that `window` covers, gaps in it included. */
function clip(window: readonly Span[], start_ms: number, end_ms: number): Span {
  const first = window.find((span) => span.end_ms > start_ms);
  const last = window.findLast((span) => span.start_ms < end_ms);
  return {
    start_ms: Math.max(start_ms, first?.start_ms ?? start_ms),
    end_ms: Math.min(end_ms, last?.end_ms ?? end_ms),
  };
}
