/** The running statistics of one operation in one stage. */
import { type Counter, COUNTERS, type Distribution, DISTRIBUTION_NAMES } from "../plan/threshold/threshold.ts";
import { Histogram } from "./histogram.ts";
import { type OutcomeCounts, OUTCOMES, type SeriesData, type SeriesPart } from "./interval.ts";

/** No calls of any outcome. */
export function noOutcomes(): OutcomeCounts {
  return { ok: 0, failed: 0, timed_out: 0, cancelled: 0, dropped: 0, unfinished: 0 };
}

/** Calls of all outcomes together. */
export function endedCalls(outcomes: OutcomeCounts): number {
  return OUTCOMES.reduce((sum, outcome) => sum + outcomes[outcome], 0);
}

/** Calls that were answered or should have been: those that failed, timed out or were cut off overdue are errors. */
export function judgedCalls(series: Counted): number {
  return series.outcomes.ok + errorCalls(series);
}

/** Calls that failed, timed out, or were older than any answer may take when the run cut them off. */
export function errorCalls(series: Counted): number {
  return series.outcomes.failed + series.outcomes.timed_out + series.counter("overdue");
}

/** What counting errors needs of a series. */
export type Counted = Pick<Series, "outcomes" | "counter">;

/**
 * (failed + timed out + overdue) / those and ok; 0 where nothing ended. Source: the tool's own glossary.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const series = new Series();
 * Object.assign(series.outcomes, { ok: 97, failed: 2, timed_out: 1, dropped: 50 });
 * assert.equal(errorRate(series), 0.03);
 * ```
 */
export function errorRate(series: Counted): number {
  const errors = errorCalls(series);
  return errors === 0 ? 0 : errors / judgedCalls(series);
}

const indexOfEach = <Name extends string>(names: readonly Name[]) =>
  Object.fromEntries(names.map((name, at) => [name, at])) as Record<Name, number>;
/** Where each distribution and each sum lies in a series: lists by number cost a call less than maps by name. */
const PLACE = indexOfEach(DISTRIBUTION_NAMES);
const COUNTER_PLACE = indexOfEach(COUNTERS);

/**
 * Counters and histograms of one operation, fed call by call in a pool and second by second in a result.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const [first, second] = [new Series(), new Series()];
 * for (const series of [first, second]) {
 *   series.issued++;
 *   series.outcomes.ok++;
 *   series.histogram("latency").record(40_000);
 *   series.count("output_tokens", 12);
 * }
 * first.mergeData(second.toData("llm.chat", 0));
 * assert.deepEqual([first.issued, endedCalls(first.outcomes), first.counter("output_tokens")], [2, 2, 24]);
 * assert.equal(first.histogram("latency").count, 2);
 * ```
 */
export class Series {
  issued = 0;
  readonly outcomes = noOutcomes();
  sent_bytes = 0;
  received_bytes = 0;
  messages = 0;
  #failed_latency = new Histogram();
  #censored = new Histogram();
  /** The part that is of tainted calls; null while there is none. */
  #tainted: Series | null = null;
  readonly #histograms: (Histogram | undefined)[] = DISTRIBUTION_NAMES.map(() => undefined);
  readonly #counters = new Float64Array(COUNTERS.length);

  /** Latency of failed and timed-out calls; microseconds. */
  get failed_latency(): Histogram {
    return this.#failed_latency;
  }

  /** Ages of calls that timed out or were cut off: see `SeriesData.censored`. */
  get censored(): Histogram {
    return this.#censored;
  }

  /** The part that is of tainted calls, to be counted or read. */
  get tainted(): Series {
    return this.#tainted ??= new Series();
  }

  /** Tainted calls that ended. */
  get tainted_calls(): number {
    return this.#tainted === null ? 0 : endedCalls(this.#tainted.outcomes);
  }

  /** The series without its tainted calls, as if they had never been made. */
  clean(): Series {
    const clean = new Series();
    clean.merge(this);
    const part = this.#tainted;
    clean.#tainted = null;
    return part === null ? clean : clean.#without(part);
  }

  #without(part: Series): Series {
    const rest = new Series();
    rest.merge(this);
    rest.issued -= part.issued;
    for (const outcome of OUTCOMES) rest.outcomes[outcome] -= part.outcomes[outcome];
    rest.messages -= part.messages;
    rest.sent_bytes -= part.sent_bytes;
    rest.received_bytes -= part.received_bytes;
    for (const name of COUNTERS) rest.count(name, -part.counter(name));
    for (const name of DISTRIBUTION_NAMES) {
      const histogram = part.#histograms[PLACE[name]];
      if (histogram === undefined || histogram.count === 0) continue;
      rest.#histograms[PLACE[name]] = this.histogram(name).without(histogram);
    }
    rest.#failed_latency = this.failed_latency.without(part.failed_latency);
    rest.#censored = this.censored.without(part.censored);
    return rest;
  }

  /** The histogram of one distribution, empty if nothing was recorded. */
  histogram(name: Distribution): Histogram {
    return this.#histograms[PLACE[name]] ??= new Histogram();
  }

  /** Adds to one of the sums. */
  count(name: Counter, amount: number): void {
    const place = COUNTER_PLACE[name];
    this.#counters[place] = (this.#counters[place] as number) + amount;
  }

  /** One of the sums; 0 where nothing was counted. */
  counter(name: Counter): number {
    return this.#counters[COUNTER_PLACE[name]] as number;
  }

  /** Adds another series; exact, in any order. */
  merge(other: Series): void {
    this.#mergeCounts(other);
    this.failed_latency.merge(other.failed_latency);
    this.censored.merge(other.censored);
    if (other.#tainted !== null) this.tainted.merge(other.#tainted);
    for (const name of DISTRIBUTION_NAMES) {
      const histogram = other.#histograms[PLACE[name]];
      if (histogram !== undefined && histogram.count > 0) this.histogram(name).merge(histogram);
    }
    for (const name of COUNTERS) this.count(name, other.counter(name));
  }

  /** Adds outcomes and sums of a series in data form, and no distribution. */
  mergeCounts(data: Omit<SeriesPart, "histograms">): void {
    this.#mergeCounts(data);
    for (const [name, amount] of Object.entries(data.counters)) this.count(name as Counter, amount);
  }

  /** Adds a series in data form; exact. */
  mergeData(data: SeriesPart & Pick<SeriesData, "tainted">): void {
    this.mergeCounts(data);
    if (data.censored !== undefined) this.censored.mergeData(data.censored);
    if (data.tainted !== undefined) this.tainted.mergeData(data.tainted);
    if (data.failed_latency !== undefined) this.failed_latency.mergeData(data.failed_latency);
    for (const [name, histogram] of Object.entries(data.histograms)) {
      this.histogram(name as Distribution).mergeData(histogram);
    }
  }

  #mergeCounts(other: Omit<SeriesPart, "histograms" | "counters" | "failed_latency" | "censored">): void {
    this.issued += other.issued;
    for (const outcome of OUTCOMES) this.outcomes[outcome] += other.outcomes[outcome];
    this.sent_bytes += other.sent_bytes;
    this.received_bytes += other.received_bytes;
    this.messages += other.messages;
  }

  /** True when nothing has happened since the last `clear`. */
  get idle(): boolean {
    return this.issued === 0 && this.messages === 0 && endedCalls(this.outcomes) === 0 && this.counter("pairs") === 0;
  }

  /** The data form; distributions without a value are left out. */
  toData(operation: string, stage: number): SeriesData {
    const tainted = this.#tainted === null || this.#tainted.idle ? {} : { tainted: this.#tainted.toPart() };
    return { operation, stage, ...this.toPart(), ...tainted };
  }

  /** The data form without its names and without the tainted part. */
  toPart(): SeriesPart {
    const histograms: SeriesData["histograms"] = {};
    for (const name of DISTRIBUTION_NAMES) {
      const histogram = this.#histograms[PLACE[name]];
      if (histogram !== undefined && histogram.count > 0) histograms[name] = histogram.toData();
    }
    const counters: SeriesData["counters"] = {};
    for (const name of COUNTERS) if (this.counter(name) !== 0) counters[name] = this.counter(name);
    return {
      issued: this.issued,
      outcomes: { ...this.outcomes },
      sent_bytes: this.sent_bytes,
      received_bytes: this.received_bytes,
      messages: this.messages,
      histograms,
      counters,
      ...(this.failed_latency.count > 0 && { failed_latency: this.failed_latency.toData() }),
      ...(this.censored.count > 0 && { censored: this.censored.toData() }),
    };
  }

  /** Empties it for the next interval; the histograms keep their memory. */
  clear(): void {
    this.issued =
      this.sent_bytes =
      this.received_bytes =
      this.messages =
        0;
    Object.assign(this.outcomes, noOutcomes());
    this.failed_latency.clear();
    this.censored.clear();
    this.#tainted?.clear();
    for (const histogram of this.#histograms) histogram?.clear();
    this.#counters.fill(0);
  }
}
