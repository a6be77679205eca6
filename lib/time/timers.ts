/** Timers in a binary heap. The caller chooses the clock and the unit of time. */

/** A waiting action. */
export class Waiting {
  /**
   * @param due the time at which it is due, in the caller's unit
   * @param order number of timers added before it
   * @param action null once run or cancelled
   */
  constructor(readonly due: number, readonly order: number, public action: (() => void) | null) {}

  /** Cancels it; has no effect after it has run. */
  cancel(): void {
    this.action = null;
  }

  /** Runs the action, once. */
  run(): void {
    const { action } = this;
    this.action = null;
    action?.();
  }
}

/**
 * Many timers, taken in the order of their times; timers with the same time in the order in which they were added.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const timers = new Timers();
 * const done: string[] = [];
 * timers.add(200, () => done.push("late"));
 * timers.add(100, () => done.push("early"));
 * timers.add(100, () => done.push("cancelled")).cancel();
 * assert.equal(timers.first_due, 100);
 * for (let timer = timers.take(150); timer !== null; timer = timers.take(150)) timer.run();
 * assert.deepEqual(done, ["early"]);
 * assert.equal(timers.first_due, 200);
 * ```
 */
export class Timers {
  readonly #heap: Waiting[] = [];
  #order = 0;

  /** Adds an action that is due at a time. */
  add(due: number, action: () => void): Waiting {
    const added = new Waiting(due, this.#order++, action);
    const heap = this.#heap;
    let hole = heap.push(added) - 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = heap[parent] as Waiting;
      if (above.due <= due) break;
      heap[hole] = above;
      hole = parent;
    }
    heap[hole] = added;
    return added;
  }

  /** The earliest time of all timers, including cancelled ones; Infinity when there are none. */
  get first_due(): number {
    return this.#heap[0]?.due ?? Infinity;
  }

  /** The second earliest time, which may be the same; Infinity when there is none. */
  get second_due(): number {
    return Math.min(this.#heap[1]?.due ?? Infinity, this.#heap[2]?.due ?? Infinity);
  }

  /** Removes and returns the first timer that is due by `until` and not cancelled; null when there is none. */
  take(until: number): Waiting | null {
    const heap = this.#heap;
    for (let first = heap[0]; first !== undefined && first.due <= until; first = heap[0]) {
      removeFirst(heap);
      if (first.action !== null) return first;
    }
    return null;
  }

  /** Removes all timers. */
  clear(): void {
    this.#heap.length = 0;
  }
}

function removeFirst(heap: Waiting[]): void {
  const last = heap.pop() as Waiting;
  const { length } = heap;
  if (length === 0) return;
  let hole = 0;
  for (let child = 1; child < length; child = 2 * hole + 1) {
    let below = heap[child] as Waiting;
    if (child + 1 < length) {
      const right = heap[child + 1] as Waiting;
      if (precedes(right, below)) {
        below = right;
        child++;
      }
    }
    if (!precedes(below, last)) break;
    heap[hole] = below;
    hole = child;
  }
  heap[hole] = last;
}

function precedes(a: Waiting, b: Waiting): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}
