/** Time in a pool: microseconds since the run's epoch, and many timers behind one `setTimeout`. */
import type { Clock, Timer } from "../driver/driver.ts";

/** `setTimeout(n)` fires about n + 1.1 ms later, so it is asked for this much less. Milliseconds. */
const TIMER_LATE_MS = 1;

interface Entry extends Timer {
  due_us: number;
  /** Null once run or cancelled. */
  action: (() => void) | null;
}

/** A clock whose timers run in the order of their due instants. */
export class PoolClock implements Clock {
  readonly #heap: Entry[] = [];
  #armed: { due_us: number; handle: ReturnType<typeof setTimeout> } | null = null;
  #worst_us = 0;
  readonly #epoch_ms: number;

  /** @param epoch_ms the run's epoch on this worker's `performance.now()` */
  constructor(epoch_ms: number) {
    this.#epoch_ms = epoch_ms;
  }

  now_us(): number {
    return (performance.now() - this.#epoch_ms) * 1000;
  }

  at(due_us: number, action: () => void): Timer {
    const entry: Entry = { due_us, action, cancel: () => void (entry.action = null) };
    push(this.#heap, entry);
    if (this.#heap[0] === entry) this.#arm();
    return entry;
  }

  /** Largest delay between a timer's due instant and its run since the last call; microseconds. */
  takeWorstDelay(): number {
    const worst_us = this.#worst_us;
    this.#worst_us = 0;
    return worst_us;
  }

  /** Forgets all timers. */
  close(): void {
    this.#heap.length = 0;
    this.#arm();
  }

  #arm(): void {
    const first = this.#heap[0];
    if (first !== undefined && this.#armed?.due_us === first.due_us) return;
    if (this.#armed !== null) clearTimeout(this.#armed.handle);
    this.#armed = null;
    if (first === undefined) return;
    const wait_ms = Math.max(0, Math.round((first.due_us - this.now_us()) / 1000 - TIMER_LATE_MS));
    // A timer of more than 2^31 ms would fire at once.
    const handle = setTimeout(() => this.#fire(), Math.min(wait_ms, 1e9));
    this.#armed = { due_us: first.due_us, handle };
  }

  #fire(): void {
    this.#armed = null;
    const now_us = this.now_us();
    for (let first = this.#heap[0]; first !== undefined && first.due_us <= now_us; first = this.#heap[0]) {
      pop(this.#heap);
      const { action } = first;
      if (action === null) continue;
      this.#worst_us = Math.max(this.#worst_us, now_us - first.due_us);
      first.action = null;
      action();
    }
    this.#arm();
  }
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if ((heap[parent] as Entry).due_us <= entry.due_us) break;
    heap[at] = heap[parent] as Entry;
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop() as Entry;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    const right = heap[child + 1];
    if (right !== undefined && right.due_us < (heap[child] as Entry).due_us) child++;
    if ((heap[child] as Entry).due_us >= last.due_us) break;
    heap[at] = heap[child] as Entry;
    at = child;
  }
  heap[at] = last;
}
