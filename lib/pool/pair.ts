/** Two calls of one task at the same instant, one for each side of a duet. */
import type { Clock, Operation, OperationEnd, Random, RunningOperation, UserIdentity } from "../driver/driver.ts";
import { type RandomStream, randomStream } from "../schedule/random.ts";
import type { CallListener, CallRecord, Recorder } from "./recorder.ts";

const STREAMS = 2 ** 32;

/** What a pair draws before it starts. */
export interface PairDraw {
  /** The random numbers of each call: the same ones, and the same turns at what workers share. */
  randoms: [Random, Random];
  /** Which side starts first. */
  first: 0 | 1;
}

/**
 * Draws a pair; takes three numbers of its user's or arrival's stream.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { randomStream } from "../schedule/random.ts";
 *
 * const { randoms: [a, b] } = drawPair(randomStream(7, 0));
 * assert.deepEqual([a.next(), a.next()], [b.next(), b.next()]);
 * let entry = 0;
 * assert.deepEqual([b.once!(() => entry++), a.once!(() => entry++), a.once!(() => entry++)], [0, 0, 1]);
 * ```
 */
export function drawPair(random: RandomStream): PairDraw {
  const [seed, stream] = [Math.floor(random.next() * STREAMS), Math.floor(random.next() * STREAMS)];
  const first = random.next() < 0.5 ? 0 : 1;
  const taken: number[] = [];
  const reader = (): Random => {
    const numbers = randomStream(seed, stream);
    let turns = 0;
    return { next: () => numbers.next(), once: (take) => taken[turns++] ??= take() };
  };
  return { randoms: [reader(), reader()], first };
}

/** Whose pair it is. */
export interface PairOwner {
  readonly context: { readonly recorder: Recorder; readonly clock: Clock; readonly load: number };
  readonly user: UserIdentity | null;
  readonly random: RandomStream;
}

/** One call of a pair. */
class Half implements CallListener {
  end: OperationEnd | null = null;
  running: RunningOperation | null = null;

  readonly call: CallRecord;

  constructor(begin: (listener: CallListener) => CallRecord, readonly onEnd: (end_us: number) => void) {
    this.call = begin(this);
  }

  callEnded(end_us: number, end: OperationEnd): void {
    this.end = end;
    this.running = null;
    this.onEnd(end_us);
  }
}

/** Two calls in flight; it ends when both have. */
export class Pair {
  readonly #halves: [Half, Half];
  #starting = false;

  /**
   * @param operations of the two sides
   * @param repeat the last pair of the same user was refused or lost, on some side
   * @param onEnd called after both calls have been counted; `at_once`: before `start` returned
   */
  constructor(
    readonly owner: PairOwner,
    readonly operations: readonly [Operation, Operation],
    intended_us: number,
    repeat: boolean,
    onEnd: (end_us: number, at_once: boolean, end: OperationEnd) => void,
  ) {
    const { recorder, load } = owner.context;
    const ended = (end_us: number) => {
      const [base, other] = this.#halves;
      if (base.end === null || other.end === null) return;
      countPair(base.call, other.call);
      onEnd(end_us, this.#starting, worseOf(base.end, other.end));
    };
    const half = (operation: Operation) =>
      new Half((listener) => {
        const call = recorder.begin(operation, load, intended_us, listener);
        call.repeat = repeat;
        return call;
      }, ended);
    this.#halves = [half(operations[0]), half(operations[1])];
  }

  /** Starts both calls, one directly after the other. */
  start(): void {
    const { user, random, context: { clock } } = this.owner;
    const { randoms, first } = drawPair(random);
    this.#starting = true;
    for (const side of [first, 1 - first] as (0 | 1)[]) {
      const half = this.#halves[side];
      const marks = half.call;
      const call = { user, random: randoms[side], clock, marks, givenText: null, inputs: null };
      const running = this.operations[side].start(call);
      if (half.end === null) half.running = running;
    }
    this.#starting = false;
  }

  /** Cuts off what is in flight of it. */
  cut(): void {
    for (const { call, end, running } of this.#halves) {
      if (end !== null) continue;
      call.cut = true;
      running?.cancel();
    }
  }

  /** Ends what is in flight of it, whatever its driver does. */
  forceEnd(end: OperationEnd): void {
    for (const half of this.#halves) if (half.end === null) half.call.end(end);
  }
}

/** A user pauses as long as the side asks that refused it. */
function worseOf(base: OperationEnd, other: OperationEnd): OperationEnd {
  if (base.refused !== true) return other;
  if (other.refused !== true) return base;
  return (base.retry_after_us ?? 0) > (other.retry_after_us ?? 0) ? base : other;
}

/** Counts a pair whose calls were both answered or should have been, in the series of both. */
function countPair(base: CallRecord, other: CallRecord): void {
  if (!isJudged(base) || !isJudged(other)) return;
  const ok = base.outcome === "ok" && other.outcome === "ok";
  const timed = ok && base.response_us > 0 && other.response_us > 0;
  for (const [own, partner] of [[base, other], [other, base]] as const) {
    const { series } = own.meter;
    series.count("pairs", 1);
    if (ok) series.count("pairs_ok", 1);
    else if (own.outcome !== "ok" && partner.outcome === "ok") series.count("pairs_lost", 1);
    if (!timed) continue;
    series.count("pairs_timed", 1);
    series.count("pair_log_time", Math.log(Math.max(1, own.response_us)));
  }
}

function isJudged({ outcome }: CallRecord): boolean {
  return outcome === "ok" || outcome === "failed" || outcome === "timed_out";
}
