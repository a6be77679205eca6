/** Time in a pool: microseconds since the run's epoch, and many timers behind one `setTimeout`. */
import type { Clock, Timer } from "../driver/driver.ts";
import type { Alarm } from "./alarm.ts";

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
  readonly #epoch_ms: number;
  readonly #alarm: Alarm | null;
  /** When the alarm is to ring; microseconds. */
  #alarm_us = Infinity;
  #after_us = Infinity;
  #timer: { due_us: number; handle: ReturnType<typeof setTimeout> } | null = null;
  #firing = false;
  #worst_us = 0;

  /**
   * @param epoch_ms the run's epoch on this worker's `performance.now()`
   * @param alarm with it timers run some 0.1 ms late instead of 1 to 2 ms; `close` ends it
   */
  constructor(epoch_ms: number, alarm: Alarm | null = null) {
    this.#epoch_ms = epoch_ms;
    this.#alarm = alarm;
    if (alarm !== null) alarm.onRing = () => this.#ring();
  }

  now_us(): number {
    return (performance.now() - this.#epoch_ms) * 1000;
  }

  at(due_us: number, action: () => void): Timer {
    const entry: Entry = { due_us, action, cancel: () => void (entry.action = null) };
    push(this.#heap, entry);
    if (this.#heap[0] === entry && !this.#firing) this.#arm(due_us);
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
    const after_us = Math.min(this.#heap[1]?.due_us ?? Infinity, this.#heap[2]?.due_us ?? Infinity);
    if (due_us === this.#alarm_us && after_us === this.#after_us) return;
    this.#alarm_us = due_us;
    this.#after_us = after_us;
    alarm.set(this.#epoch_ms + due_us / 1000, this.#epoch_ms + after_us / 1000);
  }

  #ring(): void {
    this.#alarm_us = this.#after_us = Infinity;
    this.#fire();
  }

  #fire(): void {
    const now_us = this.now_us();
    this.#firing = true;
    for (let first = this.#heap[0]; first !== undefined && first.due_us <= now_us; first = this.#heap[0]) {
      pop(this.#heap);
      const { action } = first;
      if (action === null) continue;
      this.#worst_us = Math.max(this.#worst_us, now_us - first.due_us);
      first.action = null;
      action();
    }
    this.#firing = false;
    const [first] = this.#heap;
    if (first !== undefined) this.#arm(first.due_us);
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
