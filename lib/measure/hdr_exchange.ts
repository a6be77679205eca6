/** HdrHistogram's V2 compressed exchange form, which other HDR tools read and plot. */
import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { HIGHEST_US, Histogram } from "./histogram.ts";

/**
 * The histogram in V2 compressed form, base64; microseconds, 1 to 3.6e9, three digits. The form has no negative values:
 * those of early transcripts count as 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Histogram } from "./histogram.ts";
 * const histogram = new Histogram();
 * histogram.record(1500);
 * assert.match(encodeV2(histogram), /^HISTFAAA/);
 * ```
 */
export function encodeV2(histogram: Histogram): string {
  const exchange = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_US,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 64,
    useWebAssembly: false,
  });
  for (const { highest, count } of histogram.slots()) {
    exchange.recordValueWithCount(Math.max(0, Math.min(highest, HIGHEST_US)), count);
  }
  return encodeIntoCompressedBase64(exchange);
}
