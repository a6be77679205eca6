/** Reads what `encodeV2` wrote. */
import { decodeFromCompressedBase64 } from "hdr-histogram-js";

/** Count and chosen percentiles of a V2 compressed histogram, as the exchange library reads them. */
export function readV2(base64: string, percentiles: readonly number[]): { count: number; values: number[] } {
  const exchange = decodeFromCompressedBase64(base64);
  return { count: exchange.totalCount, values: percentiles.map((p) => exchange.getValueAtPercentile(p)) };
}
