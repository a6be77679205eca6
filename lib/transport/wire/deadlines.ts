/**
 * Deadlines of many calls on one timer. Calls with the same timeout expire in the order in which they began, so each
 * timeout has a queue of its own, and to add or remove a call changes only two neighbours.
 */

import { READING_MS, STOOD_STILL_MS } from "../late_timers.ts";

/** Longest delay of a timer; milliseconds. */
const MAX_DELAY_MS = 0x7fff_ffff;

/** An item with a deadline. Only {@linkcode Deadlines} sets the fields. */
export interface Timed {
  /** Deadline on the clock of `performance.now`; milliseconds. */
  deadline_ms: number;
  deadlines: DeadlineQueue | null;
  before: Timed | null;
  after: Timed | null;
  /** The deadline has passed; the item has left its queue. */
  expire(): void;
}

/** Items with one timeout, soonest first. */
export class DeadlineQueue {
  first: Timed | null = null;
  last: Timed | null = null;
  constructor(readonly timeout_ms: number) {}
}

/** All deadlines of a channel. */
export class Deadlines {
  readonly #queues = new Map<number, DeadlineQueue>();
  #recent: DeadlineQueue | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #fires_ms = Infinity;
  /** The timer fired late, and now waits for what came in meanwhile. */
  #reading = false;

  /** Adds an item that expires `timeout_ms` from now; Infinity: it never does. */
  add(item: Timed, timeout_ms: number): void {
    if (timeout_ms === Infinity) {
      item.deadline_ms = Infinity;
      return;
    }
    item.deadline_ms = performance.now() + timeout_ms;
    const queue = this.#recent?.timeout_ms === timeout_ms ? this.#recent : this.#queue(timeout_ms);
    item.deadlines = queue;
    item.before = queue.last;
    item.after = null;
    if (queue.last === null) queue.first = item;
    else queue.last.after = item;
    queue.last = item;
    if (item.deadline_ms < this.#fires_ms) this.#arm(item.deadline_ms);
  }

  /** Removes an item; does nothing if it has left already. */
  remove(item: Timed): void {
    const { deadlines: queue } = item;
    if (queue === null) return;
    if (item.before === null) queue.first = item.after;
    else item.before.after = item.after;
    if (item.after === null) queue.last = item.before;
    else item.after.before = item.before;
    item.deadlines = item.before = item.after = null;
    if (queue.first === null && queue !== this.#recent) this.#queues.delete(queue.timeout_ms);
  }

  /** Stops the timer. Items still queued never expire. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#fires_ms = Infinity;
  }

  #queue(timeout_ms: number): DeadlineQueue {
    if (this.#recent?.first === null) this.#queues.delete(this.#recent.timeout_ms);
    let queue = this.#queues.get(timeout_ms);
    if (queue === undefined) {
      queue = new DeadlineQueue(timeout_ms);
      this.#queues.set(timeout_ms, queue);
    }
    return this.#recent = queue;
  }

  #arm(at_ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#fires_ms = at_ms;
    const delay_ms = Math.min(MAX_DELAY_MS, Math.max(0, Math.ceil(at_ms - performance.now())));
    this.#timer = setTimeout(() => this.#fire(), delay_ms);
  }

  #fire(): void {
    this.#timer = null;
    if (!this.#reading && performance.now() - this.#fires_ms > STOOD_STILL_MS) {
      this.#reading = true;
      this.#timer = setTimeout(() => this.#fire(), READING_MS);
      return;
    }
    this.#reading = false;
    this.#fires_ms = Infinity;
    const now_ms = performance.now();
    let next_ms = Infinity;
    for (const queue of [...this.#queues.values()]) {
      let item = queue.first;
      for (; item !== null && item.deadline_ms <= now_ms; item = queue.first) {
        this.remove(item);
        item.expire();
      }
      if (item !== null && item.deadline_ms < next_ms) next_ms = item.deadline_ms;
    }
    if (next_ms < this.#fires_ms) this.#arm(next_ms);
  }
}
