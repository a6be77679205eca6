/** Turns the marks of calls into series, and hands over all of it once a second. */
import type { Clock, Operation, OperationEnd, TextUse } from "../driver/driver.ts";
import { Failures } from "../measure/failures.ts";
import type { IntervalData, TranscriptExample, TurnExample } from "../measure/interval.ts";
import { WorstTranscripts } from "../measure/worst_transcripts.ts";
import type { Objective, Stage } from "../plan/plan.ts";
import { Aftermath } from "./aftermath.ts";
import { type CallListener, CallRecord, type CallSink } from "./call_record.ts";
import { type CallLimits, DEFAULT_LIMITS, OperationStats } from "./operation_stats.ts";
import { Shortages } from "./shortages.ts";
import type { Stalls } from "./stalls.ts";

export type { CallListener, CallRecord } from "./call_record.ts";

/** Longest text of a transcript that is kept; characters. */
const MAX_TRANSCRIPT = 500;

const NO_BYTES = { sent_bytes: 0, received_bytes: 0 };

/**
 * What a pool has measured since the last flush.
 *
 * @example One call, counted.
 * ```ts
 * import assert from "node:assert/strict";
 * let now_us = 0;
 * const clock = { now_us: () => now_us, at: () => ({ cancel() {} }) };
 * const recorder = new Recorder(clock, [{ name: "hold", load: 0, start_ms: 0, end_ms: 60_000, warm_up: false }]);
 * const operation = { name: "llm.chat", reply_stream: false, start: () => ({ cancel() {} }) };
 *
 * const call = recorder.begin(operation, 0, 1000, { callEnded() {} });
 * now_us = 1500;
 * call.sent();
 * now_us = 41_000;
 * call.end({ outcome: "ok", code: 0, type: "", details: "", sent_bytes: 90, received_bytes: 800 });
 *
 * const [series] = recorder.flush().series;
 * assert.deepEqual([series?.issued, series?.outcomes.ok, series?.received_bytes], [1, 1, 800]);
 * // From the instant it was meant to start, and from the instant it was sent.
 * assert.deepEqual([series?.histograms.latency?.max, series?.histograms.service_time?.max], [40_000, 39_500]);
 * ```
 */
export class Recorder implements CallSink {
  /** By operation, then by stage. */
  readonly #meters = new Map<string, OperationStats[]>();
  readonly #failures = new Failures();
  #in_flight = 0;
  #slowest: TurnExample | null = null;
  /** Of the stalls; null where there are none to see. */
  readonly aftermath: Aftermath | null;
  readonly #worst = new WorstTranscripts();
  /** Those of the worst transcripts that the result does not have yet. */
  #misheard: TranscriptExample[] = [];

  /** Stages of each load, in order: index in the plan, and end in microseconds. */
  #stages_of: { stage: number; end_us: number }[][] = [];
  #stages: readonly Stage[] = [];

  /**
   * @param objectives that apply to an operation; null: the plan has none, so that every ok call is good
   * @param hide takes secrets out of the words of a failure
   * @param limits of an operation
   * @param stalls when this pool could not act; null: it always could
   * @param shortages counts what this machine lacks for connections
   */
  constructor(
    readonly clock: Clock,
    stages: readonly Stage[],
    readonly objectives: (operation: string) => readonly Objective[] | null = () => null,
    readonly hide: (text: string, use: TextUse) => string = (text) => text,
    readonly limits: (operation: string) => CallLimits = () => DEFAULT_LIMITS,
    readonly stalls: Stalls | null = null,
    readonly shortages: Shortages = new Shortages(),
  ) {
    this.aftermath = stalls === null ? null : new Aftermath(stalls, () => this.#in_flight);
    this.restage(stages);
  }

  /** The stages begin and end at other instants from now on; they are as many as before, in the same order. */
  restage(stages: readonly Stage[]): void {
    this.#stages = stages;
    this.#stages_of = [];
    for (const [stage, { load, end_ms }] of stages.entries()) {
      (this.#stages_of[load] ??= []).push({ stage, end_us: end_ms * 1000 });
    }
  }

  stalledSince(from_us: number): number {
    return Math.max(this.stalls?.since(from_us) ?? 0, this.aftermath?.since(from_us) ?? 0);
  }

  lengthenedSince(from_us: number): number {
    return (this.stalls?.since(from_us) ?? 0) + (this.aftermath?.longestDelay(from_us, this.clock.now_us()) ?? 0);
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
  begin(operation: Operation, load: number, intended_us: number, owner: CallListener): CallRecord {
    const meter = this.#meterAt(operation, load, intended_us);
    meter.series.issued++;
    this.#in_flight++;
    return new CallRecord(this, operation, meter, intended_us, owner);
  }

  /** Counts a call that was due and never made: issued, and `dropped` at once. */
  drop(operation: Operation, load: number, intended_us: number): void {
    const meter = this.#meterAt(operation, load, intended_us);
    meter.series.issued++;
    const ours = this.stalledSince(intended_us) > meter.limits.taint_us || this.shortages.waiting > 0;
    meter.end("dropped", NO_BYTES, ours);
    meter.settle("miss");
  }

  #meterAt({ name }: Operation, load: number, intended_us: number): OperationStats {
    let meters = this.#meters.get(name);
    if (meters === undefined) {
      const [objectives, limits] = [this.objectives(name), this.limits(name)];
      this.#meters.set(name, meters = this.#stages.map(() => new OperationStats(objectives, limits)));
    }
    return meters[this.#stageAt(load, intended_us)] as OperationStats;
  }

  #stageAt(load: number, intended_us: number): number {
    let at = 0;
    for (const { stage, end_us } of this.#stages_of[load] ?? []) {
      at = stage;
      if (intended_us < end_us) break;
    }
    return at;
  }

  ended(): void {
    this.#in_flight--;
  }

  fail(operation: string, outcome: "failed" | "timed_out", end: OperationEnd, end_us: number): void {
    const at_ms = Math.round(end_us / 1000);
    this.#failures.add({
      operation,
      outcome,
      code: end.code,
      type: end.type,
      details: this.hide(end.details, "failure"),
      at_ms,
    });
  }

  turned(turn: TurnExample): void {
    if (turn.voice_to_voice_us > (this.#slowest?.voice_to_voice_us ?? -1)) this.#slowest = turn;
  }

  heard(transcript: TranscriptExample): void {
    if (!this.#worst.wants(transcript) || !this.#measured(transcript.start_ms)) return;
    const [said, heard] = [transcript.said, transcript.heard].map((text) =>
      cutAt(this.hide(text, "transcript"), MAX_TRANSCRIPT)
    );
    const kept = { ...transcript, said: said as string, heard: heard as string };
    this.#worst.add(kept);
    this.#misheard.push(kept);
  }

  /** Whether a stage other than warm-up runs then. */
  #measured(at_ms: number): boolean {
    return this.#stages.some(({ warm_up, start_ms, end_ms }) => !warm_up && start_ms <= at_ms && at_ms < end_ms);
  }

  /** What was measured since the last flush; the rest of the interval is the pool's to fill in. */
  flush(): Pick<IntervalData, "series" | "failures" | "turns" | "transcripts"> {
    const series = [];
    for (const [operation, meters] of this.#meters) {
      for (const [stage, { series: one }] of meters.entries()) {
        if (one.idle) continue;
        series.push(one.toData(operation, stage));
        one.clear();
      }
    }
    const failures = this.#failures.list();
    this.#failures.clear();
    const turns = this.#slowest === null ? [] : [this.#slowest];
    this.#slowest = null;
    const transcripts = this.#misheard.filter((one) => this.#worst.has(one));
    this.#misheard = [];
    return { series, failures, turns, ...(transcripts.length > 0 && { transcripts }) };
  }
}

function cutAt(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
