/**
 * The marks of every call, which a result sums up and forgets. The very readings of the clock that the pool counts are
 * kept: calls run through the pool, the drivers and the transport of every run, and nothing is read a second time.
 */
import { ForwardedMarks } from "../../../lib/driver/core/forwarded_marks.ts";
import type { Operation, OperationEnd, TurnSpan } from "../../../lib/driver/driver.ts";
import type { Alarm } from "../../../lib/pool/alarm.ts";
import { CallRecord } from "../../../lib/pool/call_record.ts";
import { PoolClock } from "../../../lib/pool/clock.ts";
import { MarkKind, MarkLog } from "./mark_log.ts";

/** One call as the pool counted it; microseconds since the run's epoch. */
export interface CallTrace {
  intended_us: number;
  ok: boolean;
  /** First bytes handed over; NaN: none were. */
  sent_us: number;
  content_us: number[];
  /** Of paced speech. */
  chunks: { due_us: number; sent_us: number }[];
  end_us: number;
  /** Legs of a voice turn; they count from `turn_us`. */
  spans: TurnSpan[];
  turn_us: number;
}

/** What is known of a call besides its marks. */
type Facts = Pick<CallTrace, "intended_us" | "ok" | "spans">;

/** A pool's clock that keeps some of its readings. */
export class TracedClock extends PoolClock {
  readonly log = new MarkLog();
  /** The last reading. */
  last_us = NaN;
  /** The call and the mark for which the next reading is; -1: for none. */
  #call = -1;
  #kind: MarkKind = MarkKind.WORK;

  /** @param epoch_ms the run's epoch on this worker's `performance.now()` */
  constructor(readonly epoch_ms: number, alarm: Alarm) {
    super(epoch_ms, alarm);
  }

  override now_us(): number {
    const now_us = this.last_us = super.now_us();
    this.log.add(-1, MarkKind.WORK, now_us);
    if (this.#call >= 0) this.log.add(this.#call, this.#kind, now_us);
    this.#call = -1;
    return now_us;
  }

  override came_us(): number {
    const call = this.#call;
    this.#call = -1;
    const came_us = super.came_us();
    if (call >= 0) this.log.add(call, this.#kind, came_us);
    // All that one read brings has one time. That its handling goes on shows in a reading past the pool's clock.
    this.log.add(-1, MarkKind.WORK, (performance.now() - this.epoch_ms) * 1000);
    return came_us;
  }

  /** Does something, and keeps its first reading, if any, as the mark of a call. */
  keepFirst<T>(call: number, kind: MarkKind, action: () => T): T {
    this.#call = call;
    this.#kind = kind;
    const result = action();
    this.#call = -1;
    return result;
  }
}

/** Traces calls on a clock. */
export class Trace {
  readonly #facts: Facts[] = [];

  constructor(readonly clock: TracedClock) {}

  /** The operation, its calls traced. */
  of(operation: Operation): Operation {
    return {
      ...operation,
      start: (start) => {
        const { marks } = start;
        if (!(marks instanceof CallRecord)) throw new TypeError("Only calls that a pool has begun can be traced");
        const facts: Facts = { intended_us: marks.intended_us, ok: false, spans: [] };
        const call = this.#facts.push(facts) - 1;
        const traced = new TracedMarks(marks, call, facts, this.clock);
        return this.clock.keepFirst(call, MarkKind.TURN, () => operation.start({ ...start, marks: traced }));
      },
    };
  }

  /** All calls in the order of their starts, and every instant at which the pool is known to have been at work, rising. */
  take(): { calls: CallTrace[]; work_us: Float64Array } {
    const calls = this.#facts.map((facts): CallTrace => ({
      ...facts,
      sent_us: NaN,
      content_us: [],
      chunks: [],
      end_us: NaN,
      turn_us: NaN,
    }));
    const work_us: number[] = [];
    this.clock.log.forEach((index, kind, at_us) => {
      const call = calls[index];
      if (call === undefined) work_us.push(at_us);
      else addMark(call, kind as MarkKind, at_us);
    });
    return { calls, work_us: Float64Array.from(work_us) };
  }
}

function addMark(call: CallTrace, kind: MarkKind, at_us: number): void {
  switch (kind) {
    case MarkKind.TURN:
      call.turn_us = at_us;
      return;
    case MarkKind.SENT:
      call.sent_us = at_us;
      return;
    case MarkKind.CONTENT:
      call.content_us.push(at_us);
      return;
    case MarkKind.CHUNK_DUE:
      call.chunks.push({ due_us: at_us, sent_us: NaN });
      return;
    case MarkKind.CHUNK_SENT:
      (call.chunks.at(-1) as CallTrace["chunks"][number]).sent_us = at_us;
      return;
    case MarkKind.END:
      call.end_us = at_us;
      return;
    case MarkKind.WORK:
      return;
  }
}

/** The marks of a call in flight. */
class TracedMarks extends ForwardedMarks {
  #sent = false;
  #ended = false;

  constructor(readonly record: CallRecord, readonly call: number, readonly facts: Facts, readonly clock: TracedClock) {
    super(record);
  }

  override sent(): void {
    if (this.#sent) return super.sent();
    this.#sent = true;
    this.clock.keepFirst(this.call, MarkKind.SENT, () => super.sent());
  }

  override content(audio_us?: number): void {
    this.clock.keepFirst(this.call, MarkKind.CONTENT, () => super.content(audio_us));
  }

  override paced(late_us: number, own_us: number): void {
    // The speaker has just read the clock to find that the chunk is due.
    const { last_us, log } = this.clock;
    log.add(this.call, MarkKind.CHUNK_DUE, last_us - late_us);
    log.add(this.call, MarkKind.CHUNK_SENT, last_us);
    super.paced(late_us, own_us);
  }

  override end(end: OperationEnd): void {
    if (this.#ended) return super.end(end);
    this.#ended = true;
    this.clock.keepFirst(this.call, MarkKind.END, () => super.end(end));
    this.facts.ok = this.record.outcome === "ok";
    this.facts.spans = end.content?.turn?.spans ?? [];
  }
}
