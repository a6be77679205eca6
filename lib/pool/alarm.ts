/**
 * An alarm more precise than `setTimeout`, which Deno fires one to two milliseconds late.
 *
 * A thread of its own sleeps in `Atomics.wait`, precise to some 0.1 ms, and wakes this one through shared memory. Polling
 * with `setImmediate` would be as precise but cost a whole core at 2,000 arrivals a second. Deno 2.6 does not wake its
 * event loop for this, so a coarse timer must stand behind each alarm.
 */
import { alarmMemory, CLOSED, IDLE, LATE_COUNT, LATE_KEPT, NEVER, RING_COUNT, SEQUENCE } from "./alarm_memory.ts";

/** One alarm and its thread. */
export class Alarm {
  /** Called when an instant given has come, after a pause a little before; now and then too early. */
  onRing: () => void = () => {};
  /** The thread stands by. Deno 2.9 takes half a second or more to start the worker of a worker. */
  readonly ready: Promise<void>;
  readonly #memory = alarmMemory();
  #sequence = 0;
  /** The instants of the last order. */
  #next_us = NEVER;
  #after_us = NEVER;
  #late_told = 0;

  constructor() {
    const worker = new Worker(new URL("./alarm_worker.ts", import.meta.url), { type: "module", name: "alarm" });
    this.ready = new Promise((resolve) => {
      worker.onmessage = () => resolve();
      // Without its thread, as where no file can be opened for its code, the coarse timers stand alone.
      worker.onerror = (event) => {
        event.preventDefault();
        resolve();
      };
    });
    worker.postMessage(this.#memory);
    void this.#listen();
  }

  /**
   * Rings at both instants, on this thread's `performance.now()`, and no more at those given before. The second saves a
   * wake-up of the thread: when it has rung for the first it knows how long to sleep on.
   * @param after_ms not before `next_ms`; Infinity: not known
   */
  set(next_ms: number, after_ms: number): void {
    const { control, due_us } = this.#memory;
    const now_us = wallClock(performance.now());
    // The thread rings once for an instant: one that has passed must differ from all before it.
    const next_us = laterOf(wallClock(next_ms), now_us);
    const after_us = after_ms === Infinity ? NEVER : laterOf(wallClock(after_ms), next_us);
    const awaited_us = this.#next_us > now_us ? this.#next_us : this.#after_us > now_us ? this.#after_us : NEVER;
    Atomics.store(due_us, 0, this.#next_us = next_us);
    Atomics.store(due_us, 1, this.#after_us = after_us);
    this.#sequence = (this.#sequence + 1) & 0x7fffffff;
    Atomics.store(control, SEQUENCE, this.#sequence);
    if (next_us < awaited_us || Atomics.load(control, IDLE) === 1) Atomics.notify(control, SEQUENCE);
  }

  async #listen(): Promise<void> {
    const { control } = this.#memory;
    for (;;) {
      const ringCount = Atomics.load(control, RING_COUNT);
      if (ringCount > 0) this.onRing();
      const change = Atomics.waitAsync(control, RING_COUNT, ringCount);
      if (change.async) await change.value;
      if (Atomics.load(control, SEQUENCE) === CLOSED) return;
    }
  }

  /**
   * Stretches in which the thread should have been awake and was not let run, since the last call; rising, on this
   * thread's `performance.now()`.
   */
  takeOverslept(): { start_ms: number; end_ms: number }[] {
    const { control, late_us } = this.#memory;
    const count = Atomics.load(control, LATE_COUNT);
    const from = Math.max(this.#late_told, count - LATE_KEPT);
    this.#late_told = count;
    const at = (index: number) => Number(Atomics.load(late_us, index)) / 1000 - performance.timeOrigin;
    return Array.from({ length: count - from }, (_, i) => {
      const place = 2 * ((from + i) % LATE_KEPT);
      return { start_ms: at(place), end_ms: at(place + 1) };
    });
  }

  /** Ends the thread; the alarm rings no more. */
  close(): void {
    const { control } = this.#memory;
    Atomics.store(control, SEQUENCE, CLOSED);
    Atomics.notify(control, SEQUENCE);
    Atomics.notify(control, RING_COUNT);
  }
}

/** An instant of this thread's `performance.now()` as all threads know it; microseconds. */
function wallClock(ms: number): bigint {
  return BigInt(Math.round((performance.timeOrigin + ms) * 1000));
}

function laterOf(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
