/** The figures of single calls, out of a saved run in which no two calls of an operation ended in the same second. */
import assert from "node:assert/strict";
import { Histogram } from "../../lib/measure/histogram.ts";
import type { Counter, Distribution } from "../../lib/plan/threshold/threshold.ts";
import type { ResultRecord } from "../../lib/result/record.ts";

/** One ok call: its distributions hold one value each, which sums keep exactly. */
export interface MeasuredCall {
  operation: string;
  /** Microseconds, a ratio in millionths or a count, as the distribution has it; NaN: it has none. */
  of(name: Distribution): number;
  count(name: Counter): number;
  /** The longest that june-load came too late to anything in the seconds of the call; microseconds. */
  late_us: number;
}

/**
 * The calls of a run in the order in which they ended.
 * @param folder of the run
 */
export async function callsOf(folder: string): Promise<MeasuredCall[]> {
  const calls: MeasuredCall[] = [];
  const lags_us: number[] = [];
  for (const line of (await Deno.readTextFile(`${folder}/result.ndjson`)).split("\n")) {
    if (line === "") continue;
    const record = JSON.parse(line) as ResultRecord;
    if (record.type !== "interval") continue;
    lags_us[record.index] = record.generator.loop_lag_us;
    for (const { operation, outcomes, histograms, counters } of record.series) {
      if (outcomes.ok === 0) continue;
      assert.equal(outcomes.ok, 1, `second ${record.index} has two calls of ${operation}: they cannot be told apart`);
      const of = (name: Distribution) => {
        const data = histograms[name];
        return data === undefined ? NaN : Histogram.from(data).sum;
      };
      const began = Math.floor(record.index - of("latency") / 1e6);
      calls.push({
        operation,
        late_us: Math.max(...lags_us.slice(Math.max(began, 0))),
        of,
        count: (name) => counters[name] ?? 0,
      });
    }
  }
  return calls;
}
