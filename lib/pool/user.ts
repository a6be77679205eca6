/** A virtual user of a closed load: one task after another, with think time between. */
import type { OperationEnd, Timer } from "../driver/driver.ts";
import type { ThinkTime, UserStart } from "../plan/plan.ts";
import type { RandomStream } from "../schedule/random.ts";
import { firstPause_us, nextStart, pauseAfterRefusal_us } from "../schedule/think_time.ts";
import { type LoadContext, TaskRunner } from "./task_runner.ts";

/** Pause before the next task when one ended before it had begun, so that a dead target cannot make the pool spin. */
const SPIN_GUARD_US = 1000;

/** What all users of a load share. */
export interface UserContext extends LoadContext {
  think_time: ThinkTime;
  start: UserStart;
  /** Least pause after a refused or lost call; microseconds. */
  after_failure_us: number;
  gate: Gate;
}

/** When tasks of a load start; microseconds. */
export interface Gate {
  /** No task starts at or after this instant: the load has ended, is paused, or becomes another one. */
  until_us: number;
  /** Since when the load is paused: users' time stands still. Infinity: it is not. */
  paused_us: number;
}

/** One user; it starts nothing more once it is told to stop or the load has ended. */
export class User extends TaskRunner {
  #stopped = false;
  /** Neither thinking nor in a task: only `resume` makes it go on. */
  #idle = true;
  #intended_us = 0;
  /** When the next task is due, and the timer for it. */
  #due_us = 0;
  #timer: Timer | null = null;
  /** Its last call was refused or lost. */
  #refused = false;

  /** @param number of the user in its load, from 0 */
  constructor(override readonly context: UserContext, number: number, random: RandomStream) {
    super(context, { load: context.load, number }, random);
  }

  /** Takes part in the load: it was not told to stop, or is still in its last task. */
  get active(): boolean {
    return !this.#stopped || this.busy;
  }

  /** Starts at `at_us`, or goes on where it was told to stop. */
  resume(at_us: number): void {
    this.#stopped = false;
    if (!this.#idle) return;
    const { start, think_time } = this.context;
    const first_us = at_us + (start === "at_once" ? 0 : firstPause_us(think_time, this.random));
    if (first_us <= at_us) return this.#begin(at_us, true);
    this.#idle = false;
    this.#beginAt(first_us);
  }

  /** Ends after the task in flight. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Its time has stood still and goes on, or it was held: a task that was due at `from_us` or later is due `by_us` later.
   */
  goOn(from_us: number, by_us: number): void {
    // What counts for a pause from start to start.
    this.#intended_us += by_us;
    if (this.busy || this.#due_us < from_us || (this.#idle && this.#stopped)) return;
    if (by_us === 0 && !this.#idle) return;
    this.#timer?.cancel();
    this.#idle = false;
    this.#beginAt(this.#due_us + by_us);
  }

  #beginAt(intended_us: number): void {
    this.#due_us = intended_us;
    this.#timer = this.context.clock.at(intended_us, () => this.#begin(intended_us, true));
  }

  /** @param byTimer a timer called for it, which may be late */
  #begin(intended_us: number, byTimer: boolean): void {
    const { gate, watch } = this.context;
    this.#due_us = intended_us;
    this.#idle = this.#stopped || intended_us >= gate.until_us;
    if (this.#idle) return;
    this.#intended_us = intended_us;
    watch.userBegun(byTimer ? intended_us : null);
    const repeat = this.#refused;
    this.#refused = false;
    this.start(this.draw(), intended_us, repeat);
  }

  protected override ended(ended_us: number, atOnce: boolean, end: OperationEnd): void {
    const { think_time, after_failure_us, gate } = this.context;
    // To its user, a task that ends during a pause ends when the pause begins.
    const end_us = Math.min(ended_us, gate.paused_us);
    this.#refused = end.refused === true;
    const guard_us = atOnce ? SPIN_GUARD_US : 0;
    const pause_us = this.#refused ? pauseAfterRefusal_us(after_failure_us, end.retry_after_us ?? 0) : 0;
    const next_us = Math.max(
      nextStart(think_time, this.#intended_us, end_us, this.random) + guard_us,
      end_us + pause_us,
    );
    if (next_us <= ended_us) return this.#begin(next_us, false);
    this.#beginAt(next_us);
  }
}
