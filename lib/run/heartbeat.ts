/** Whether this thread could act: a timer that should run all the time. */

/** Between two beats; milliseconds. */
const BEAT_MS = 25;
/** A beat this late shows that the thread stood still; milliseconds. */
const LATE_MS = 25;

/** A stretch in which the thread could not act; milliseconds on the heartbeat's clock. */
export interface Pause {
  start_ms: number;
  end_ms: number;
}

/**
 * Beats on the thread that made it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const heart = new Heartbeat(() => performance.now());
 * for (const end_ms = performance.now() + 250; performance.now() < end_ms;); // nothing else runs meanwhile
 * const [pause] = heart.take();
 * assert.ok(pause !== undefined && pause.end_ms - pause.start_ms >= 150);
 * assert.deepEqual(heart.take(), []);
 * heart.stop();
 * ```
 */
export class Heartbeat {
  #due_ms: number;
  #timer: ReturnType<typeof setTimeout>;
  #pauses: Pause[] = [];

  /** @param now_ms a clock that never runs backwards */
  constructor(readonly now_ms: () => number) {
    this.#due_ms = now_ms() + BEAT_MS;
    this.#timer = setTimeout(() => this.#beat(), BEAT_MS);
  }

  #beat(): void {
    this.#look();
    this.#due_ms = this.now_ms() + BEAT_MS;
    this.#timer = setTimeout(() => this.#beat(), BEAT_MS);
  }

  /** A late beat may be seen before its timer runs: the loop takes what it finds first. */
  #look(): void {
    const now_ms = this.now_ms();
    if (now_ms - this.#due_ms < LATE_MS) return;
    this.#pauses.push({ start_ms: this.#due_ms, end_ms: now_ms });
    this.#due_ms = now_ms;
  }

  /** Pauses since the last call, rising, the one that has just ended included. */
  take(): Pause[] {
    this.#look();
    return this.#pauses.splice(0);
  }

  /** Beats no more. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
