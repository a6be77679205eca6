/**
 * What a stall leaves behind: calls that fell due meanwhile go out at once, and until the service has worked them off they
 * lengthen those that follow, which no stall has touched. Definition: docs/measurement.md.
 */
import { Histogram } from "../measure/histogram.ts";
import type { Stall, Stalls } from "./stalls.ts";

/**
 * Longest aftermath of a stall, in lengths of the stall. A service that is busy for a share p of the time works off what
 * has piled up in p / (1 - p) lengths: this is enough up to 95 %.
 */
const MOST_LENGTHS = 20;
/** The usual number of calls in flight is what this percentile of looks found, outside aftermaths. */
const USUAL_PERCENTILE = 60;
/** Looks after which older ones are forgotten: half a minute to a minute counts. */
const LOOKS = 1500;
/** Before so many looks nobody knows what is usual, and those in an aftermath count, too. */
const FIRST_LOOKS = 100;
/** Those remembered; of older ones the oldest two become one. */
const MAX_SPANS = 1000;

/** One aftermath; microseconds since the start of the run. */
interface Span {
  /** Begin of the stall. */
  begin_us: number;
  /** Infinity: it lasts still. */
  end_us: number;
  /** Length of the stalls behind it. */
  cause_us: number;
}

/** The aftermath that lasts: calls in flight when it began, and the stalls that it follows. */
interface Following {
  span: Span;
  level: number;
  causes: Stall[];
}

/** Aftermaths one after the other: each ends before the next begins. */
class Spans {
  readonly #list: Span[] = [];

  begin(begin_us: number): Span {
    const span = { begin_us, end_us: Infinity, cause_us: 0 };
    this.#list.push(span);
    if (this.#list.length <= MAX_SPANS) return span;
    const [first, second] = this.#list as [Span, Span];
    this.#list.splice(0, 2, {
      ...second,
      begin_us: first.begin_us,
      cause_us: Math.max(first.cause_us, second.cause_us),
    });
    return span;
  }

  /** How much of the time between two instants they cover. */
  within(from_us: number, to_us: number): number {
    let sum_us = 0;
    for (let at = this.#list.length - 1; at >= 0; at--) {
      const { begin_us, end_us } = this.#list[at] as Span;
      if (end_us <= from_us) break;
      sum_us += Math.max(0, Math.min(end_us, to_us) - Math.max(begin_us, from_us));
    }
    return sum_us;
  }

  since(from_us: number): number {
    let longest_us = 0;
    for (let at = this.#list.length - 1; at >= 0; at--) {
      const { end_us, cause_us } = this.#list[at] as Span;
      if (end_us <= from_us) break;
      longest_us = Math.max(longest_us, cause_us);
    }
    return longest_us;
  }
}

/** What all pools know of each other: the cause of each one's present aftermath, by its part; microseconds, 0: none. */
export type Causes = Int32Array<SharedArrayBuffer>;

/** Memory for the pools of a run. */
export function causesOf(parts: number): Causes {
  return new Int32Array(new SharedArrayBuffer(4 * parts));
}

/** The aftermaths of one pool's stalls. Each lasts until no more calls are in flight than usual, or before the stall. */
export class Aftermath {
  readonly #own = new Spans();
  /** Those of other pools, whose calls wait in the same queues. */
  readonly #others = new Spans();
  #others_open: Span | null = null;
  #open: Following | null = null;
  #looks = new Histogram();
  #looks_before = new Histogram();
  #shared: { causes: Causes; part: number } | null = null;

  /** @param inFlight calls begun and not ended, now */
  constructor(stalls: Stalls, readonly inFlight: () => number) {
    stalls.onStall = (stall) => this.#begin(stall);
  }

  /** Tells the other pools of its aftermaths from now on, and counts theirs, too. */
  share(causes: Causes, part: number): void {
    this.#shared = { causes, part };
  }

  /** Nothing has been done since the stall began: what is in flight was so then. */
  #begin(stall: Stall): void {
    if (this.#open !== null) {
      this.#open.causes.push(stall);
      return;
    }
    this.#open = { span: this.#own.begin(stall.start_us), level: this.inFlight(), causes: [stall] };
  }

  /** A look at the pool that was due at `due_us`: all that was due before has been begun. */
  look(due_us: number, now_us: number): void {
    if (this.#open === null || this.#looks.count + this.#looks_before.count < FIRST_LOOKS) this.#learn();
    if (this.#open !== null) this.#follow(this.#open, due_us, now_us);
    if (this.#shared !== null) this.#exchange(this.#shared, now_us);
  }

  #follow(open: Following, due_us: number, now_us: number): void {
    const { span, level, causes } = open;
    span.cause_us = Math.max(span.cause_us, lengthOf(causes));
    open.causes = causes.filter((stall) => now_us < stall.end_us + MOST_LENGTHS * lengthOf([stall]));
    const last_us = causes.at(-1)?.end_us ?? 0;
    if (due_us <= last_us || (open.causes.length > 0 && this.inFlight() > Math.max(level, this.#usual()))) return;
    span.end_us = now_us;
    this.#open = null;
  }

  #exchange({ causes, part }: { causes: Causes; part: number }, now_us: number): void {
    const own_us = this.#open === null ? 0 : lengthOf(this.#open.causes);
    Atomics.store(causes, part, Math.min(0x7fffffff, Math.round(own_us)));
    const longest_us = causes.reduce((most, _, at) => at === part ? most : Math.max(most, Atomics.load(causes, at)), 0);
    if (longest_us > 0) {
      const span = this.#others_open ??= this.#others.begin(now_us);
      span.cause_us = Math.max(span.cause_us, longest_us);
    } else if (this.#others_open !== null) {
      this.#others_open.end_us = now_us;
      this.#others_open = null;
    }
  }

  #learn(): void {
    this.#looks.record(this.inFlight());
    if (this.#looks.count < LOOKS) return;
    [this.#looks, this.#looks_before] = [this.#looks_before, this.#looks];
    this.#looks.clear();
  }

  #usual(): number {
    const both = new Histogram();
    both.merge(this.#looks);
    both.merge(this.#looks_before);
    return both.percentile(USUAL_PERCENTILE);
  }

  /** The longest time stood still whose aftermath reaches beyond an instant; microseconds. */
  since(from_us: number): number {
    const present_us = this.#open === null ? 0 : lengthOf(this.#open.causes);
    return Math.max(present_us, this.#own.since(from_us), this.#others.since(from_us));
  }

  /**
   * The most that stalls and their aftermaths may have added to a call between two instants, microseconds: all the time
   * they lasted, since the queues are as usual after it.
   */
  longestDelay(from_us: number, to_us: number): number {
    return this.#own.within(from_us, to_us) + this.#others.within(from_us, to_us);
  }
}

function lengthOf(stalls: readonly Stall[]): number {
  return stalls.reduce((sum, { start_us, end_us }) => sum + end_us - start_us, 0);
}
