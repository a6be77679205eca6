/** What the calls of one operation in one stage are counted into. */
import type { OperationEnd } from "../driver/driver.ts";
import type { Histogram } from "../measure/histogram.ts";
import type { Outcome } from "../measure/interval.ts";
import { Series } from "../measure/series.ts";
import type { Objective } from "../plan/plan.ts";
import { type Counter, type Distribution, DISTRIBUTION_NAMES } from "../plan/threshold/threshold.ts";
import { CallJudge, PLACE } from "./call_judge.ts";

const RESPONSE_TIME = PLACE.response_time;
const LATENCY = PLACE.latency;
const SERVICE_TIME = PLACE.service_time;
const START_DELAY = PLACE.start_delay;

/** When the calls of an operation count as overdue or tainted; microseconds. */
export interface CallLimits {
  /** A call cut off at this age or later counts as an error; Infinity: none does. */
  overdue_us: number;
  /** Stalls of june-load that together last longer taint a call. */
  taint_us: number;
  /** A call that took longer, whatever june-load added to it, breaks every rule on its time; Infinity: none does. */
  beyond_us: number;
}

/** Where no rule of the plan says more. */
export const DEFAULT_LIMITS: CallLimits = { overdue_us: Infinity, taint_us: 50_000, beyond_us: Infinity };

/** One operation in one stage: its series, and what a call of it must meet to be good. */
export class OperationStats {
  readonly series = new Series();
  readonly gap = this.series.histogram("gap");
  readonly pacing_error = this.series.histogram("pacing_error");
  readonly response_latency = this.series.histogram("response_latency");
  readonly #histograms: readonly Histogram[] = DISTRIBUTION_NAMES.map((name) => this.series.histogram(name));
  /** While a tainted call is counted: where it is counted once more. */
  #tainted: Series | null = null;
  readonly #judge: CallJudge;
  /** Figures of the call that is being counted, by place; NaN where a figure does not apply to it. */
  readonly #values: Float64Array = new Float64Array(DISTRIBUTION_NAMES.length).fill(NaN);

  /** @param objectives that apply to the operation; null: the plan has none at all */
  constructor(objectives: readonly Objective[] | null, readonly limits: CallLimits = DEFAULT_LIMITS) {
    this.#judge = new CallJudge(objectives);
  }

  /** Counts a call that has ended; one that june-load spoilt is counted among the tainted, too, until `settle`. */
  end(
    outcome: Outcome,
    { sent_bytes, received_bytes }: Pick<OperationEnd, "sent_bytes" | "received_bytes">,
    tainted: boolean,
  ): void {
    this.#tainted = tainted ? this.series.tainted : null;
    this.#endIn(this.series, outcome, sent_bytes, received_bytes);
    if (this.#tainted === null) return;
    this.#tainted.issued++;
    this.#endIn(this.#tainted, outcome, sent_bytes, received_bytes);
  }

  #endIn(series: Series, outcome: Outcome, sent_bytes: number, received_bytes: number): void {
    series.outcomes[outcome]++;
    series.sent_bytes += sent_bytes;
    series.received_bytes += received_bytes;
  }

  /** Adds to one of the sums. */
  count(name: Counter, amount: number): void {
    this.series.count(name, amount);
    this.#tainted?.count(name, amount);
  }

  /** Records how long a call that failed had taken. */
  failed(latency_us: number): void {
    this.series.failed_latency.record(latency_us);
    this.#tainted?.failed_latency.record(latency_us);
  }

  /** Records the age at which a call was given up: its answer would have taken longer. */
  censored(age_us: number): void {
    this.series.censored.recordSigned(age_us);
    this.#tainted?.censored.recordSigned(age_us);
  }

  /** Records what a person waited for the answer; negative where it came before the end of speech. */
  responded(response_us: number): void {
    (this.#histograms[RESPONSE_TIME] as Histogram).recordSigned(response_us);
    this.#tainted?.histogram("response_time").recordSigned(response_us);
    this.#values[RESPONSE_TIME] = response_us;
  }

  /** Records the figures that every ok call has. */
  takeTimes(latency_us: number, service_us: number, delay_us: number): void {
    this.#record(LATENCY, latency_us);
    this.#record(SERVICE_TIME, service_us);
    this.#record(START_DELAY, delay_us);
  }

  /** Records one figure of the call that is being counted. */
  take(of: Distribution, value: number): void {
    this.#record(PLACE[of], value);
  }

  #record(place: number, value: number): void {
    (this.#histograms[place] as Histogram).record(value);
    this.#tainted?.histogram(DISTRIBUTION_NAMES[place] as Distribution).record(value);
    this.#values[place] = value;
  }

  /** Notes a figure that is already recorded, so that a limit on it is kept. */
  note(of: Distribution, value: number): void {
    this.#values[PLACE[of]] = value;
  }

  /**
   * Ends the counting of a call.
   * @param as `miss`: it should have been answered and was not; `neither`: it could not be
   */
  settle(as: "ok" | "miss" | "neither"): void {
    const counts = this.#judge.judge(as, this.#values);
    if (counts !== null) this.count(counts, 1);
    this.#tainted = null;
    if (this.#judge.reads) this.#values.fill(NaN);
  }
}
