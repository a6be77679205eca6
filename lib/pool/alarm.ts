/**
 * An alarm more precise than `setTimeout`, which Deno fires one to two milliseconds late.
 *
 * A thread of its own sleeps in `Atomics.wait`, precise to some 0.1 ms, and wakes this one through shared memory. Polling
 * with `setImmediate` would be as precise but cost a whole core at 2,000 arrivals a second. Deno 2.6 does not wake its
 * event loop for this, so a coarse timer must stand behind each alarm.
 */
import { alarmMemory, CLOSED, GIVEN, RUNG } from "./alarm_memory.ts";

/** One alarm and its thread. */
export class Alarm {
  /** Called when the instant last given has come; now and then too early. */
  onRing: () => void = () => {};
  /** The thread stands by. Deno 2.9 takes half a second or more to start the worker of a worker. */
  readonly ready: Promise<void>;
  readonly #memory = alarmMemory();
  #given = 0;

  constructor() {
    const worker = new Worker(new URL("./alarm_worker.ts", import.meta.url), { type: "module", name: "alarm" });
    this.ready = new Promise((resolve) => worker.onmessage = () => resolve());
    worker.postMessage(this.#memory);
    void this.#listen();
  }

  /** Rings at `due_ms` on this thread's `performance.now()`, and not at the instant given before. */
  set(due_ms: number): void {
    const { words, due_us } = this.#memory;
    Atomics.store(due_us, 0, BigInt(Math.round((performance.timeOrigin + due_ms) * 1000)));
    this.#given = (this.#given + 1) & 0x7fffffff;
    Atomics.store(words, GIVEN, this.#given);
    Atomics.notify(words, GIVEN);
  }

  async #listen(): Promise<void> {
    const { words } = this.#memory;
    for (;;) {
      const rung = Atomics.load(words, RUNG);
      if (rung > 0) this.onRing();
      const change = Atomics.waitAsync(words, RUNG, rung);
      if (change.async) await change.value;
      if (Atomics.load(words, GIVEN) === CLOSED) return;
    }
  }

  /** Ends the thread; the alarm rings no more. */
  close(): void {
    const { words } = this.#memory;
    Atomics.store(words, GIVEN, CLOSED);
    Atomics.notify(words, GIVEN);
    Atomics.notify(words, RUNG);
  }
}
