/** Randomness as drivers see it. */

/** A stream of seeded numbers: what a user draws in all its tasks, or an arrival in its only one. */
export interface Random {
  /** Next number, at least 0 and below 1. */
  next(): number;
}
