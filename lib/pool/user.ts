/** A virtual user of a closed load: one task after another, with think time between. */
import type { Operation, RunningOperation } from "../driver/driver.ts";
import type { ThinkTime } from "../plan/plan.ts";
import { drawThinkTime, type WeightedChoice } from "../schedule/choice.ts";
import type { RandomStream } from "../schedule/random.ts";
import type { PoolClock } from "./clock.ts";
import type { CallOwner, CallRecord, Recorder } from "./recorder.ts";

/** Pause before the next task when one ended before it had begun, so that a dead target cannot make the pool spin. */
const SPIN_GUARD_US = 1000;

/** What all users of a pool share. */
export interface UserContext {
  clock: PoolClock;
  recorder: Recorder;
  operations: readonly Operation[];
  choice: WeightedChoice;
  think_time: ThinkTime;
  /** No task starts at or after this instant; microseconds. */
  load_end_us: () => number;
}

/** One user; it starts nothing more once the load has ended. */
export class User implements CallOwner {
  /** The call in flight. */
  #record: CallRecord | null = null;
  #running: RunningOperation | null = null;
  #starting = false;

  constructor(readonly context: UserContext, readonly random: RandomStream) {}

  /** Runs the next task, meant to start at `intended_us`; nothing when the load has ended by then. */
  begin(intended_us: number): void {
    const { operations, choice, recorder, clock, load_end_us } = this.context;
    if (intended_us >= load_end_us()) return;
    const operation = operations[choice.draw(this.random)] as Operation;
    const record = this.#record = recorder.begin(operation, 0, intended_us, this);
    this.#starting = true;
    const running = operation.start(this.random, clock, record);
    this.#starting = false;
    if (this.#record === record) this.#running = running;
  }

  callEnded(end_us: number): void {
    this.#record = null;
    this.#running = null;
    this.#think(end_us, this.#starting ? SPIN_GUARD_US : 0);
  }

  #think(from_us: number, extra_us: number): void {
    const { clock, think_time } = this.context;
    const pause_us = drawThinkTime(think_time, this.random) + extra_us;
    const intended_us = from_us + pause_us;
    if (pause_us === 0) return this.begin(intended_us);
    clock.at(intended_us, () => this.begin(intended_us));
  }

  /** Cuts off the call in flight, if any; it ends as unfinished. */
  cut(): void {
    if (this.#record === null) return;
    this.#record.cut = true;
    this.#running?.cancel();
  }

  /** After `cut`: counts a call whose driver never reported its end, so that none is lost. */
  forceEnd(): void {
    this.#record?.end({
      outcome: "cancelled",
      code: 1,
      type: "CANCELLED",
      details: "the driver did not end the call after it was cancelled",
      sent_bytes: 0,
      received_bytes: 0,
    });
  }
}
