import assert from "node:assert/strict";
import fc from "fast-check";
import { censoredPercentile } from "../../lib/measure/censored.ts";
import { Histogram } from "../../lib/measure/histogram.ts";

function of(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.recordSigned(value);
  return histogram;
}

Deno.test("without calls given up it is the histogram's own percentile", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 1 }), (values) => {
    const [all, none] = [of(values), of([])];
    for (const p of [50, 95, 100]) {
      assert.deepEqual(censoredPercentile(all, none, p), { value_us: all.percentile(p), at_least: false });
    }
  }));
  assert.equal(censoredPercentile(of([]), of([]), 95), null);
});

Deno.test("calls given up older than all answers count like infinitely slow ones", () => {
  const answered = of(Array.from({ length: 90 }, (_, i) => i + 1));
  const hung = of(Array(10).fill(5000));
  assert.deepEqual(censoredPercentile(answered, hung, 90), { value_us: 90, at_least: false });
  assert.deepEqual(censoredPercentile(answered, hung, 95), { value_us: 5000, at_least: true });
  assert.deepEqual(censoredPercentile(of([]), hung, 50), { value_us: 5000, at_least: true });
});

Deno.test("a call cut off younger than every answer neither helps nor harms", () => {
  const answered = of([100, 200, 300, 400]);
  assert.deepEqual(censoredPercentile(answered, of(Array(50).fill(1)), 50), { value_us: 200, at_least: false });
});

Deno.test("more calls given up never make a percentile smaller", () => {
  const times = fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 60 });
  fc.assert(fc.property(times, times, fc.constantFrom(50, 90, 95, 99), (answers, ages, p) => {
    const without = censoredPercentile(of(answers), of([]), p)!;
    const withThem = censoredPercentile(of(answers), of(ages), p)!;
    assert.ok(withThem.at_least || withThem.value_us >= without.value_us - 1);
  }));
});

Deno.test("Histogram keeps negative values apart: percentiles, extremes, data form and differences", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: -5000, max: 5000 }), { minLength: 1 }), (values) => {
    const histogram = of(values);
    const sorted = values.toSorted((a, b) => a - b);
    assert.deepEqual([histogram.min, histogram.max, histogram.count], [sorted[0], sorted.at(-1), values.length]);
    const median = sorted[Math.ceil(values.length / 2) - 1]!;
    assert.ok(Math.abs(histogram.percentile(50) - median) <= Math.abs(median) / 512 + 1);
    assert.deepEqual(Histogram.from(histogram.toData()).toData(), histogram.toData());
    const half = of(values.slice(0, values.length >> 1));
    const rest = of(values.slice(values.length >> 1)).toData();
    assert.deepEqual(histogram.without(half).toData().buckets, rest.buckets);
    assert.equal(histogram.without(half).count, rest.count);
  }));
});
