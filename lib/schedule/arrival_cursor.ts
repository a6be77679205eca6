/** One place in the sequence of a load's arrivals, from which it can be read on, more than once and under another plan. */
import { drawExponential } from "../base/random.ts";
import type { InputFile, LoadSegment, OpenLoad } from "../plan/plan.ts";
import { integral, lengthOf, type RateCourse, whenReached } from "./course.ts";
import { type CopyableStream, scheduleRandom } from "./random.ts";

/** Rounding error at the end of a course; an arrival that it leaves over belongs to the next course. */
const ROUNDING = 1e-6;

/** The offsets of a replay file, in microseconds from the start of its course; rising. */
export type Offsets = (file: InputFile) => ArrayLike<number>;

/** What the integral of the rate is at each arrival: the first is 0 (constant spacing), or the sum of exponential numbers. */
interface Amounts {
  /** The amount of the next arrival of a rate. */
  amount: number;
  readonly random: CopyableStream | null;
}

function advance(amounts: Amounts): void {
  amounts.amount += amounts.random === null ? 1 : drawExponential(amounts.random);
}

/**
 * Reads the arrivals of a load one after another.
 *
 * Source: time change of a Poisson process (Cinlar, Introduction to Stochastic Processes, 1975, section 4.7).
 */
export class ArrivalCursor {
  /** Number of the last arrival read, from 0; -1 before the first. */
  index = -1;
  /** Its instant; -1 before the first. */
  last_us = -1;
  #course = 0;
  /** Sum of the integrals of the courses before the current one. */
  #before = 0;
  /** The integral of the current course; NaN: not known yet. */
  #total = NaN;
  /** How far into the current course it has read: seconds, or for a replay entries of the file. */
  #at = 0;

  private constructor(
    readonly courses: readonly LoadSegment[],
    readonly offsets: Offsets,
    readonly amounts: Amounts,
  ) {}

  /** Stands before the first arrival. Loads with different names get different numbers from the same seed. */
  static of({ courses, spacing, name }: OpenLoad, seed: number, offsets: Offsets): ArrivalCursor {
    const random = spacing === "poisson" ? scheduleRandom(seed, name) : null;
    return new ArrivalCursor(courses, offsets, { amount: random === null ? 0 : drawExponential(random), random });
  }

  /**
   * Another one at the same place.
   * @param courses other courses, which are the same up to the last arrival read
   */
  copy(courses = this.courses): ArrivalCursor {
    const { amount, random } = this.amounts;
    const other = new ArrivalCursor(courses, this.offsets, { amount, random: random?.copy() ?? null });
    other.index = this.index;
    other.last_us = this.last_us;
    other.#course = this.#course;
    other.#before = this.#before;
    other.#at = this.#at;
    return other;
  }

  /** The next arrival, in microseconds since the run's start; null when there are no more. */
  next(): number | null {
    for (let course = this.courses[this.#course]; course !== undefined; course = this.courses[this.#course]) {
      const due_us = course.kind === "replay" ? this.#nextRecorded(course) : this.#nextOf(course);
      if (due_us !== null) {
        this.index++;
        return this.last_us = due_us;
      }
      this.#course++;
      this.#at = 0;
      this.#total = NaN;
    }
    return null;
  }

  #nextOf(course: RateCourse): number | null {
    if (Number.isNaN(this.#total)) this.#total = integral(course, lengthOf(course));
    const wanted = this.amounts.amount - this.#before;
    if (wanted >= this.#total - ROUNDING) {
      this.#before += this.#total;
      return null;
    }
    this.#at = Math.max(this.#at, whenReached(course, wanted, this.#at));
    advance(this.amounts);
    const { start_ms, end_ms } = course;
    return Math.min(Math.round(start_ms * 1000 + this.#at * 1e6), end_ms * 1000 - 1);
  }

  #nextRecorded({ start_ms, end_ms, file, skip_ms }: LoadSegment & { kind: "replay" }): number | null {
    const list = this.offsets(file);
    const skip_us = (skip_ms ?? 0) * 1000;
    if (this.#at === 0 && skip_us > 0) this.#at = firstFrom(list, skip_us);
    const offset_us = list[this.#at];
    if (offset_us === undefined) return null;
    const due_us = start_ms * 1000 + offset_us - skip_us;
    if (due_us >= end_ms * 1000) return null;
    this.#at++;
    return due_us;
  }
}

/** The first entry that is not below `least`. */
function firstFrom(list: ArrayLike<number>, least: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
