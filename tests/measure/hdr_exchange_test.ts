import assert from "node:assert/strict";
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { encodeV2 } from "../../lib/measure/hdr_exchange.ts";
import { Histogram } from "../../lib/measure/histogram.ts";

Deno.test("encodeV2() counts an answer that came before the end of speech as 0", () => {
  const histogram = new Histogram();
  histogram.recordSigned(-90_000);
  histogram.recordSigned(1500);
  const back = decodeFromCompressedBase64(encodeV2(histogram));
  assert.deepEqual([back.totalCount, back.minNonZeroValue, back.getValueAtPercentile(50)], [2, 1500, 0]);
});
