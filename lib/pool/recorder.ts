/** Turns the marks of calls into series, and hands over all of it once a second. */
import type { Clock, Marks, Operation, OperationEnd } from "../driver/driver.ts";
import { Failures } from "../measure/failures.ts";
import type { IntervalData, Outcome } from "../measure/interval.ts";
import { Series } from "../measure/series.ts";
import type { Stage } from "../plan/plan.ts";

/** Who starts calls. */
export interface CallOwner {
  /** Its call has been counted; it ended at `end_us`. */
  callEnded(end_us: number): void;
}

/** What a pool has measured since the last flush. */
export class Recorder {
  readonly #series = new Map<string, Series[]>();
  readonly #failures = new Failures();
  #in_flight = 0;

  /** Stages of each load, in order: index in the plan, and end in microseconds. */
  readonly #stages_of: { stage: number; end_us: number }[][] = [];

  constructor(readonly clock: Clock, readonly stages: readonly Stage[]) {
    for (const [stage, { load, end_ms }] of stages.entries()) {
      (this.#stages_of[load] ??= []).push({ stage, end_us: end_ms * 1000 });
    }
  }

  /** Calls begun and not ended. */
  get in_flight(): number {
    return this.#in_flight;
  }

  /**
   * Begins one call.
   * @param load index of the load it belongs to
   * @param intended_us the instant it was meant to start; its stage is the one of the load that holds it
   * @param owner told after the call has been counted
   */
  begin(operation: Operation, load: number, intended_us: number, owner: CallOwner): CallRecord {
    const series = this.#seriesAt(operation, load, intended_us);
    series.issued++;
    this.#in_flight++;
    return new CallRecord(this, operation, series, intended_us, owner);
  }

  /** Counts a call that was due and never made: issued, and `dropped` at once. */
  drop(operation: Operation, load: number, intended_us: number): void {
    const series = this.#seriesAt(operation, load, intended_us);
    series.issued++;
    series.outcomes.dropped++;
  }

  #seriesAt(operation: Operation, load: number, intended_us: number): Series {
    let series = this.#series.get(operation.name);
    if (series === undefined) this.#series.set(operation.name, series = this.stages.map(() => new Series()));
    const stages = this.#stages_of[load] ?? [];
    const { stage } = stages.find(({ end_us }) => intended_us < end_us) ?? stages.at(-1) ?? { stage: 0 };
    return series[stage] as Series;
  }

  /** A call is no longer in flight. */
  ended(): void {
    this.#in_flight--;
  }

  /** Counts one failure in its group. */
  fail(operation: string, outcome: "failed" | "timed_out", end: OperationEnd, end_us: number): void {
    const at_ms = Math.round(end_us / 1000);
    this.#failures.add({ operation, outcome, code: end.code, type: end.type, details: end.details, at_ms });
  }

  /** What was measured since the last flush; the rest of the interval is the pool's to fill in. */
  flush(): Pick<IntervalData, "series" | "failures"> {
    const series = [];
    for (const [operation, stages] of this.#series) {
      for (const [stage, one] of stages.entries()) {
        if (one.idle) continue;
        series.push(one.toData(operation, stage));
        one.clear();
      }
    }
    const failures = this.#failures.list();
    this.#failures.clear();
    return { series, failures };
  }
}

/** The marks of one call in flight. */
export class CallRecord implements Marks {
  /** Set when the run cuts calls off: what then ends as cancelled was unfinished. */
  cut = false;
  #sent_us: number | null = null;
  #speech_end_us: number | null = null;
  #first_us: number | null = null;
  #last_us = 0;
  #ended = false;

  constructor(
    readonly recorder: Recorder,
    readonly operation: Operation,
    readonly series: Series,
    readonly intended_us: number,
    readonly owner: CallOwner,
  ) {}

  sent(): void {
    this.#sent_us ??= this.recorder.clock.now_us();
  }

  speechEnd(): void {
    this.#speech_end_us = this.recorder.clock.now_us();
  }

  content(): void {
    if (this.#ended || !this.operation.reply_stream) return;
    const now_us = this.recorder.clock.now_us();
    this.series.messages++;
    if (this.#first_us === null) this.#first_us = now_us;
    else this.series.histogram("gap").record(now_us - this.#last_us);
    this.#last_us = now_us;
  }

  paced(late_us: number): void {
    this.series.histogram("pacing_error").record(late_us);
  }

  end(end: OperationEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    const end_us = this.recorder.clock.now_us();
    const outcome: Outcome = this.cut && end.outcome === "cancelled" ? "unfinished" : end.outcome;
    this.series.outcomes[outcome]++;
    this.series.sent_bytes += end.sent_bytes;
    this.series.received_bytes += end.received_bytes;
    if (outcome === "ok") this.#recordTimes(end_us);
    else if (outcome === "failed" || outcome === "timed_out") {
      this.series.failed_latency.record(end_us - this.intended_us);
      this.recorder.fail(this.operation.name, outcome, end, end_us);
    }
    this.recorder.ended();
    this.owner.callEnded(end_us);
  }

  #recordTimes(end_us: number): void {
    const { series, intended_us } = this;
    const sent_us = this.#sent_us ?? intended_us;
    series.histogram("latency").record(end_us - intended_us);
    series.histogram("service_time").record(end_us - sent_us);
    series.histogram("start_delay").record(sent_us - intended_us);
    if (this.#first_us === null) return;
    series.histogram("first_message").record(this.#first_us - intended_us);
    // A stream may end early, its last text sent before the speech was over: there is no latency after it then.
    if (this.#speech_end_us !== null && this.#last_us >= this.#speech_end_us) {
      series.histogram("final_latency").record(this.#last_us - this.#speech_end_us);
    }
  }
}
