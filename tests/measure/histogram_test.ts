import assert from "node:assert/strict";
import fc from "fast-check";
import { HIGHEST_US, highestAt, Histogram, indexOf, lowestAt } from "../../lib/measure/histogram.ts";
import { encodeV2 } from "../../lib/measure/hdr_exchange.ts";
import { readV2 } from "./read_v2.ts";

const value = fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: HIGHEST_US }));
const values = fc.array(value, { minLength: 1, maxLength: 300 });

function histogramOf(list: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const v of list) histogram.record(v);
  return histogram;
}

Deno.test("indexOf() puts every value into a slot that holds it, within 0.1 %", () => {
  fc.assert(fc.property(value, (v) => {
    const index = indexOf(v);
    assert.ok(lowestAt(index) <= v && v <= highestAt(index), `${v} in ${lowestAt(index)}..${highestAt(index)}`);
    assert.ok(highestAt(index) - lowestAt(index) <= v / 1024);
  }));
});

Deno.test("indexOf() counts slots without gaps at the borders of the buckets", () => {
  for (let power = 11; power < 32; power++) {
    assert.equal(indexOf(2 ** power), indexOf(2 ** power - 1) + 1);
  }
});

Deno.test("Histogram.percentile() is the value of rank ceil(n p), to a slot's width", () => {
  fc.assert(fc.property(values, fc.constantFrom(1, 50, 90, 95, 99, 99.9, 100), (list, p) => {
    const sorted = [...list].sort((a, b) => a - b);
    const truth = sorted[Math.max(1, Math.ceil((p / 100) * list.length * (1 - 1e-12))) - 1] as number;
    const found = histogramOf(list).percentile(p);
    assert.ok(found >= truth && found <= truth * (1 + 1 / 1024), `p${p}: ${found} for ${truth}`);
  }));
});

Deno.test("Histogram.percentile() puts 99 % of 100 values at rank 99", () => {
  assert.equal(histogramOf(Array.from({ length: 100 }, (_, i) => i + 1)).percentile(99), 99);
});

Deno.test("Histogram keeps count, sum, minimum and maximum exact", () => {
  fc.assert(fc.property(values, (list) => {
    const h = histogramOf(list);
    assert.equal(h.count, list.length);
    assert.equal(h.sum, list.reduce((a, b) => a + b, 0));
    assert.equal(h.min, Math.min(...list));
    assert.equal(h.max, Math.max(...list));
  }));
});

Deno.test("Histogram.merge() of parts equals the histogram of the whole", () => {
  fc.assert(fc.property(fc.array(values, { minLength: 1, maxLength: 8 }), (parts) => {
    const merged = new Histogram();
    const fromData = new Histogram();
    for (const part of parts) {
      merged.merge(histogramOf(part));
      fromData.mergeData(histogramOf(part).toData());
    }
    assert.deepEqual(merged.toData(), histogramOf(parts.flat()).toData());
    assert.deepEqual(fromData.toData(), merged.toData());
  }));
});

Deno.test("Histogram.clear() leaves an empty histogram that records afresh", () => {
  const h = histogramOf([5, 70_000, HIGHEST_US + 9]);
  h.clear();
  assert.deepEqual(h.toData(), new Histogram().toData());
  h.record(12);
  assert.deepEqual(h.toData(), histogramOf([12]).toData());
});

Deno.test("Histogram counts values over an hour and keeps their maximum", () => {
  const h = histogramOf([10, HIGHEST_US * 2]);
  assert.equal(h.overflow, 1);
  assert.equal(h.count, 2);
  assert.equal(h.max, HIGHEST_US * 2);
});

Deno.test("Histogram.record() refuses what is not a number", () => {
  for (const bad of [NaN, Infinity, -Infinity]) assert.throws(() => new Histogram().record(bad), RangeError);
});

Deno.test("Histogram.countAtOrBelow() counts up to the slot of the value", () => {
  assert.equal(histogramOf([1, 2, 3, 2000]).countAtOrBelow(3), 3);
});

Deno.test("encodeV2() keeps count and percentiles for other HDR tools", () => {
  fc.assert(
    fc.property(values, (list) => {
      const h = histogramOf(list.map((v) => Math.max(1, v)));
      const read = readV2(encodeV2(h), [50, 95, 99]);
      assert.equal(read.count, h.count);
      for (const [i, p] of [50, 95, 99].entries()) {
        const ours = h.percentile(p);
        assert.equal(indexOf(read.values[i] as number), indexOf(ours), `p${p}`);
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("encodeV2() counts values below 0, which its form lacks, as 0", () => {
  const histogram = new Histogram();
  for (const us of [-120_000, -5, 0, 200_000]) histogram.recordSigned(us);
  const read = readV2(encodeV2(histogram), [75]);
  assert.deepEqual(read, { count: 4, values: [0] });
});
