/** Attempts at several addresses: the next begins before the first has failed. Source: RFC 8305, "happy eyeballs". */
import type { Target } from "../target.ts";
import { localShortage } from "../outside_errors.ts";
import { Limit } from "./limit.ts";

/** How long an address may take to accept before the next is tried beside it; milliseconds. RFC 8305, section 5. */
const NEXT_MS = 250;

/**
 * Tries the places in order. The next one begins as soon as one fails, or has not accepted the connection within 250 ms;
 * the first to succeed wins. Each gets a share of the time, so that a silent one does not use all of it.
 * @param attempt connects to one place within a share of the limit
 * @param undo receives a connection that came too late
 * @throws {Error} what the last attempt threw, but for a shortage of this machine at an earlier place
 */
export async function firstOf<Connected>(
  places: readonly Target[],
  limit: Limit,
  signal: AbortSignal,
  attempt: (place: Target, share: Limit) => Promise<Connected>,
  undo: (late: Connected) => void,
): Promise<Connected> {
  if (places.length === 0) throw new Error("the name has no address");
  const won = new AbortController();
  const race = new Race(places, performance.now() + limit.timeout_ms, AbortSignal.any([signal, won.signal]), attempt);
  try {
    return await limit.run(race.run(undo), undo);
  } finally {
    won.abort();
  }
}

class Race<Connected> {
  #next = 0;
  #running = 0;
  #over = false;
  #failure: unknown = null;

  constructor(
    readonly places: readonly Target[],
    readonly end_ms: number,
    readonly signal: AbortSignal,
    readonly attempt: (place: Target, share: Limit) => Promise<Connected>,
  ) {}

  run(undo: (late: Connected) => void): Promise<Connected> {
    const { promise, resolve, reject } = Promise.withResolvers<Connected>();
    const won = (connected: Connected) => {
      if (this.#over) return undo(connected);
      this.#over = true;
      resolve(connected);
    };
    const lost = (error: unknown) => {
      if (this.#over) return;
      // That one place refused says nothing of another that this machine could not try.
      if (localShortage(this.#failure) === null) this.#failure = error;
      if (this.#next < this.places.length && !this.signal.aborted) this.#begin(won, lost);
      else if (this.#running === 0) reject(this.#failure);
    };
    this.#begin(won, lost);
    return promise;
  }

  #begin(won: (connected: Connected) => void, lost: (error: unknown) => void): void {
    const place = this.places[this.#next]!;
    const left = this.places.length - this.#next++;
    this.#running++;
    const share = new Limit((this.end_ms - performance.now()) / left, this.signal);
    const timer = setTimeout(() => {
      if (!this.#over && this.#next < this.places.length && !this.signal.aborted) this.#begin(won, lost);
    }, NEXT_MS);
    share.accepted = () => clearTimeout(timer);
    const done = () => {
      clearTimeout(timer);
      share.clear();
      this.#running--;
    };
    this.attempt(place, share).then((connected) => {
      done();
      won(connected);
    }, (error) => {
      done();
      lost(error);
    });
  }
}
