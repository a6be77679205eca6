/** What this machine lacked for the connections of one pool's calls, counted call by call. */
import type { ShortageData } from "../measure/interval.ts";
import type { ShortageErrno } from "../plan/shortages.ts";

/** Counts since the last `take`. */
export class Shortages {
  #counts = new Map<ShortageErrno, ShortageData>();
  #waiting = 0;

  /** Calls that wait for something that is lacking. */
  get waiting(): number {
    return this.#waiting;
  }

  /** A call begins to wait for what is lacking. */
  waited(errno: ShortageErrno, now_us: number): void {
    this.#waiting++;
    this.#at(errno, now_us).calls++;
  }

  /** Such a call has been sent, or has ended. */
  resumed(): void {
    this.#waiting--;
  }

  /** Such a call has ended at `now_us`, spoilt: it failed by the shortage, or waited longer than its limit. */
  spoilt(errno: ShortageErrno, now_us: number): void {
    this.#at(errno, now_us).spoilt++;
  }

  #at(errno: ShortageErrno, now_us: number): ShortageData {
    const now_ms = Math.round(now_us / 1000);
    let count = this.#counts.get(errno);
    if (count === undefined) {
      this.#counts.set(errno, count = { errno, calls: 0, spoilt: 0, first_ms: now_ms, last_ms: now_ms });
    }
    count.last_ms = now_ms;
    return count;
  }

  /** What was counted, in the order of the first calls; nothing is counted twice. */
  take(): ShortageData[] {
    const counts = [...this.#counts.values()];
    this.#counts = new Map();
    return counts;
  }
}

/** The wait of one call for what is lacking. */
export class Lack {
  #until_us = NaN;

  /** @param since_us when the call begins to wait */
  constructor(readonly counts: Shortages, readonly errno: ShortageErrno, readonly since_us: number) {
    counts.waited(errno, since_us);
  }

  /** The call has been sent. */
  resume(now_us: number): void {
    if (!Number.isNaN(this.#until_us)) return;
    this.#until_us = now_us;
    this.counts.resumed();
  }

  /**
   * The call has ended. True: the wait spoilt it, because it was in vain or longer than `limit_us`.
   */
  end(now_us: number, ok: boolean, limit_us: number): boolean {
    const inVain = !ok && Number.isNaN(this.#until_us);
    this.resume(now_us);
    const spoilt = inVain || this.#until_us - this.since_us > limit_us;
    if (spoilt) this.counts.spoilt(this.errno, now_us);
    return spoilt;
  }
}
