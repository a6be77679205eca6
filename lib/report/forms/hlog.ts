/** HdrHistogram's log format: the response times of each operation second by second, for its plotter and libraries. */
import { encodeV2 } from "../../measure/hdr_exchange.ts";
import { Histogram } from "../../measure/histogram.ts";
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import type { Run } from "../../result/run.ts";
import { plainText } from "../format/escape.ts";

/**
 * A log of version 1.3: a line for each second (or longer slot of a long run) and operation in which a call was ok, warm-up
 * included. The tag is the operation. Histograms hold microseconds; the column of the largest value is in milliseconds.
 * Response times below 0 count as 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../../tests/result/make_run.ts"; // sixty made-up seconds
 *
 * assert.match(renderHlog(makeRun()), /^Tag=llm\.chat_stream,0\.000,1\.000,\d+\.\d{3},HIST/m);
 * ```
 */
export function renderHlog(run: Run): string {
  const start_s = (Date.parse(run.header.started_at) / 1000).toFixed(3);
  const head = [
    `#[Response times by ${plainText(run.header.tool)}, microseconds]`,
    "#[Histogram log format version 1.3]",
    `#[StartTime: ${start_s} (seconds since epoch), ${run.header.started_at}]`,
    // Times of the lines count from the start of the run.
    `#[BaseTime: ${start_s} (seconds since epoch)]`,
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
  ];
  const lines = run.slots.flatMap(({ start_ms, length_ms, series }) =>
    [...series].flatMap(([operation, { histograms }]) => {
      const data = histograms[HEADLINE];
      if (data === undefined || data.count === 0) return [];
      const histogram = new Histogram();
      histogram.mergeData(data);
      const times = [start_ms / 1000, length_ms / 1000, Math.max(0, histogram.max) / 1000].map((one) => one.toFixed(3));
      return [`Tag=${tagOf(operation)},${times.join(",")},${encodeV2(histogram)}`];
    })
  );
  return [...head, ...lines, ""].join("\n");
}

/** A tag ends at the first comma, and must not be empty. */
function tagOf(operation: string): string {
  return plainText(operation).replace(/[,\s]+/g, "_") || "_";
}
