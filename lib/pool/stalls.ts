/**
 * Times in which a pool could not act: its loop was blocked, its process stopped, its processor taken away. What its calls
 * took then is partly june-load's own. Definitions: docs/measurement.md.
 */

/** A timer that runs this late shows that the loop stood still. Timers without an alarm run 2 ms late. Microseconds. */
export const STALL_FLOOR_US = 10_000;
/** Stalls remembered; where there are more, the oldest two become one, the time between them included. */
const MAX_STALLS = 1000;
/** Stalls told of each second, the longest. */
const MAX_REPORTED = 5;
/** Shorter stalls are not told one by one; microseconds. */
const REPORTED_US = 50_000;

/** One stretch without progress; microseconds since the start of the run. */
export interface Stall {
  start_us: number;
  end_us: number;
}

/** How much of a stall another thread stood still as well, 0 to 1. */
export function overlapOf({ start_us, end_us }: Stall, others: readonly Stall[]): number {
  const shared_us = others.reduce(
    (sum, other) => sum + Math.max(0, Math.min(end_us, other.end_us) - Math.max(start_us, other.start_us)),
    0,
  );
  return end_us > start_us ? shared_us / (end_us - start_us) : 0;
}

/** The stalls of one pool, rising and apart from each other. */
export class Stalls {
  readonly #list: Stall[] = [];
  #fresh: Stall[] = [];
  #total_us = 0;
  /** Called as each begins to be known; it may still grow. */
  onStall: (stall: Stall) => void = () => {};

  /** The loop has just run again at `now_us`, where it was due at `due_us`. */
  saw(due_us: number, now_us: number): void {
    const last = this.#list.at(-1);
    if (last !== undefined && due_us <= last.end_us) {
      if (now_us <= last.end_us) return;
      this.#total_us += now_us - last.end_us;
      last.end_us = now_us;
      // One that goes on after it was told of is told again, longer.
      if (this.#fresh.at(-1) !== last) this.#fresh.push(last);
      return;
    }
    this.#total_us += now_us - due_us;
    const stall = { start_us: due_us, end_us: now_us };
    this.#list.push(stall);
    this.#fresh.push(stall);
    this.onStall(stall);
    if (this.#list.length <= MAX_STALLS) return;
    const [first, second] = this.#list as [Stall, Stall];
    this.#list.splice(0, 2, { start_us: first.start_us, end_us: second.end_us });
  }

  /** Time stood still since an instant; microseconds. */
  since(from_us: number): number {
    let sum_us = 0;
    for (let at = this.#list.length - 1; at >= 0; at--) {
      const { start_us, end_us } = this.#list[at] as Stall;
      if (end_us <= from_us) break;
      sum_us += end_us - Math.max(start_us, from_us);
    }
    return sum_us;
  }

  /** All time stood still since the last call; microseconds. */
  takeTotal(): number {
    const total_us = this.#total_us;
    this.#total_us = 0;
    return total_us;
  }

  /** The longest stalls since the last call, rising. */
  take(): Stall[] {
    const long = this.#fresh.filter(({ start_us, end_us }) => end_us - start_us >= REPORTED_US);
    this.#fresh = [];
    return long.toSorted((a, b) => b.end_us - b.start_us - (a.end_us - a.start_us)).slice(0, MAX_REPORTED)
      .sort((a, b) => a.start_us - b.start_us);
  }
}
