import assert from "node:assert/strict";
import fc from "fast-check";
import { noGenerator } from "../../lib/measure/generator.ts";
import { HIGHEST_US } from "../../lib/measure/histogram.ts";
import type { IntervalData } from "../../lib/measure/interval.ts";
import { Series } from "../../lib/measure/series.ts";
import { mergeIntervals } from "../../lib/pool/merge.ts";

const WORKERS = 8;

/** The interval of a pool that measured these latencies and gaps. */
function intervalOf(latencies_us: readonly number[], gaps_us: readonly number[]): IntervalData {
  const series = new Series();
  for (const latency_us of latencies_us) {
    series.issued++;
    series.outcomes.ok++;
    series.histogram("latency").record(latency_us);
  }
  for (const gap_us of gaps_us) series.histogram("gap").record(gap_us);
  const interval: IntervalData = {
    index: 0,
    series: [series.toData("llm.generate", 0)],
    failures: [],
    users: 0,
    in_flight: 0,
    connections: [],
    generator: noGenerator(),
    turns: [],
  };
  // As a message to another thread: histograms may travel packed.
  return structuredClone(interval);
}

const values = fc.array(fc.oneof(fc.nat(5000), fc.nat(HIGHEST_US)), { minLength: WORKERS, maxLength: 400 });

Deno.test("the seconds of 8 workers merge to the second of one that measured the same", () => {
  fc.assert(
    fc.property(values, values, fc.infiniteStream(fc.nat(WORKERS - 1)), (latencies_us, gaps_us, deal) => {
      const dealt = Array.from({ length: WORKERS }, () => [[], []] as [number[], number[]]);
      const give = (value: number, kind: 0 | 1) => dealt[deal.next().value as number]?.[kind].push(value);
      for (const latency_us of latencies_us) give(latency_us, 0);
      for (const gap_us of gaps_us) give(gap_us, 1);
      const merged = mergeIntervals(
        0,
        dealt.map(([some_latencies, some_gaps]) => intervalOf(some_latencies, some_gaps)),
      );
      assert.deepEqual(plain(merged), plain(intervalOf(latencies_us, gaps_us)));
    }),
    { numRuns: 100 },
  );
});

const plain = (interval: IntervalData): unknown =>
  JSON.parse(JSON.stringify(interval, (_key, value) => ArrayBuffer.isView(value) ? [...value as Float64Array] : value));
