/** A clock moved by hand. */
import type { SimClock, Timer } from "../../lib/sim/model/clock.ts";

interface Pending {
  due_ms: number;
  order: number;
  action: () => void;
}

/** Runs what is due, in order of time and then of asking, with `now_ms` at each action's own time. */
export class ManualClock implements SimClock {
  #now_ms = 0;
  #order = 0;
  #pending: Pending[] = [];

  now_ms(): number {
    return this.#now_ms;
  }

  at(due_ms: number, action: () => void): Timer {
    const pending = { due_ms, order: this.#order++, action };
    this.#pending.push(pending);
    return { cancel: () => this.#pending = this.#pending.filter((other) => other !== pending) };
  }

  /** Moves to `to_ms`. */
  moveTo(to_ms: number): void {
    for (let next = this.#next(to_ms); next !== undefined; next = this.#next(to_ms)) {
      this.#pending = this.#pending.filter((other) => other !== next);
      this.#now_ms = Math.max(this.#now_ms, next.due_ms);
      next.action();
    }
    this.#now_ms = to_ms;
  }

  /** Moves until nothing is pending. */
  runOut(): void {
    while (this.#pending.length > 0) this.moveTo(Math.max(this.#now_ms, ...this.#pending.map((next) => next.due_ms)));
  }

  get pending(): number {
    return this.#pending.length;
  }

  #next(to_ms: number): Pending | undefined {
    return this.#pending.filter((next) => next.due_ms <= to_ms)
      .sort((a, b) => a.due_ms - b.due_ms || a.order - b.order)[0];
  }
}
