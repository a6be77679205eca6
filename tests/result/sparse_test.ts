import assert from "node:assert/strict";
import fc from "fast-check";
import { Histogram } from "../../lib/measure/histogram.ts";
import { Series } from "../../lib/measure/series.ts";
import { addHistograms, addSeries, packHistogram, packSeries } from "../../lib/result/sparse.ts";

const plain = ({ buckets, ...data }: ReturnType<Histogram["toData"]>) => ({ ...data, buckets: Array.from(buckets) });
const values = fc.array(fc.integer({ min: 0, max: 4_000_000_000 }), { maxLength: 40 });

function histogramOf(list: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of list) histogram.record(value);
  return histogram;
}

Deno.test("addHistograms() is the histogram of all values", () => {
  fc.assert(fc.property(values, values, (a, b) => {
    const sum = addHistograms(histogramOf(a).toData(), packHistogram(histogramOf(b).toData()));
    assert.deepEqual(plain(sum), plain(histogramOf([...a, ...b]).toData()));
  }));
});

Deno.test("packHistogram() loses no count, however large", () => {
  for (const count of [1, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 40]) {
    const data = { count: count + 1, min: 5, max: 900, sum: 5 * count + 900, overflow: 0, buckets: [5, count, 895, 1] };
    assert.deepEqual(plain(packHistogram(data)), data);
  }
});

Deno.test("addSeries() is the same as merging, and changes neither", () => {
  const make = (latencies: readonly number[], failed: readonly number[]) => {
    const series = new Series();
    series.issued = latencies.length + failed.length;
    series.outcomes.ok = latencies.length;
    series.outcomes.failed = failed.length;
    series.messages = 3;
    for (const value of latencies) series.histogram("latency").record(value);
    for (const value of failed) series.failed_latency.record(value);
    if (latencies.length > 3) series.count("good", 2);
    return series.toData("a", 1);
  };
  fc.assert(fc.property(values, values, values, values, (a, b, c, d) => {
    const [one, other] = [packSeries(make(a, b)), make(c, d)];
    const before = JSON.stringify([one, other]);
    const merged = new Series();
    merged.mergeData(one);
    merged.mergeData(other);
    const added = new Series();
    added.mergeData(addSeries(one, other));
    assert.deepEqual(added.toData("a", 1), merged.toData("a", 1));
    assert.equal(JSON.stringify([one, other]), before);
  }));
});
