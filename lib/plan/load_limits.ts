/** The largest loads that june-load takes, from a scenario file or in mid-run. */

/** Most users of one load, and most of its tasks in flight. */
export const MAX_USERS = 100_000;
/** Most arrivals a second of one load. */
export const MAX_RATE_PER_S = 100_000;
