/** What a deadline does whose timer fires late: the peer may have answered in time. */

/**
 * A timer that fires this late shows that its thread stood still. Replies that came meanwhile wait in the sockets: they are
 * read before anything expires. Milliseconds.
 */
export const STOOD_STILL_MS = 10;
/** Time to read them; milliseconds. */
export const READING_MS = 10;
