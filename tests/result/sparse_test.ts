import assert from "node:assert/strict";
import fc from "fast-check";
import { Histogram } from "../../lib/measure/histogram.ts";
import type { HistogramData } from "../../lib/measure/interval.ts";
import { Series } from "../../lib/measure/series.ts";
import { addHistograms, addSeries, packHistogram, packSeries } from "../../lib/result/sparse.ts";

/** However its buckets are written: packed ones may stand in several pieces. */
function plain(data: HistogramData): HistogramData {
  const histogram = new Histogram();
  histogram.mergeData(data);
  return histogram.toData();
}
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
  for (const count of [1, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 40]) {
    const data = { count: count + 1, min: 5, max: 900, sum: 5 * count + 900, overflow: 0, buckets: [5, count, 895, 1] };
    assert.deepEqual(plain(packHistogram(data)), data);
  }
});

Deno.test("packHistogram() is the same histogram, and so is any sum with it", () => {
  const many = fc.array(fc.tuple(fc.nat(2_000_000), fc.integer({ min: 1, max: 900 })), { maxLength: 60 });
  fc.assert(
    fc.property(many, many, (a, b) => {
      const [one, other] = [a, b].map((list) => {
        const histogram = new Histogram();
        for (const [value, times] of list) for (let i = 0; i < times; i++) histogram.record(value);
        return histogram.toData();
      }) as [HistogramData, HistogramData];
      assert.deepEqual(plain(packHistogram(one)), one);
      assert.deepEqual(
        plain(addHistograms(packHistogram(one), packHistogram(other))),
        plain(addHistograms(one, other)),
      );
    }),
    { numRuns: 40 },
  );
});

Deno.test("the second of a usual run takes one byte a number", () => {
  const histogram = new Histogram();
  for (let value = 1000; value < 1400; value++) histogram.record(value);
  const { buckets } = histogram.toData();
  const packed = packHistogram(histogram.toData()).buckets;
  assert.ok(packed instanceof Uint8Array && packed.length < 1.1 * buckets.length, `${packed.length} bytes`);
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
