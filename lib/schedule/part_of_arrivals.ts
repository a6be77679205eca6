/** One pool's part of a load's arrivals, which goes on under another plan. */
import type { OpenLoad } from "../plan/plan.ts";
import { ArrivalCursor, type Offsets } from "./arrival_cursor.ts";
import type { Arrivals } from "./arrivals.ts";

/** Arrivals between two places that are kept to read on from. */
const KEEP_EVERY = 4096;

/**
 * Every `parts`-th arrival of a load, starting with number `part` (from 0). All parts together are the whole, whatever
 * changes are made while they are read.
 *
 * @example Every second of four arrivals a second, and of eight from 1 s on.
 * ```ts
 * import assert from "node:assert/strict";
 * const course = (start_ms: number, end_ms: number, rate: number) =>
 *   ({ kind: "linear" as const, start_ms, end_ms, from: rate, to: rate });
 * const load = (...courses: ReturnType<typeof course>[]) =>
 *   ({ kind: "open" as const, name: "calls", courses, spacing: "constant" as const, max_in_flight: 10, max_wait_ms: 0 });
 * const part = new PartOfArrivals(load(course(0, 2000, 4)), 1, () => [], 1, 2);
 * assert.deepEqual([part.next(), part.next(), part.next()], [250_000, 750_000, 1_250_000]);
 * part.steer(load(course(0, 1000, 4), course(1000, 2000, 8)), 1_000_000, 3);
 * assert.deepEqual([part.index, part.next(), part.index, part.next()], [3, 1_125_000, 5, 1_375_000]);
 * ```
 */
export class PartOfArrivals implements Arrivals {
  #cursor: ArrivalCursor;
  /** Two places of the cursor, the older one at least `KEEP_EVERY` arrivals back. */
  #kept: ArrivalCursor;
  #older: ArrivalCursor;
  #keep_at = KEEP_EVERY;

  /** @param part which of `parts` shares, from 0 */
  constructor(
    readonly load: OpenLoad,
    readonly seed: number,
    readonly offsets: Offsets,
    readonly part: number,
    readonly parts: number,
  ) {
    this.#cursor = ArrivalCursor.of(load, seed, offsets);
    this.#kept = this.#older = this.#cursor.copy();
  }

  /** Number of the last arrival in the whole load, from 0; -1 before the first. */
  get index(): number {
    return this.#cursor.index;
  }

  /** The next arrival of this part, in microseconds since the run's start; null when there are no more. */
  next(): number | null {
    const cursor = this.#cursor;
    for (let due_us = cursor.next(); due_us !== null; due_us = cursor.next()) {
      if (cursor.index >= this.#keep_at) this.#keep();
      if (cursor.index % this.parts === this.part) return due_us;
    }
    return null;
  }

  #keep(): void {
    this.#older = this.#kept;
    this.#kept = this.#cursor.copy();
    this.#keep_at = this.#cursor.index + KEEP_EVERY;
  }

  /**
   * The load is another from an instant on; before it, it is the same.
   * @param after the last arrival, by its number, that has come: `next` gives those behind it
   */
  steer(load: OpenLoad, at_us: number, after: number): void {
    const isBefore = (place: ArrivalCursor) => place.index <= after && place.last_us < at_us;
    const place = [this.#kept, this.#older].find(isBefore);
    const cursor = place === undefined ? ArrivalCursor.of(load, this.seed, this.offsets) : place.copy(load.courses);
    this.#cursor = cursor;
    this.#kept = this.#older = cursor.copy();
    while (cursor.index < after && cursor.next() !== null);
    this.#keep_at = cursor.index + KEEP_EVERY;
  }
}
