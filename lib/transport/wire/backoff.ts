/** The time between attempts to connect. Source: gRPC's document "connection-backoff". */

const FIRST_MS = 1000;
const FACTOR = 1.6;
/** gRPC waits up to 120 s, which would hide when a service is back: calls wait for the next attempt. */
const LONGEST_MS = 2000;
const JITTER = 0.2;

/**
 * The time from the beginning of an attempt to that of the next, in milliseconds.
 * @param failures consecutive failed attempts; 0: no wait
 * @param random a number from 0 to 1
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(backoff(0, 0.5), 0);
 * assert.deepEqual([1, 2, 20].map((failures) => backoff(failures, 0.5)), [1000, 1600, 2000]);
 * ```
 */
export function backoff(failures: number, random: number): number {
  if (failures === 0) return 0;
  const base_ms = Math.min(LONGEST_MS, FIRST_MS * FACTOR ** (failures - 1));
  return base_ms * (1 + JITTER * (2 * random - 1));
}
