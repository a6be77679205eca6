import assert from "node:assert/strict";
import { type Bucket, bucketQuantile } from "../../../lib/resources/metrics/buckets.ts";
import { numbers } from "./pages.ts";

Deno.test("bucketQuantile() answers as Prometheus' own tests of histogram_quantile do", () => {
  // Source: promql/promqltest/testdata/histograms.test, testhistogram: 5 values up to .1, 7 more up to .2, 88 up to 1e0 ...
  const start: Bucket[] = [{ le: 0.1, count: 5 }, { le: 0.2, count: 12 }, { le: 1, count: 100 }, {
    le: Infinity,
    count: 100,
  }];
  const near = (q: number, expected: number) =>
    assert.ok(Math.abs((bucketQuantile(q, start) ?? NaN) - expected) < 1e-12);
  near(0.05, 0.1);
  near(0.02, 0.04);
  near(0.12, 0.2);
  near(0.56, 0.6);
  // Lower bounds below 0 are not taken as 0, and what lies in the last bucket is at least the bound before.
  const negative: Bucket[] = [{ le: -0.2, count: 1 }, { le: -0.1, count: 2 }, { le: 0.3, count: 2 }, {
    le: Infinity,
    count: 4,
  }];
  assert.deepEqual([0.1, 0.99].map((q) => bucketQuantile(q, negative)), [-0.2, 0.3]);
});

Deno.test("bucketQuantile() has no value without values, without a last bucket and with it alone", () => {
  assert.equal(bucketQuantile(0.5, []), null);
  assert.equal(bucketQuantile(0.5, [{ le: Infinity, count: 3 }]), null);
  assert.equal(bucketQuantile(0.5, [{ le: 1, count: 3 }, { le: 2, count: 3 }]), null);
  assert.equal(bucketQuantile(0.5, [{ le: 1, count: 0 }, { le: Infinity, count: 0 }]), null);
});

Deno.test("a quantile lies in the bucket of the value that has its rank, and never falls as q rises", () => {
  const next = numbers(17);
  for (let trial = 0; trial < 300; trial++) {
    const bounds = [
      ...new Set(Array.from({ length: 1 + Math.floor(next() * 8) }, () => Math.round(next() * 100) / 10 + 0.1)),
    ]
      .sort((a, b) => a - b);
    const values = Array.from({ length: 1 + Math.floor(next() * 60) }, () => next() * 12).sort((a, b) => a - b);
    const buckets = [...bounds, Infinity].map((le) => ({ le, count: values.filter((value) => value <= le).length }));
    let before = -Infinity;
    for (const q of Array.from({ length: 20 }, () => 0.001 + 0.998 * next()).sort((a, b) => a - b)) {
      const found = bucketQuantile(q, buckets);
      assert.ok(found !== null && found >= before - 1e-9);
      before = found;
      const value = values[Math.max(0, Math.ceil(q * values.length) - 1)] as number;
      const upper = bounds.find((bound) => bound >= value) ?? bounds.at(-1) as number;
      const lower = bounds.filter((bound) => bound < value).at(-1) ?? 0;
      assert.ok(
        found <= upper + 1e-9 && found >= Math.min(lower, upper) - 1e-9,
        `${found} of ${lower}..${upper}, ${q}`,
      );
    }
  }
});

Deno.test("counts that fall from bucket to bucket are made level first", () => {
  const uneven = [{ le: 1, count: 10 }, { le: 2, count: 9 }, { le: 3, count: 20 }, { le: Infinity, count: 20 }];
  const level = uneven.map((one, i) => i === 1 ? { ...one, count: 10 } : one);
  for (const q of [0.1, 0.5, 0.55, 0.9]) assert.equal(bucketQuantile(q, uneven), bucketQuantile(q, level));
});
