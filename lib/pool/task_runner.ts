/** Runs tasks one at a time: what users and arrivals have in common. */
import type { Operation, OperationEnd, RunningOperation, UserIdentity } from "../driver/driver.ts";
import type { LoadPlan } from "../plan/plan.ts";
import type { WeightedChoice } from "../schedule/choice.ts";
import type { RandomStream } from "../schedule/random.ts";
import type { PoolClock } from "./clock.ts";
import type { CallListener, CallRecord, Recorder } from "./recorder.ts";
import type { GeneratorWatch } from "./generator_watch.ts";
import { Pair } from "./pair.ts";

/** What all tasks of one load in one pool share. */
export interface LoadContext {
  clock: PoolClock;
  recorder: Recorder;
  watch: GeneratorWatch;
  seed: number;
  /** Index of the load in the plan. */
  load: number;
  /** The load's tasks, prepared, and how one of them is drawn. */
  operations: readonly Operation[];
  choice: WeightedChoice;
  /** In a duet: the operation of the other side for each of `operations`; null: each task is one call. */
  partners: ReadonlyMap<Operation, Operation> | null;
}

const NEVER_ENDED: OperationEnd = {
  outcome: "cancelled",
  code: 1,
  type: "CANCELLED",
  details: "the driver did not end the call after it was cancelled",
  sent_bytes: 0,
  received_bytes: 0,
};

/** Who runs one task at a time. */
export abstract class TaskRunner implements CallListener {
  /** The call in flight. */
  #record: CallRecord | null = null;
  #running: RunningOperation | null = null;
  #starting = false;
  /** In a duet: the calls in flight. */
  #pair: Pair | null = null;

  /** @param user whose tasks they are; null: an arrival's, which belongs to nobody */
  constructor(readonly context: LoadContext, readonly user: UserIdentity | null, readonly random: RandomStream) {}

  /** A task is in flight. */
  get busy(): boolean {
    return this.#record !== null || this.#pair !== null;
  }

  /** Draws one of the load's tasks. */
  protected draw(): Operation {
    const { operations, choice } = this.context;
    return operations[choice.pick(this.random)] as Operation;
  }

  /**
   * Starts a task that was meant to start at `intended_us`.
   * @param repeat the last call of the same user was refused or lost
   */
  protected start(operation: Operation, intended_us: number, repeat = false): void {
    const { recorder, clock, load, partners } = this.context;
    const partner = partners?.get(operation);
    if (partner !== undefined) return this.#startPair([operation, partner], intended_us, repeat);
    const record = this.#record = recorder.begin(operation, load, intended_us, this);
    record.repeat = repeat;
    this.#starting = true;
    const { user, random } = this;
    const running = operation.start({ user, random, clock, marks: record, givenText: null, inputs: null });
    this.#starting = false;
    if (this.#record === record) this.#running = running;
  }

  #startPair(operations: [Operation, Operation], intended_us: number, repeat: boolean): void {
    this.#pair = new Pair(this, operations, intended_us, repeat, (end_us, atOnce, end) => {
      this.#pair = null;
      this.ended(end_us, atOnce, end);
    });
    this.#pair.start();
  }

  /** Counts a task that was due and never started. */
  protected dropped(operation: Operation, intended_us: number): void {
    const { recorder, load, partners } = this.context;
    recorder.drop(operation, load, intended_us);
    const partner = partners?.get(operation);
    if (partner !== undefined) recorder.drop(partner, load, intended_us);
  }

  /**
   * The task has been counted.
   * @param at_once it ended before it had begun, as with a target that is not there
   */
  protected abstract ended(end_us: number, at_once: boolean, end: OperationEnd): void;

  callEnded(end_us: number, end: OperationEnd): void {
    this.#record = null;
    this.#running = null;
    this.ended(end_us, this.#starting, end);
  }

  /** Cuts off the task in flight, if any; it ends as unfinished. */
  cut(): void {
    this.#pair?.cut();
    if (this.#record === null) return;
    this.#record.cut = true;
    this.#running?.cancel();
  }

  /** After `cut`: counts a task whose driver never reported its end, so that none is lost. */
  forceEnd(): void {
    this.#pair?.forceEnd(NEVER_ENDED);
    this.#record?.end(NEVER_ENDED);
  }
}

/** From when a load is another one. */
export interface Turn {
  at_us: number;
  /** No task starts from then on. */
  paused: boolean;
  /** The instant of the next order, which holds what comes from then on; Infinity: none is known. */
  next_us: number;
}

/** One load of the plan in one pool. */
export interface RunningLoad {
  /** Begins; the clock stands before the first instant or little behind it. */
  start(): void;
  /** Starts nothing that is meant to start at or after an instant, until it is given another load. */
  hold(from_us: number): void;
  /** From `turn.at_us` on the load is another one. */
  steer(load: LoadPlan, turn: Turn): void;
  /** Starts nothing more from now on; what waits to be started is dropped. */
  stop(): void;
  /** Cuts off what is in flight. */
  cut(): void;
  /** After `cut`: ends what its driver never ended. */
  forceEnd(): void;
  /** Most users that ran at a time in the interval from `from_us` to now; an open load has none. */
  usersSince(from_us: number): number;
}
