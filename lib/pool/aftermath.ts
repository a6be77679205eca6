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
  /** Infinity: it lasts still. */
  end_us: number;
  /** Length of the stalls behind it. */
  cause_us: number;
}

/** The aftermaths of one pool's stalls. Each lasts until no more calls are in flight than usual, or before the stall. */
export class Aftermath {
  readonly #spans: Span[] = [];
  /** The one that lasts, and the stalls that it follows. */
  #open: { span: Span; level: number; causes: Stall[] } | null = null;
  #looks = new Histogram();
  #looks_before = new Histogram();

  /** @param inFlight calls begun and not ended, now */
  constructor(stalls: Stalls, readonly inFlight: () => number) {
    stalls.onStall = (stall) => this.#begin(stall);
  }

  /** Nothing has been done since the stall began: what is in flight was so then. */
  #begin(stall: Stall): void {
    if (this.#open !== null) {
      this.#open.causes.push(stall);
      return;
    }
    const span = { end_us: Infinity, cause_us: 0 };
    this.#open = { span, level: this.inFlight(), causes: [stall] };
    this.#spans.push(span);
    if (this.#spans.length <= MAX_SPANS) return;
    const [first, second] = this.#spans as [Span, Span];
    this.#spans.splice(0, 2, { end_us: second.end_us, cause_us: Math.max(first.cause_us, second.cause_us) });
  }

  /** A look at the pool that was due at `due_us`: all that was due before has been begun. */
  look(due_us: number, now_us: number): void {
    const open = this.#open;
    if (open === null || this.#looks.count + this.#looks_before.count < FIRST_LOOKS) this.#learn();
    if (open === null) return;
    const { span, level, causes } = open;
    span.cause_us = Math.max(span.cause_us, lengthOf(causes));
    open.causes = causes.filter((stall) => now_us < stall.end_us + MOST_LENGTHS * lengthOf([stall]));
    const last_us = causes.at(-1)?.end_us ?? 0;
    if (due_us <= last_us || (open.causes.length > 0 && this.inFlight() > Math.max(level, this.#usual()))) return;
    span.end_us = now_us;
    this.#open = null;
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
    let longest_us = 0;
    for (let at = this.#spans.length - 1; at >= 0; at--) {
      const span = this.#spans[at] as Span;
      if (span.end_us <= from_us) break;
      const { causes } = this.#open?.span === span ? this.#open : { causes: [] };
      longest_us = Math.max(longest_us, span.cause_us, lengthOf(causes));
    }
    return longest_us;
  }

  /** The most that the aftermath of stalls may have added to a call that began at an instant; microseconds. */
  longestDelay(from_us: number): number {
    return MOST_LENGTHS * this.since(from_us);
  }
}

function lengthOf(stalls: readonly Stall[]): number {
  return stalls.reduce((sum, { start_us, end_us }) => sum + end_us - start_us, 0);
}
