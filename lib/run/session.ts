/** One run: pools, observers and result file held together from the first start to the end mark. */
import type { Plan } from "../plan/plan.ts";
import type { PoolOrder } from "../pool/messages.ts";
import type { ReadyPools, RunningPools } from "../pool/pools.ts";
import type { ResultWriter } from "../result/file.ts";
import type { EndRecord, EventRecord, IntervalRecord, ResultRecord } from "../result/record.ts";
import { Run } from "../result/run.ts";
import { watchAbortRules } from "./abort_rules.ts";
import { type EndCause, endingOf } from "./end_cause.ts";
import { headerFor, type HeaderOptions } from "./header.ts";
import type { CreateObserver, Observed, Observer } from "./observer.ts";
import { sampleResources } from "./resource_sampling.ts";
import { readStatistics } from "./statistics_reading.ts";

/** What a session runs, and where its result goes. */
export interface SessionOptions extends HeaderOptions {
  pools: ReadyPools;
  /** Takes the lines of the result; the session closes it. */
  writer: ResultWriter;
}

/** How a session came out. */
export interface SessionEnd {
  run: Run;
  /** Why the result file is not whole, or null. */
  writeFailure: Error | null;
}

/** What a session reports. */
export type SessionEvent =
  /** A second of the load is in the run. */
  | { type: "second"; run: Run }
  /** Something worth knowing happened. */
  | { type: "event"; event: EventRecord }
  /** The last call has ended and the result is closed; nothing follows. */
  | { type: "ended"; end: SessionEnd };

/** Hears of everything a session reports, in order. */
export type SessionListener = (event: SessionEvent) => void;

/** How far a session is. */
export type SessionState =
  /** The load has not begun; a cause to end it may be there already. */
  | { tag: "waiting"; cause: EndCause | null }
  | { tag: "running"; pools: RunningPools }
  /** No new tasks start; calls in flight may still end. */
  | { tag: "ending"; pools: RunningPools; cause: EndCause }
  | { tag: "ended" };

/** In the order in which they begin; they finish the other way round. */
const OBSERVERS: readonly CreateObserver[] = [readStatistics, sampleResources, watchAbortRules];

/**
 * A run and those who follow it. Whoever shows it subscribes, and may end it early; what was measured is kept.
 *
 * What is to change while the load goes on reaches the pools as a `PoolOrder`, through one private method.
 */
export class Session {
  readonly plan: Plan;
  readonly run: Run;
  readonly #pools: ReadyPools;
  readonly #writer: ResultWriter;
  readonly #listeners = new Set<SessionListener>();
  readonly #observers: readonly Observer[];
  #state: SessionState = { tag: "waiting", cause: null };

  constructor(options: SessionOptions) {
    this.plan = options.plan;
    this.run = new Run(headerFor(options, new Date()));
    this.#pools = options.pools;
    this.#writer = options.writer;
    const observed: Observed = {
      plan: this.plan,
      run: this.run,
      now_ms: () => this.#now_ms(),
      keep: (record) => this.#keep(record),
      end: (cause) => this.#end(cause),
    };
    this.#observers = OBSERVERS.map((create) => create(observed));
  }

  /** How far it is. */
  get phase(): SessionState["tag"] {
    return this.#state.tag;
  }

  /** Has `listener` hear of everything from now on; returns what takes it off again. */
  subscribe(listener: SessionListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** No new tasks; calls in flight have the grace period. Before the start: the load ends as soon as it begins. */
  stop(): void {
    this.#end({ tag: "user_stop" });
  }

  /** Cuts off what is in flight, also after a stop. */
  abort(): void {
    this.#end({ tag: "user_abort" });
  }

  /**
   * Runs the load and writes the result as it goes. To be called once.
   * @returns how it came out; a disk that fills up ends the run, and is told as `writeFailure`
   */
  async execute(): Promise<SessionEnd> {
    const pools = await this.#begin();
    const { failure } = await pools.done;
    for (const observer of this.#observers.toReversed()) await observer.finish?.();
    if (failure !== null) this.#end({ tag: "pool_failure", error: failure });
    return await this.#close();
  }

  /** Starts the load. What prevents that ends the pools, too. */
  async #begin(): Promise<RunningPools> {
    try {
      this.#writer.write(this.run.header);
      for (const observer of this.#observers) await observer.before?.();
    } catch (error) {
      this.#pools.discard();
      await this.#writer.close().catch(() => {});
      throw error;
    }
    const pools = this.#pools.start((interval) => this.#addSecond({ type: "interval", ...interval }));
    const cause = this.#state.tag === "waiting" ? this.#state.cause : null;
    this.#state = { tag: "running", pools };
    for (const observer of this.#observers) observer.begin?.();
    if (cause !== null) this.#end(cause);
    return pools;
  }

  #addSecond(interval: IntervalRecord): void {
    this.#keep(interval);
    const { failure } = this.#writer;
    if (failure !== null) this.#end({ tag: "write_failure", error: failure });
    if (this.#state.tag === "running") { for (const observer of this.#observers) observer.second?.(); }
    this.#report({ type: "second", run: this.run });
  }

  async #close(): Promise<SessionEnd> {
    const { reason, text } = this.#outcome();
    this.#keep({ type: "end", t_ms: this.#now_ms(), reason, text, unaccounted: this.run.unaccounted });
    this.#state = { tag: "ended" };
    const writeFailure = await this.#writer.close().then(() => null, (error: Error) => error);
    const end = { run: this.run, writeFailure };
    this.#report({ type: "ended", end });
    return end;
  }

  #outcome(): Pick<EndRecord, "reason" | "text"> {
    if (this.#state.tag !== "ending") return { reason: "completed", text: "" };
    const { reason, event } = endingOf(this.#state.cause);
    return { reason, text: event.text };
  }

  /** The first cause stands, unless a later one overrides it. */
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

  /** The one way to the pools while the load goes on. */
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
    if (record.type === "event") this.#report({ type: "event", event: record });
  }

  #report(event: SessionEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
