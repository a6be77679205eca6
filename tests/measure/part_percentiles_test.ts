import assert from "node:assert/strict";
import fc from "fast-check";
import { Histogram } from "../../lib/measure/histogram.ts";
import { percentilesOf } from "../../lib/measure/part_percentiles.ts";

const PERCENTILES = [0, 1, 50, 90, 95, 99, 99.9, 100];
const time_us = fc.oneof(fc.nat(3000), fc.nat(5_000_000), fc.nat(4_000_000_000));
const parts = (value: fc.Arbitrary<number>) => fc.array(fc.array(value, { maxLength: 60 }), { maxLength: 5 });

function check(lists: readonly number[][], record: (histogram: Histogram, value: number) => void): void {
  const histograms = lists.map((values) => {
    const histogram = new Histogram();
    for (const value of values) record(histogram, value);
    return histogram;
  });
  const whole = new Histogram();
  for (const one of histograms) whole.merge(one);
  const expected = PERCENTILES.map((percentile) => whole.percentile(percentile));
  assert.deepEqual(percentilesOf(histograms.map((one) => one.toData()), PERCENTILES), expected);
}

Deno.test("percentilesOf() gives what a histogram of all parts gives, one call after another", () => {
  fc.assert(fc.property(parts(time_us), (lists) => check(lists, (histogram, value) => histogram.record(value))));
});

Deno.test("percentilesOf() reads values below 0, too", () => {
  const signed = fc.integer({ min: -500_000, max: 500_000 });
  fc.assert(fc.property(parts(signed), (lists) => check(lists, (histogram, value) => histogram.recordSigned(value))));
});
