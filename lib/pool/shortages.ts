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
