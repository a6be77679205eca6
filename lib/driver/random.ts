/** Seeded randomness of one user. */
export interface Random {
  /** Next number, at least 0 and below 1. */
  next(): number;
}
