/**
 * What callers feel beside the response time, over the run's time: the distributions that charts draw, coarse and in at
 * most 300 stretches, so that a run of hours takes no more memory than one of five minutes.
 */
import { type HistogramData, type OutcomeCounts, type SeriesData } from "../measure/interval.ts";
import type { Distribution } from "../plan/threshold/threshold.ts";
import { StageBatches } from "./batches.ts";
import { packHistogram } from "./sparse.ts";

/** Most stretches; they cover 1, 2, 4, ... seconds each. */
export const MAX_POINTS = 300;

/** Distributions that charts over time draw, beside the response time, which the timeline keeps. */
export const CHARTED = [
  ...["first_message", "gap", "token_time", "first_partial", "final_latency", "stall"],
  ...["turn_stt", "turn_llm", "turn_tts", "voice_to_voice"],
] as const satisfies readonly Distribution[];

/** Slots of a histogram that count as one: their middle is within 1 % of each of them from 1.6 ms on. */
const MERGED = 16;

/** A stretch of the run. */
export interface Point {
  /** Milliseconds since the start of the run. */
  start_ms: number;
  end_ms: number;
  /** Calls that ended in it, with the distributions of `CHARTED`; add them up. */
  parts: SeriesData[];
}

/** The points of all operations, as they grow. */
export class Points {
  readonly #kept = new StageBatches(MAX_POINTS);

  /** Length of a point; seconds, a power of two. */
  get seconds(): number {
    return this.#kept.seconds;
  }

  /** What their lists take. */
  get bytes(): number {
    return this.#kept.bytes;
  }

  /** Adds the calls that ended in second `index`. */
  add(index: number, data: SeriesData): void {
    this.#kept.add(index, charted(data));
  }

  /** The points of one operation, or of all of them, joined to stretches of `seconds` where that is longer; rising. */
  of(operation: string | null, seconds = this.seconds): Point[] {
    const length_ms = 1000 * this.seconds * Math.max(1, Math.ceil(seconds / this.seconds));
    const points = new Map<number, Point>();
    for (const { end_ms, data } of this.#kept.parts()) {
      if ((operation ?? data.operation) !== data.operation) continue;
      const start_ms = Math.floor((end_ms - 1) / length_ms) * length_ms;
      const point = points.get(start_ms) ?? { start_ms, end_ms: start_ms + length_ms, parts: [] };
      points.set(start_ms, point);
      point.parts.push(data);
    }
    return [...points.values()].sort((a, b) => a.start_ms - b.start_ms);
  }
}

const NONE: OutcomeCounts = { ok: 0, failed: 0, timed_out: 0, cancelled: 0, dropped: 0, unfinished: 0 };

/** What is kept of a second: sums, and coarse histograms of what is drawn. */
function charted({ operation, stage, counters, histograms }: SeriesData): SeriesData {
  const kept: SeriesData["histograms"] = {};
  for (const name of CHARTED) {
    const histogram = histograms[name];
    if (histogram !== undefined) kept[name] = coarse(histogram);
  }
  const none = { issued: 0, sent_bytes: 0, received_bytes: 0, messages: 0 };
  return { operation, stage, outcomes: NONE, ...none, counters, histograms: kept };
}

/**
 * The histogram with sixteen slots in one; count, sum and both ends stay exact.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Histogram } from "../measure/histogram.ts";
 * const exact = new Histogram();
 * for (let ms = 1; ms <= 1000; ms++) exact.record(1000 * ms);
 * const rough = Histogram.from(coarse(exact.toData()));
 * assert.deepEqual([rough.count, rough.mean, rough.max], [exact.count, exact.mean, exact.max]);
 * assert.ok(Math.abs(rough.percentile(95) / exact.percentile(95) - 1) < 0.01);
 * ```
 */
export function coarse(data: HistogramData): HistogramData {
  const below = data.below === undefined ? {} : { below: joined(data.below) };
  return packHistogram({ ...data, buckets: joined(data.buckets), ...below });
}

/** Pairs of index less the index before, and count; see `HistogramData`. */
function joined(buckets: ArrayLike<number>): number[] {
  const result: number[] = [];
  let [index, written] = [0, 0];
  for (let i = 0; i + 1 < buckets.length; i += 2) {
    index += buckets[i] as number;
    const slot = index - index % MERGED + MERGED / 2;
    const count = buckets[i + 1] as number;
    if (result.length > 0 && slot === written) result[result.length - 1] = (result.at(-1) as number) + count;
    else result.push(slot - written, count);
    written = slot;
  }
  return result;
}
