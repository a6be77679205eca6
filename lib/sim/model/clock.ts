/** The simulator's clock; tests replace it by a manual one. */
import { clearImmediate, setImmediate } from "node:timers";
import { Timers } from "../../time/timers.ts";

/** A clock that counts from the simulator's start. */
export interface SimClock {
  /** Milliseconds since the start; never goes back. */
  now_ms(): number;
  /** Calls `action` once `due_ms` is reached, never before this call returns. */
  at(due_ms: number, action: () => void): Timer;
}

/** A pending timer. */
export interface Timer {
  cancel(): void;
}

/** A timer due within this time runs now: the host's timers are not finer; milliseconds. */
const SLACK_MS = 0.3;
/** The host's setTimeout fires about this late, so it is set this much earlier; milliseconds. */
const HOST_LATENESS_MS = 1;
/** A precise clock polls when less than this is left: the host's setTimeout may be this late; milliseconds. */
const POLL_MS = 3;

/** The real clock: one host timer for any number of pending actions. */
export class HostClock implements SimClock {
  readonly #origin_ms = performance.now();
  readonly #precise: boolean;
  readonly #timers = new Timers();
  /**
   * The time in the present turn of the event loop, if read: reading the host's clock costs as much as a small reply.
   */
  #turn_ms: number | null = null;
  #armed: { due_ms: number; disarm(): void } | null = null;

  /**
   * @param precise never early, and late by one turn of the event loop, some microseconds. It keeps one core busy
   * whenever something is due within 3 ms. Else actions come up to 0.3 ms early or some milliseconds late.
   */
  constructor(precise = false) {
    this.#precise = precise;
  }

  now_ms(): number {
    if (this.#turn_ms === null) {
      this.#turn_ms = performance.now() - this.#origin_ms;
      queueMicrotask(this.#endTurn);
    }
    return this.#turn_ms;
  }

  at(due_ms: number, action: () => void): Timer {
    const timer = this.#timers.add(due_ms, action);
    this.#arm();
    return timer;
  }

  /** Cancels all pending timers. */
  stop(): void {
    this.#timers.clear();
    this.#armed?.disarm();
    this.#armed = null;
  }

  readonly #endTurn = (): void => {
    this.#turn_ms = null;
  };

  #arm(): void {
    const due_ms = this.#timers.first_due;
    if (due_ms === Infinity) return;
    if (this.#armed !== null) {
      if (this.#armed.due_ms <= due_ms) return;
      this.#armed.disarm();
    }
    this.#armed = { due_ms, disarm: this.#wakeIn(due_ms - this.now_ms()) };
  }

  /** Schedules `#run`; returns a function that cancels it. */
  #wakeIn(wait_ms: number): () => void {
    if (this.#precise && wait_ms <= POLL_MS) {
      // One turn of the event loop later, so that network events in between are served.
      const turn = setImmediate(() => this.#run());
      return () => clearImmediate(turn);
    }
    const early_ms = this.#precise ? POLL_MS : HOST_LATENESS_MS;
    const timer = setTimeout(() => this.#run(), Math.max(0, Math.floor(wait_ms - early_ms)));
    return () => clearTimeout(timer);
  }

  #run(): void {
    this.#armed = null;
    const until_ms = this.now_ms() + (this.#precise ? 0 : SLACK_MS);
    for (let timer = this.#timers.take(until_ms); timer !== null; timer = this.#timers.take(until_ms)) timer.run();
    this.#arm();
  }
}
