import assert from "node:assert/strict";
import { Histogram } from "../../lib/measure/histogram.ts";
import { cutsOf, lagOne, meanInterval, percentileInterval, ratioInterval } from "../../lib/statistics/batch_means.ts";
import { seeded } from "./queue.ts";

const histogramOf = (values: readonly number[]) => {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
};

function wholeOf(batches: readonly Histogram[]): Histogram {
  const whole = new Histogram();
  for (const one of batches) whole.merge(one);
  return whole;
}

const percentile = (batches: readonly Histogram[], p: number) =>
  percentileInterval(wholeOf(batches), cutsOf(batches), p);

Deno.test("ratioInterval() is t times the standard error of ten batches", () => {
  // Mean 10.5, alternating 10 and 11: s = 0.527, s / sqrt(10) = 0.1667, t(9) = 2.2622.
  const parts = Array.from({ length: 10 }, (_, i) => ({ part: 10 + i % 2, whole: 1 }));
  const found = ratioInterval(parts);
  assert.ok(found !== null);
  assert.equal(found.batches, 10);
  assert.ok(Math.abs(found.low - (10.5 - 2.2622 * 0.16667)) < 1e-3);
  assert.ok(Math.abs(found.high - (10.5 + 2.2622 * 0.16667)) < 1e-3);
});

Deno.test("ratioInterval() weighs batches by their size, so how finely the run is cut does not matter", () => {
  const fine = Array.from({ length: 30 }, (_, i) => ({ part: (7 * i) % 13, whole: 2 }));
  const coarse = Array.from({ length: 10 }, (_, i) => ({
    part: fine.slice(3 * i, 3 * i + 3).reduce((sum, { part }) => sum + part, 0),
    whole: 6,
  }));
  assert.deepEqual(ratioInterval(fine), ratioInterval(coarse));
});

Deno.test("no interval is given of fewer than six batches, or where they would be empty", () => {
  const parts = Array.from({ length: 5 }, () => ({ part: 1, whole: 1 }));
  assert.equal(ratioInterval(parts), null);
  assert.equal(ratioInterval(Array.from({ length: 10 }, () => ({ part: 0, whole: 0 }))), null);
  assert.equal(percentile(Array.from({ length: 5 }, () => histogramOf([1, 2, 3])), 50), null);
  assert.equal(percentile([], 50), null);
  const halfEmpty = Array.from({ length: 12 }, (_, i) => histogramOf(i < 6 ? [5] : []));
  assert.equal(percentile(halfEmpty, 50), null);
});

Deno.test("fewer, longer batches are taken where ten would be empty in places", () => {
  const some = Array.from({ length: 12 }, (_, i) => histogramOf(i % 2 === 0 ? [100 + i, 120] : []));
  assert.equal(percentile(some, 50)?.batches, 6);
});

Deno.test("percentileInterval() and meanInterval() hold the figure they are of", () => {
  const random = seeded(3);
  const batches = Array.from(
    { length: 32 },
    () => histogramOf(Array.from({ length: 200 }, () => 1000 * -Math.log(1 - random()))),
  );
  const whole = wholeOf(batches);
  for (const p of [50, 90, 99]) {
    const found = percentileInterval(whole, cutsOf(batches), p);
    assert.ok(found !== null && found.low < whole.percentile(p) && whole.percentile(p) < found.high);
  }
  const mean = meanInterval(whole, cutsOf(batches));
  assert.ok(mean !== null && mean.low < whole.mean && whole.mean < mean.high);
  assert.ok(mean.high - mean.low < 0.15 * whole.mean);
});

Deno.test("neighbours that resemble each other get fewer batches and a wider interval", () => {
  const wave = (period: number) =>
    Array.from({ length: 30 }, (_, i) => ({ part: 10 + Math.sin(2 * Math.PI * (i + 0.5) / period), whole: 1 }));
  const [slow, quick] = [ratioInterval(wave(30)), ratioInterval(wave(1.5))];
  assert.ok(slow !== null && quick !== null);
  assert.equal(quick.batches, 10);
  assert.equal(slow.batches, 6);
  assert.ok(slow.lag_1 > 0.3);
  // The six batches alone spread by 0.73: 2.571 * 0.73 / sqrt(6) to either side.
  assert.ok(slow.high - slow.low > 2 * 2.571 * 0.73 / Math.sqrt(6));
});

Deno.test("lagOne() is the correlation of neighbours", () => {
  assert.equal(lagOne([1, 1, 1]), 0);
  assert.ok(Math.abs(lagOne([1, -1, 1, -1, 1, -1, 1, -1]) + 7 / 8) < 1e-12);
  assert.ok(lagOne([1, 2, 3, 4, 5, 6, 7, 8]) > 0.5);
});
