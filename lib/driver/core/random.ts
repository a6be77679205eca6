/** Seeded randomness of one user. */
export interface Random {
  /** Next number, at least 0 and below 1. */
  next(): number;
  /** It is the same object in all calls of this user; absent where it serves one call only. */
  readonly user?: true;
}
