/** Time in a pool: microseconds since the run's epoch, and many timers behind one `setTimeout`. */
import type { Clock, Timer } from "../driver/driver.ts";
import { Timers } from "../time/timers.ts";
import type { Alarm } from "./alarm.ts";
import { LEAD_US } from "./alarm_memory.ts";
import { type Stall, STALL_FLOOR_US, Stalls } from "./stalls.ts";

/** `setTimeout(n)` fires about n + 1.1 ms later, so it is asked for this much less. Milliseconds. */
const TIMER_LATE_MS = 1;

/**
 * A clock whose timers run in the order of their due instants.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const clock = new PoolClock(performance.now());
 * const ran_us: number[] = [];
 * await new Promise<void>((resolve) => {
 *   clock.at(4000, () => resolve());
 *   clock.at(2000, () => ran_us.push(clock.now_us()));
 *   clock.at(1000, () => ran_us.push(clock.now_us())).cancel();
 * });
 * assert.equal(ran_us.length, 1);
 * assert.ok(ran_us.every((at_us) => at_us >= 2000), "never before its instant");
 * clock.close();
 * ```
 */
export class PoolClock implements Clock {
  /** When this thread could not act. */
  readonly stalls = new Stalls();
  readonly #timers = new Timers();
  readonly #epoch_ms: number;
  readonly #alarm: Alarm | null;
  /** When the alarm is to ring; microseconds. */
  #alarm_us = Infinity;
  #after_us = Infinity;
  #timer: { due_us: number; handle: ReturnType<typeof setTimeout> } | null = null;
  #firing = false;
  #worst_us = 0;
  /** When the present turn of the event loop first told of something that came in; NaN: it has not. */
  #came_us = NaN;
  readonly #endTurn = (): void => {
    this.#came_us = NaN;
  };

  /**
   * @param epoch_ms the run's epoch on this worker's `performance.now()`
   * @param alarm with it timers run some 0.1 ms late or, after a pause, in time, instead of 1 to 2 ms late; `close` ends it
   */
  constructor(epoch_ms: number, alarm: Alarm | null = null) {
    this.#epoch_ms = epoch_ms;
    this.#alarm = alarm;
    if (alarm !== null) alarm.onRing = () => this.#ring();
  }

  /** Reads the clock; a timer that should have run long before shows that this thread stood still. */
  now_us(): number {
    const now_us = (performance.now() - this.#epoch_ms) * 1000;
    const { first_due } = this.#timers;
    if (now_us - first_due > STALL_FLOOR_US) this.stalls.saw(first_due, now_us);
    // What a call sends in this turn it does not get an answer to before.
    if (this.#came_us < now_us) this.#came_us = now_us;
    return now_us;
  }

  /**
   * Hundreds of messages may come in one read. Each is handled in some microseconds, so that the last would count as up to
   * a millisecond late; the whole read is handled in one turn.
   */
  came_us(): number {
    if (Number.isNaN(this.#came_us)) {
      this.#came_us = this.now_us();
      queueMicrotask(this.#endTurn);
    }
    return this.#came_us;
  }

  /** An instant of `performance.now` in microseconds since the run's epoch. */
  at_us(now_ms: number): number {
    return (now_ms - this.#epoch_ms) * 1000;
  }

  at(due_us: number, action: () => void): Timer {
    const soonest = due_us < this.#timers.first_due;
    const timer = this.#timers.add(due_us, action);
    if (soonest && !this.#firing) this.#arm(due_us);
    return timer;
  }

  /** Largest delay between a timer's due instant and its run since the last call; microseconds. */
  takeWorstDelay(): number {
    const worst_us = this.#worst_us;
    this.#worst_us = 0;
    return worst_us;
  }

  /** When the alarm's own thread, which only sleeps, was not let run, since the last call; rising. */
  takeOverslept(): Stall[] {
    const us = (ms: number) => (ms - this.#epoch_ms) * 1000;
    return (this.#alarm?.takeOverslept() ?? []).map(({ start_ms, end_ms }) => ({
      start_us: us(start_ms),
      end_us: us(end_ms),
    }));
  }

  /** Forgets all timers. */
  close(): void {
    this.#timers.clear();
    this.#alarm?.close();
    if (this.#timer !== null) clearTimeout(this.#timer.handle);
  }

  #arm(due_us: number): void {
    if (this.#alarm !== null) this.#setAlarm(this.#alarm, due_us);
    // A timer that fires early only looks and is set anew: cheaper than to move it with every alarm.
    if (this.#timer !== null && this.#timer.due_us <= due_us) return;
    if (this.#timer !== null) clearTimeout(this.#timer.handle);
    const wait_ms = Math.max(0, Math.round((due_us - this.now_us()) / 1000 - TIMER_LATE_MS));
    // A timer of more than 2^31 ms would fire at once.
    const handle = setTimeout(() => {
      this.#timer = null;
      this.#fire();
    }, Math.min(wait_ms, 1e9));
    this.#timer = { due_us, handle };
  }

  #setAlarm(alarm: Alarm, due_us: number): void {
    const after_us = this.#timers.second_due;
    if (due_us === this.#alarm_us && after_us === this.#after_us) return;
    this.#alarm_us = due_us;
    this.#after_us = after_us;
    alarm.set(this.#epoch_ms + due_us / 1000, this.#epoch_ms + after_us / 1000);
  }

  #ring(): void {
    this.#alarm_us = this.#after_us = Infinity;
    const due_us = this.#timers.first_due;
    // The alarm rang early, so that this thread is awake when the instant comes.
    if (due_us - this.now_us() <= LEAD_US) { while (this.now_us() < due_us); }
    this.#fire();
  }

  #fire(): void {
    const now_us = this.now_us();
    this.#firing = true;
    for (let timer = this.#timers.take(now_us); timer !== null; timer = this.#timers.take(now_us)) {
      this.#worst_us = Math.max(this.#worst_us, now_us - timer.due);
      timer.run();
    }
    this.#firing = false;
    const { first_due } = this.#timers;
    if (first_due !== Infinity) this.#arm(first_due);
  }
}
