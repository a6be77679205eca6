/** Time as the simulator sees it; tests put a manual clock in its place. */
import { clearImmediate, setImmediate } from "node:timers";

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

/** An action waiting for its time; `action` is null once cancelled. */
interface Entry extends Timer {
  readonly due_ms: number;
  /** Order of arrival, so that equal times run in the order they were asked for. */
  readonly order: number;
  action: (() => void) | null;
}

/** A timer that is due within this much is run: the host's timers are no finer. */
const SLACK_MS = 0.3;
/** The host's setTimeout fires about this much late; asked for earlier, it comes in time. */
const HOST_LATENESS_MS = 1;
/** A precise clock asks the time over and over when less than this is left: the host's setTimeout may be so much late. */
const POLL_MS = 3;

/** The real clock: one host timer for any number of pending actions, which lie in a binary heap. */
export class HostClock implements SimClock {
  readonly #origin_ms = performance.now();
  readonly #precise: boolean;
  readonly #heap: Entry[] = [];
  /** The time of the present turn of the event loop, once asked for: asking the host costs as much as a small reply. */
  #turn_ms: number | null = null;
  #order = 0;
  #armed: { due_ms: number; disarm(): void } | null = null;

  /**
   * @param precise never early, and late by what a turn of the event loop takes, some microseconds. It keeps one core busy
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
    const entry: Entry = {
      due_ms,
      order: this.#order++,
      action,
      cancel() {
        entry.action = null;
      },
    };
    push(this.#heap, entry);
    this.#arm();
    return entry;
  }

  /** Forgets everything that is pending. */
  stop(): void {
    this.#heap.length = 0;
    this.#armed?.disarm();
    this.#armed = null;
  }

  readonly #endTurn = (): void => {
    this.#turn_ms = null;
  };

  #arm(): void {
    const due_ms = this.#heap[0]?.due_ms;
    if (due_ms === undefined) return;
    if (this.#armed !== null) {
      if (this.#armed.due_ms <= due_ms) return;
      this.#armed.disarm();
    }
    this.#armed = { due_ms, disarm: this.#wakeIn(due_ms - this.now_ms()) };
  }

  /** Has `#run` called in time; returns what prevents it. */
  #wakeIn(wait_ms: number): () => void {
    if (this.#precise && wait_ms <= POLL_MS) {
      // One turn of the event loop later: what comes over the network in between is served.
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
    for (let first = this.#heap[0]; first !== undefined && first.due_ms <= until_ms; first = this.#heap[0]) {
      pop(this.#heap);
      first.action?.();
    }
    this.#arm();
  }
}

function precedes(a: Entry, b: Entry): boolean {
  return a.due_ms < b.due_ms || (a.due_ms === b.due_ms && a.order < b.order);
}

function push(heap: Entry[], entry: Entry): void {
  let hole = heap.length;
  heap.push(entry);
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    const above = heap[parent] as Entry;
    if (!precedes(entry, above)) break;
    heap[hole] = above;
    hole = parent;
  }
  heap[hole] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let hole = 0;
  for (let child = 1; child < heap.length; child = 2 * hole + 1) {
    const right = heap[child + 1];
    if (right !== undefined && precedes(right, heap[child] as Entry)) child++;
    const below = heap[child] as Entry;
    if (!precedes(below, last)) break;
    heap[hole] = below;
    hole = child;
  }
  heap[hole] = last;
}
