/** A virtual user of a closed load: one task after another, with think time between. */
import type { Operation, RunningOperation } from "../driver/driver.ts";
import type { ThinkTime } from "../plan/plan.ts";
import { drawThinkTime, type WeightedChoice } from "../schedule/choice.ts";
import type { RandomStream } from "../schedule/random.ts";
import type { PoolClock } from "./clock.ts";
import type { CallRecord, Recorder } from "./recorder.ts";

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
export class User {
  #call: { record: CallRecord; running: RunningOperation | null } | null = null;

  constructor(readonly context: UserContext, readonly random: RandomStream) {}

  /** Runs the next task, meant to start at `intended_us`; nothing when the load has ended by then. */
  begin(intended_us: number): void {
    const { operations, choice, recorder, clock, load_end_us } = this.context;
    if (intended_us >= load_end_us()) return;
    const operation = operations[choice.draw(this.random)] as Operation;
    let ended = false;
    const record = recorder.begin(operation, intended_us, () => {
      ended = true;
      this.#call = null;
      this.#think(started ? 0 : SPIN_GUARD_US);
    });
    let started = false;
    const call = this.#call = { record, running: null as RunningOperation | null };
    const running = operation.start(this.random, clock, record);
    started = true;
    if (!ended) call.running = running;
  }

  #think(extra_us: number): void {
    const { clock, think_time } = this.context;
    const pause_us = drawThinkTime(think_time, this.random) + extra_us;
    const intended_us = clock.now_us() + pause_us;
    if (pause_us === 0) return this.begin(intended_us);
    clock.at(intended_us, () => this.begin(intended_us));
  }

  /** Cuts off the call in flight, if any; it ends as unfinished. */
  cut(): void {
    if (this.#call === null) return;
    this.#call.record.cut = true;
    this.#call.running?.cancel();
  }

  /** After `cut`: counts a call whose driver never reported its end, so that none is lost. */
  forceEnd(): void {
    this.#call?.record.end({
      outcome: "cancelled",
      code: 1,
      type: "CANCELLED",
      details: "the driver did not end the call after it was cancelled",
      sent_bytes: 0,
      received_bytes: 0,
    });
  }
}
