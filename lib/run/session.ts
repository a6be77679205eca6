/** One run: connects pools, observers and result file from the first start to the end mark. */
import type { Plan } from "../plan/plan.ts";
import type { Change } from "../plan/steering.ts";
import type { PoolOrder } from "../pool/messages.ts";
import type { LateOrder } from "../pool/pool_worker.ts";
import type { ReadyPools, RunningPools } from "../pool/pools.ts";
import type { ResultWriter } from "../result/file.ts";
import type { Move } from "../result/kept_file.ts";
import type { EndRecord, EventRecord, IntervalRecord, ResultRecord } from "../result/record.ts";
import { Run } from "../result/run.ts";
import { planAt } from "../schedule/steer.ts";
import { watchAbortRules } from "./abort_rules.ts";
import { type EndCause, endingOf } from "./end_cause.ts";
import { headerFor, type HeaderOptions } from "./header.ts";
import type { CreateObserver, Observed, Observer } from "./observer.ts";
import { reportConnections } from "./connection_events.ts";
import { readPages } from "./metrics_pages.ts";
import { reportShortages } from "./shortages.ts";
import { sampleResources } from "./resource_sampling.ts";
import { reportStalls } from "./stall_events.ts";
import { readStatistics } from "./statistics_reading.ts";
import { lateEvent, MAX_LATE_TOLD, steering } from "./steering.ts";

/** The plan of a session, and the writer of its result. */
export interface SessionOptions extends HeaderOptions {
  pools: ReadyPools;
  /** Writes the lines of the result; the session closes it. */
  writer: ResultWriter;
  /** Why this machine has no room for a steered plan; null: it has. Absent: nobody asks. */
  whyNoRoom?: (steered: Plan) => string | null;
}

/** The outcome of a session. */
export interface SessionEnd {
  run: Run;
  /** Why the result file is incomplete, or null. */
  writeFailure: Error | null;
  /** The result file: it may have moved. */
  path: string;
}

/** Events of a session. */
export type SessionEvent =
  /** The run holds another second of the load: this one. */
  | { type: "second"; run: Run; interval: IntervalRecord }
  /** An event for the user. */
  | { type: "event"; event: EventRecord }
  /** The last call has ended and the result is closed; no events follow. */
  | { type: "ended"; end: SessionEnd };

/** Gets all events of a session, in order. */
export type SessionListener = (event: SessionEvent) => void;

/** The state of a session. */
export type SessionState =
  /** The load has not begun; there may already be a cause to end it. */
  | { tag: "waiting"; cause: EndCause | null }
  | { tag: "running"; pools: RunningPools }
  /** No new tasks start; calls in flight may still end. */
  | { tag: "ending"; pools: RunningPools; cause: EndCause }
  | { tag: "ended" };

/** Why a load cannot be steered. */
const NOT_RUNNING = {
  waiting: "The load has not begun",
  ending: "The load is ending: no task starts any more",
  ended: "The run has ended",
} as const;

/** In the order in which they start; they finish in reverse order. */
const OBSERVERS: readonly CreateObserver[] = [
  readStatistics,
  sampleResources,
  readPages,
  reportShortages,
  reportConnections,
  reportStalls,
  watchAbortRules,
];

/**
 * A run and its subscribers. Views subscribe to it and may end it early; the measurements are kept.
 *
 * Changes during the load reach the pools as a `PoolOrder`, through one private method.
 */
export class Session {
  readonly plan: Plan;
  readonly run: Run;
  readonly #pools: ReadyPools;
  readonly #writer: ResultWriter;
  readonly #whyNoRoom: (steered: Plan) => string | null;
  readonly #listeners = new Set<SessionListener>();
  readonly #observers: readonly Observer[];
  /** Orders that came to a pool too late. */
  #late = 0;
  #state: SessionState = { tag: "waiting", cause: null };

  constructor(options: SessionOptions) {
    this.plan = options.plan;
    this.run = new Run(headerFor(options, new Date()));
    this.#pools = options.pools;
    this.#writer = options.writer;
    this.#whyNoRoom = options.whyNoRoom ?? (() => null);
    this.#writer.onMove = (move) => this.#tellMove(move);
    const observed: Observed = {
      plan: this.plan,
      run: this.run,
      now_ms: () => this.#now_ms(),
      keep: (record) => this.#keep(record),
      end: (cause) => this.#end(cause),
    };
    this.#observers = OBSERVERS.map((create) => create(observed));
  }

  /** Its phase. */
  get phase(): SessionState["tag"] {
    return this.#state.tag;
  }

  /** Calls `listener` for all events from now on; returns a function that stops this. */
  subscribe(listener: SessionListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Starts no new tasks; calls in flight have the grace period. Before the start: ends the load as soon as it begins. */
  stop(): void {
    this.#end({ tag: "user_stop" });
  }

  /** Ends calls in flight at once, also after a stop. */
  abort(): void {
    this.#end({ tag: "user_abort" });
  }

  /** The plan, redacted, with what is still to come as it was steered; of a paused run as though it went on now. */
  get plan_now(): Plan {
    return planAt(this.run.steering, this.#now_ms());
  }

  /** No new task starts, or will soon: the user paused the run. */
  get paused(): boolean {
    return this.run.steering.paused_ms !== null;
  }

  /**
   * Changes the running load. The change holds a moment later, so that all pools switch at the same instant, and becomes
   * an event of the result.
   */
  steer(change: Change): { refused: string } | { event: EventRecord } {
    if (this.#state.tag !== "running") return { refused: NOT_RUNNING[this.#state.tag] };
    const steered = steering(this.run, change, this.#now_ms(), this.#whyNoRoom);
    if ("refused" in steered) return steered;
    this.#keep(steered.event);
    if (steered.order !== null) this.#order(steered.order);
    return { event: steered.event };
  }

  /**
   * Runs the load and writes the result meanwhile. May be called only once.
   * @returns the outcome; a full disk ends the run and is reported as `writeFailure`
   */
  async execute(): Promise<SessionEnd> {
    const pools = await this.#begin();
    const { failure } = await pools.done;
    for (const observer of this.#observers.toReversed()) await observer.finish?.();
    if (failure !== null) this.#end({ tag: "pool_failure", error: failure });
    return await this.#close();
  }

  /** Starts the load. A failure to start ends the pools too. */
  async #begin(): Promise<RunningPools> {
    try {
      this.#writer.write(this.run.header);
      for (const observer of this.#observers) await observer.before?.();
    } catch (error) {
      this.#pools.discard();
      await this.#writer.close().catch(() => {});
      throw error;
    }
    const pools = this.#pools.start(
      (interval) => this.#addSecond({ type: "interval", ...interval }),
      (late) => this.#tellLate(late),
    );
    const cause = this.#state.tag === "waiting" ? this.#state.cause : null;
    this.#state = { tag: "running", pools };
    for (const observer of this.#observers) observer.begin?.();
    if (cause !== null) this.#end(cause);
    return pools;
  }

  #tellLate(late: LateOrder): void {
    if (this.#late++ < MAX_LATE_TOLD) this.#keep(lateEvent(late, this.plan.workers));
  }

  #addSecond(interval: IntervalRecord): void {
    this.#keep(interval);
    const { failure } = this.#writer;
    if (failure !== null) this.#end({ tag: "write_failure", error: failure });
    if (this.#state.tag === "running") { for (const observer of this.#observers) observer.second?.(interval); }
    this.#report({ type: "second", run: this.run, interval });
  }

  async #close(): Promise<SessionEnd> {
    const { reason, text } = this.#outcome();
    this.#keep({ type: "end", t_ms: this.#now_ms(), reason, text, unaccounted: this.run.open_calls });
    this.#state = { tag: "ended" };
    const writeFailure = await this.#writer.close().then(() => null, (error: Error) => error);
    const end = { run: this.run, writeFailure, path: this.#writer.path };
    this.#report({ type: "ended", end });
    return end;
  }

  /** After the end mark it is only told, not written: nothing follows that mark. */
  #tellMove({ from, to }: Move): void {
    const text = `${JSON.stringify(from)} was removed or replaced: the result goes on, whole, in ${JSON.stringify(to)}`;
    const event: EventRecord = { type: "event", t_ms: this.#now_ms(), kind: "result_moved", text };
    if (this.#state.tag === "ended") this.#report({ type: "event", event });
    else this.#keep(event);
  }

  #outcome(): Pick<EndRecord, "reason" | "text"> {
    if (this.#state.tag !== "ending") return { reason: "completed", text: "" };
    const { reason, event } = endingOf(this.#state.cause);
    return { reason, text: event.text };
  }

  /** The first cause stays, unless a later one overrides it. */
  #end(cause: EndCause): void {
    const state = this.#state;
    const { event, kept, overrides, order } = endingOf(cause);
    switch (state.tag) {
      case "waiting":
        if (state.cause === null || overrides) this.#state = { tag: "waiting", cause };
        return;
      case "running":
        this.#state = { tag: "ending", pools: state.pools, cause };
        break;
      case "ending":
        if (overrides) this.#state = { ...state, cause };
        break;
      case "ended":
        return;
    }
    if (state.tag === "running" || kept === "always") this.#keep({ type: "event", t_ms: this.#now_ms(), ...event });
    if (order !== null) this.#order(order);
  }

  /** The only way to the pools during the load. */
  #order(order: PoolOrder): void {
    this.#running?.order(order);
  }

  get #running(): RunningPools | null {
    return this.#state.tag === "running" || this.#state.tag === "ending" ? this.#state.pools : null;
  }

  #now_ms(): number {
    const pools = this.#running;
    return pools === null ? 0 : Math.round(performance.now() - pools.epoch_ms);
  }

  #keep(record: ResultRecord): void {
    this.run.add(record);
    this.#writer.write(record);
    // An event that counts an earlier one is no news.
    if (record.type === "event" && record.count === undefined) this.#report({ type: "event", event: record });
  }

  #report(event: SessionEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
