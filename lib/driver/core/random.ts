/** Randomness as drivers see it. */

/** A stream of seeded random numbers: one for all tasks of a user, or one for the only task of an arrival. */
export interface Random {
  /** Next number, at least 0 and below 1. */
  next(): number;
}
