/** How soon the next attempt to connect may come, where connections are opened as they are needed. */
import { backoff } from "./wire/backoff.ts";

/**
 * The pace of attempts at one service: after a failed one the next comes 1 s after its beginning, then 1.6 s, then 2 s.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const pace = new AttemptPace(() => 0.5);
 * assert.equal(pace.early_ms(0), 0);
 * pace.failed(0);
 * pace.failed(0); // Several attempts at the same time count as one.
 * assert.equal(pace.early_ms(300), 700);
 * pace.worked();
 * assert.equal(pace.early_ms(300), 0);
 * ```
 */
export class AttemptPace {
  #failures = 0;
  #not_before_ms = -Infinity;

  /** @param random a number from 0 to 1, for the jitter */
  constructor(readonly random: () => number = Math.random) {}

  /** How long it is too early for an attempt; milliseconds, 0: it is not. */
  early_ms(now_ms: number = performance.now()): number {
    return Math.max(0, this.#not_before_ms - now_ms);
  }

  /** An attempt failed that began at `began_ms`. */
  failed(began_ms: number): void {
    if (began_ms >= this.#not_before_ms) this.#not_before_ms = began_ms + backoff(++this.#failures, this.random());
  }

  /** An attempt succeeded. */
  worked(): void {
    this.#failures = 0;
    this.#not_before_ms = -Infinity;
  }
}
