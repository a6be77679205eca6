/**
 * What a stall leaves behind: calls that fell due meanwhile go out at once, and until the service has worked them off they
 * lengthen those that follow, which no stall has touched. Definition: docs/measurement.md.
 */
import type { Stall, Stalls } from "./stalls.ts";

/**
 * Longest aftermath of a stall, in lengths of the stall. A service that is busy for a share p of the time works off what
 * has piled up in p / (1 - p) lengths: this is enough up to 95 %.
 */
const MOST_LENGTHS = 20;
/** Weight of one look in the usual number of calls in flight: the last few seconds count. */
const LOOK_WEIGHT = 0.01;
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
  /** The one that lasts. */
  #open: { span: Span; level: number; causes: Stall[] } | null = null;
  #usual = 0;

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
    this.#open = { span, level: Math.max(this.inFlight(), Math.ceil(this.#usual)), causes: [stall] };
    this.#spans.push(span);
    if (this.#spans.length <= MAX_SPANS) return;
    const [first, second] = this.#spans as [Span, Span];
    this.#spans.splice(0, 2, { end_us: second.end_us, cause_us: Math.max(first.cause_us, second.cause_us) });
  }

  /** A look at the pool that was due at `due_us`: all that was due before has been begun. */
  look(due_us: number, now_us: number): void {
    const open = this.#open;
    if (open === null) {
      this.#usual += LOOK_WEIGHT * (this.inFlight() - this.#usual);
      return;
    }
    const { span, level, causes } = open;
    span.cause_us = lengthOf(causes);
    const last_us = causes.at(-1)?.end_us ?? 0;
    if (due_us <= last_us) return;
    if (this.inFlight() > level && now_us < last_us + MOST_LENGTHS * span.cause_us) return;
    span.end_us = now_us;
    this.#open = null;
  }

  /** The longest time stood still whose aftermath reaches beyond an instant; microseconds. */
  since(from_us: number): number {
    let longest_us = 0;
    for (let at = this.#spans.length - 1; at >= 0; at--) {
      const { end_us, cause_us } = this.#spans[at] as Span;
      if (end_us <= from_us) break;
      longest_us = Math.max(longest_us, end_us === Infinity ? lengthOf(this.#open?.causes ?? []) : cause_us);
    }
    return longest_us;
  }
}

function lengthOf(stalls: readonly Stall[]): number {
  return stalls.reduce((sum, { start_us, end_us }) => sum + end_us - start_us, 0);
}
