/** Adds histograms and series in their sparse form, without expanding them. The past of a run is kept in this form. */
import type { Counter, Distribution } from "../plan/threshold/threshold.ts";
import { type HistogramData, OUTCOMES, type SeriesData, type SeriesPart } from "../measure/interval.ts";

/** The sum of two histograms; exact. Neither is changed. */
export function addHistograms(a: HistogramData, b: HistogramData): HistogramData {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  return {
    count: a.count + b.count,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    sum: a.sum + b.sum,
    overflow: a.overflow + b.overflow,
    buckets: packList(addBuckets(a.buckets, b.buckets)),
    ...((a.below ?? b.below) !== undefined && { below: packList(addBuckets(a.below ?? [], b.below ?? [])) }),
  };
}

/** Where sums are made: a list for each would be most of what the main thread throws away. */
let scratch = new Float64Array(1024);

/**
 * Both lists are pairs (index minus the previous index, count), rising; so is their sum. It is valid until the next one.
 */
function addBuckets(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  if (scratch.length < a.length + b.length) scratch = new Float64Array(2 * (a.length + b.length));
  const sum = scratch;
  let end = 0;
  let written = 0;
  let atA = 0;
  let atB = 0;
  let indexA = a[0] ?? Infinity;
  let indexB = b[0] ?? Infinity;
  while (indexA < Infinity || indexB < Infinity) {
    const index = Math.min(indexA, indexB);
    let count = 0;
    if (indexA === index) {
      count += a[atA + 1] as number;
      atA += 2;
      indexA = atA < a.length ? index + (a[atA] as number) : Infinity;
    }
    if (indexB === index) {
      count += b[atB + 1] as number;
      atB += 2;
      indexB = atB < b.length ? index + (b[atB] as number) : Infinity;
    }
    sum[end++] = index - written;
    sum[end++] = count;
    written = index;
  }
  return sum.subarray(0, end);
}

/** The most that a byte holds. */
const BYTE = 255;

/**
 * Pairs (step, count) in as few bytes as possible. In a second of a run nearly all of them fit one byte; a larger one is
 * then split: into steps to buckets without a count, or into counts of the same bucket.
 */
export function packList(pairs: ArrayLike<number>): ArrayLike<number> {
  let largest = 0;
  let pieces = 0;
  for (let at = 0; at < pairs.length; at += 2) {
    const [step, count] = [pairs[at] as number, pairs[at + 1] as number];
    largest = Math.max(largest, step, count);
    pieces += further(step) + 1 + further(count);
  }
  if (pieces <= pairs.length) return inBytes(pairs, pieces);
  if (largest < 2 ** 16) return Uint16Array.from(pairs);
  return largest < 2 ** 32 ? Uint32Array.from(pairs) : Float64Array.from(pairs);
}

/** Pieces of a number of at most a byte each, but the first. */
function further(value: number): number {
  return Math.max(0, Math.ceil(value / BYTE) - 1);
}

function inBytes(pairs: ArrayLike<number>, pieces: number): Uint8Array {
  const bytes = new Uint8Array(2 * pieces);
  let end = 0;
  for (let at = 0; at < pairs.length; at += 2) {
    let [step, count] = [pairs[at] as number, pairs[at + 1] as number];
    for (; step > BYTE; step -= BYTE, end += 2) bytes[end] = BYTE;
    for (; count > BYTE; count -= BYTE, step = 0, end += 2) bytes.set([step, BYTE], end);
    bytes.set([step, count], end);
    end += 2;
  }
  return bytes;
}

/** The same histogram in as few bytes as possible. */
export function packHistogram(data: HistogramData): HistogramData {
  return { ...data, buckets: packList(data.buckets), ...(data.below !== undefined && { below: packList(data.below) }) };
}

/** The sum of two series; operation and stage are those of the first. Exact; neither is changed. */
export function addSeries(a: SeriesData, b: SeriesData): SeriesData {
  const tainted = a.tainted === undefined || b.tainted === undefined
    ? a.tainted ?? b.tainted
    : addParts(a.tainted, b.tainted);
  return {
    operation: a.operation,
    stage: a.stage,
    ...addParts(a, b),
    ...(tainted === undefined ? {} : { tainted }),
  };
}

function addParts(a: SeriesPart, b: SeriesPart): SeriesPart {
  const histograms = { ...a.histograms };
  for (const [name, data] of Object.entries(b.histograms) as [Distribution, HistogramData][]) {
    const before = histograms[name];
    histograms[name] = before === undefined ? data : addHistograms(before, data);
  }
  const counters = { ...a.counters };
  for (const [name, amount] of Object.entries(b.counters) as [Counter, number][]) {
    counters[name] = (counters[name] ?? 0) + amount;
  }
  const outcomes = { ...a.outcomes };
  for (const outcome of OUTCOMES) outcomes[outcome] += b.outcomes[outcome];
  return {
    issued: a.issued + b.issued,
    outcomes,
    sent_bytes: a.sent_bytes + b.sent_bytes,
    received_bytes: a.received_bytes + b.received_bytes,
    messages: a.messages + b.messages,
    histograms,
    counters,
    ...addOptional(a, b, "failed_latency"),
    ...addOptional(a, b, "censored"),
  };
}

function addOptional(a: SeriesPart, b: SeriesPart, key: "failed_latency" | "censored"): Partial<SeriesPart> {
  const [left, right] = [a[key], b[key]];
  const sum = left === undefined || right === undefined ? left ?? right : addHistograms(left, right);
  return sum === undefined ? {} : { [key]: sum };
}

/** What the lists of a packed series take. */
export function seriesBytes({ tainted, ...data }: SeriesPart & Pick<SeriesData, "tainted">): number {
  const all = [...Object.values(data.histograms), data.failed_latency, data.censored];
  const lists = all.flatMap((one) => one === undefined ? [] : [one.buckets, one.below ?? []]);
  const bytes = lists.reduce((sum, list) => sum + (ArrayBuffer.isView(list) ? list.byteLength : 8 * list.length), 0);
  return bytes + (tainted === undefined ? 0 : seriesBytes(tainted));
}

/** The same series in as few bytes as it takes. */
export function packSeries(data: SeriesData): SeriesData {
  const { operation, stage, tainted } = data;
  return { operation, stage, ...packPart(data), ...(tainted === undefined ? {} : { tainted: packPart(tainted) }) };
}

function packPart(
  { issued, outcomes, sent_bytes, received_bytes, messages, counters, ...data }: SeriesPart,
): SeriesPart {
  const histograms: SeriesData["histograms"] = {};
  for (const [name, histogram] of Object.entries(data.histograms) as [Distribution, HistogramData][]) {
    histograms[name] = packHistogram(histogram);
  }
  return {
    issued,
    outcomes,
    sent_bytes,
    received_bytes,
    messages,
    counters,
    histograms,
    ...(data.failed_latency !== undefined && { failed_latency: packHistogram(data.failed_latency) }),
    ...(data.censored !== undefined && { censored: packHistogram(data.censored) }),
  };
}
