/** Randomness as drivers see it. */

/** A stream of seeded random numbers: one for all tasks of a user, or one for the only task of an arrival. */
export interface Random {
  /** Next number, at least 0 and below 1. */
  next(): number;
  /**
   * What all workers take in turns, such as the next entry of a file: of the two calls of a pair the first one takes, and
   * the other gets the same. Absent: the call is alone.
   */
  once?(take: () => number): number;
}

/** Takes a number for a call, or for both calls of its pair. */
export function takeOnce(random: Random, take: () => number): number {
  return random.once === undefined ? take() : random.once(take);
}
