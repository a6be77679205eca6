/** Parallel slots behind a first-come-first-served queue of limited length: the G/G/c/K part of a service. */

/** Settings of a queue. */
export interface QueueModel {
  /** Requests served at once: batch size of an LLM, workers of a recogniser. */
  slots: number;
  /** Requests that may wait; one more is refused. */
  queue_limit: number;
}

/** A request's place, waiting or being served. */
export interface Place {
  /** Whether the request has the slot. */
  readonly held: boolean;
  /**
   * Gives the slot back, or leaves the queue. Harmless when repeated.
   * @param at_ms the intended time: the next request is served from then on, even if a timer was late
   */
  leave(at_ms: number): void;
}

/** Called when the request gets a slot, with the time since which it was free. */
export type Granted = (free_ms: number) => void;

/** Gauges and totals of a queue. */
export interface QueueStats {
  busy: number;
  waiting: number;
  /** Longest queue so far. */
  waiting_peak: number;
  started_total: number;
  refused_total: number;
}

/**
 * Grants slots. It has no clock: the holder of a slot decides when to leave.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const queue = new SlotQueue({ slots: 1, queue_limit: 1 });
 * const served: string[] = [];
 * const first = queue.enter(() => {});
 * queue.enter((free_ms) => served.push(`second from ${free_ms}`));
 * assert.equal(queue.enter(() => {}), null); // one is served, one waits: full
 * first?.leave(40);
 * assert.deepEqual(served, ["second from 40"]);
 * ```
 */
export class SlotQueue {
  readonly #model: QueueModel;
  /** Waiting requests from `#head` on, and some that have left. */
  #line: Ticket[] = [];
  #head = 0;
  #busy = 0;
  #waiting = 0;
  #waiting_peak = 0;
  #started_total = 0;
  #refused_total = 0;

  constructor(model: QueueModel) {
    this.#model = model;
  }

  /**
   * Asks for a slot.
   * @param granted called when the request gets a slot later, from another request's `leave`
   * @returns null when the queue is full.
   */
  enter(granted: Granted): Place | null {
    if (this.#busy < this.#model.slots) {
      this.#busy++;
      this.#started_total++;
      return new Ticket(this.#left, "held", granted);
    }
    if (this.#waiting >= this.#model.queue_limit) {
      this.#refused_total++;
      return null;
    }
    const ticket = new Ticket(this.#left, "waiting", granted);
    this.#line.push(ticket);
    this.#waiting++;
    this.#waiting_peak = Math.max(this.#waiting_peak, this.#waiting);
    return ticket;
  }

  stats(): QueueStats {
    return {
      busy: this.#busy,
      waiting: this.#waiting,
      waiting_peak: this.#waiting_peak,
      started_total: this.#started_total,
      refused_total: this.#refused_total,
    };
  }

  readonly #left = (from: TicketState, at_ms: number): void => {
    if (from === "waiting") {
      this.#waiting--;
      return;
    }
    this.#busy--;
    this.#next(at_ms);
  };

  #next(free_ms: number): void {
    while (this.#head < this.#line.length && this.#busy < this.#model.slots) {
      const ticket = this.#line[this.#head++] as Ticket;
      if (ticket.state !== "waiting") continue;
      this.#waiting--;
      this.#busy++;
      this.#started_total++;
      ticket.grant(free_ms);
    }
    if (this.#head === this.#line.length || this.#head > COMPACT_AT) {
      this.#line = this.#line.slice(this.#head);
      this.#head = 0;
    }
  }
}

/** Dead entries at the head of the queue before it is compacted. */
const COMPACT_AT = 1024;

type TicketState = "waiting" | "held" | "left";

class Ticket implements Place {
  state: TicketState;
  readonly #left: (from: TicketState, at_ms: number) => void;
  readonly #granted: Granted;

  constructor(left: (from: TicketState, at_ms: number) => void, state: TicketState, granted: Granted) {
    this.#left = left;
    this.state = state;
    this.#granted = granted;
  }

  get held(): boolean {
    return this.state === "held";
  }

  grant(free_ms: number): void {
    this.state = "held";
    this.#granted(free_ms);
  }

  leave(at_ms: number): void {
    const from = this.state;
    this.state = "left";
    if (from !== "left") this.#left(from, at_ms);
  }
}
