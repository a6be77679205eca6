/** The running statistics of one operation in one stage. */
import { type Counter, COUNTERS, type Distribution, DISTRIBUTION_NAMES } from "../plan/threshold/threshold.ts";
import { Histogram } from "./histogram.ts";
import { type OutcomeCounts, OUTCOMES, type SeriesData } from "./interval.ts";

/** No calls of any outcome. */
export function noOutcomes(): OutcomeCounts {
  return { ok: 0, failed: 0, timed_out: 0, cancelled: 0, dropped: 0, unfinished: 0 };
}

/** Calls of all outcomes together. */
export function endedCalls(outcomes: OutcomeCounts): number {
  return OUTCOMES.reduce((sum, outcome) => sum + outcomes[outcome], 0);
}

/**
 * (failed + timed out) / (ok + failed + timed out); 0 where nothing ended. Source: the tool's own glossary.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(errorRate({ ...noOutcomes(), ok: 97, failed: 2, timed_out: 1, dropped: 50 }), 0.03);
 * ```
 */
export function errorRate(outcomes: OutcomeCounts): number {
  const errors = outcomes.failed + outcomes.timed_out;
  return errors === 0 ? 0 : errors / (outcomes.ok + errors);
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
  readonly failed_latency = new Histogram();
  readonly #histograms: (Histogram | undefined)[] = DISTRIBUTION_NAMES.map(() => undefined);
  readonly #counters = new Float64Array(COUNTERS.length);

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
    for (const name of DISTRIBUTION_NAMES) {
      const histogram = other.#histograms[PLACE[name]];
      if (histogram !== undefined && histogram.count > 0) this.histogram(name).merge(histogram);
    }
    for (const name of COUNTERS) this.count(name, other.counter(name));
  }

  /** Adds a series in data form; exact. */
  mergeData(data: SeriesData): void {
    this.#mergeCounts(data);
    if (data.failed_latency !== undefined) this.failed_latency.mergeData(data.failed_latency);
    for (const [name, histogram] of Object.entries(data.histograms)) {
      this.histogram(name as Distribution).mergeData(histogram);
    }
    for (const [name, amount] of Object.entries(data.counters)) this.count(name as Counter, amount);
  }

  #mergeCounts(other: Omit<SeriesData, "operation" | "stage" | "histograms" | "counters" | "failed_latency">): void {
    this.issued += other.issued;
    for (const outcome of OUTCOMES) this.outcomes[outcome] += other.outcomes[outcome];
    this.sent_bytes += other.sent_bytes;
    this.received_bytes += other.received_bytes;
    this.messages += other.messages;
  }

  /** True when nothing has happened since the last `clear`. */
  get idle(): boolean {
    return this.issued === 0 && this.messages === 0 && endedCalls(this.outcomes) === 0;
  }

  /** The data form; distributions without a value are left out. */
  toData(operation: string, stage: number): SeriesData {
    const histograms: SeriesData["histograms"] = {};
    for (const name of DISTRIBUTION_NAMES) {
      const histogram = this.#histograms[PLACE[name]];
      if (histogram !== undefined && histogram.count > 0) histograms[name] = histogram.toData();
    }
    const counters: SeriesData["counters"] = {};
    for (const name of COUNTERS) if (this.counter(name) !== 0) counters[name] = this.counter(name);
    return {
      operation,
      stage,
      issued: this.issued,
      outcomes: { ...this.outcomes },
      sent_bytes: this.sent_bytes,
      received_bytes: this.received_bytes,
      messages: this.messages,
      histograms,
      counters,
      ...(this.failed_latency.count > 0 ? { failed_latency: this.failed_latency.toData() } : {}),
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
    for (const histogram of this.#histograms) histogram?.clear();
    this.#counters.fill(0);
  }
}
