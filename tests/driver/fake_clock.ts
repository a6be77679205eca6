/** A clock that the test moves. */
import type { Clock, Timer } from "../../lib/driver/driver.ts";

interface Pending {
  due_us: number;
  action: () => void;
}

/** Time stands still until `advanceTo`; timers fire in the order of their due instants. */
export class FakeClock implements Clock {
  readonly #pending: Pending[] = [];
  /** How much later than due each timer fires; microseconds. */
  late_us = 0;

  constructor(private time_us = 0) {}

  now_us(): number {
    return this.time_us;
  }

  at(due_us: number, action: () => void): Timer {
    const pending = { due_us, action };
    this.#pending.push(pending);
    return { cancel: () => this.#remove(pending) };
  }

  /** Timers that are neither fired nor cancelled. */
  get timers(): number {
    return this.#pending.length;
  }

  /** Lets time pass, firing what becomes due. */
  advanceTo(end_us: number): void {
    for (;;) {
      const first = this.#pending.toSorted((a, b) => a.due_us - b.due_us)[0];
      if (first === undefined || first.due_us + this.late_us > end_us) break;
      this.#remove(first);
      this.time_us = Math.max(this.time_us, first.due_us + this.late_us);
      first.action();
    }
    this.time_us = end_us;
  }

  #remove(pending: Pending): void {
    const at = this.#pending.indexOf(pending);
    if (at !== -1) this.#pending.splice(at, 1);
  }
}
