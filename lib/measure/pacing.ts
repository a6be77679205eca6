/** Whether speech was sent as a microphone would send it. */
import type { Series } from "./series.ts";

/** Above this P99 of the pacing error, speech was not sent in real time; microseconds. */
export const PACING_LIMIT_US = 20_000;

/** Share of a clip's chunks that may be late: a listener would not notice one in twenty. */
const LATE_SHARE = 0.05;

/**
 * Whether june-load sent one clip late: two chunks or more, and more than one in twenty, were late by more than the limit
 * though the stream had room for them.
 *
 * @param late chunks late by more than `PACING_LIMIT_US` on june-load's own account
 * @param chunks all chunks of the clip
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual([clipLate(1, 10), clipLate(2, 10), clipLate(2, 100), clipLate(6, 100)], [false, true, false, true]);
 * ```
 */
export function clipLate(late: number, chunks: number): boolean {
  return late >= 2 && late > LATE_SHARE * chunks;
}

/** Whether paced speech fell behind. */
export function paceBroken(total: Series): boolean {
  const late = total.histogram("pacing_error");
  return late.count > 0 && late.percentile(99) > PACING_LIMIT_US;
}
