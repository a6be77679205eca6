/** The user of a call. */

/**
 * A virtual user of a closed load. The object itself is the identity: the pool makes one for each user and passes the
 * same one with every call of that user. A service keys by it what it keeps for a user (a conversation, a WebSocket).
 */
export interface UserIdentity {
  /** Index of the user's load in the plan, from 0. */
  readonly load: number;
  /** Number of the user in its load, from 0; the same with any number of workers. */
  readonly number: number;
}
