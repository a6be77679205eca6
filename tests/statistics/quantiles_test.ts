import assert from "node:assert/strict";
import fc from "fast-check";
import { logGamma, regularisedBeta } from "../../lib/statistics/beta.ts";
import { normalQuantile, studentQuantile } from "../../lib/statistics/quantiles.ts";

const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);

Deno.test("logGamma() is the logarithm of the factorial", () => {
  near(logGamma(1), 0, 1e-13);
  near(logGamma(11), Math.log(3_628_800), 1e-12);
  near(logGamma(0.5), Math.log(Math.PI) / 2, 1e-13);
});

Deno.test("regularisedBeta() gives the tail of a binomial, summed term by term", () => {
  const choose = (n: number, k: number): number => k === 0 ? 1 : choose(n - 1, k - 1) * n / k;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (n, p) => {
      for (const k of [1, Math.ceil(n / 2), n]) {
        let tail = 0;
        for (let i = k; i <= n; i++) tail += choose(n, i) * p ** i * (1 - p) ** (n - i);
        near(regularisedBeta(p, k, n - k + 1), tail, 1e-10);
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("regularisedBeta() is 0 and 1 at the ends and mirrors itself", () => {
  assert.equal(regularisedBeta(0, 2, 3), 0);
  assert.equal(regularisedBeta(1, 2, 3), 1);
  near(regularisedBeta(0.3, 2, 500) + regularisedBeta(0.7, 500, 2), 1, 1e-14);
  near(regularisedBeta(0.25, 1, 1), 0.25, 1e-14);
});

Deno.test("studentQuantile() gives the printed tables", () => {
  const table: [p: number, freedom: number, t: number][] = [
    [0.975, 1, 12.7062],
    [0.975, 2, 4.3027],
    [0.975, 5, 2.5706],
    [0.975, 9, 2.2622],
    [0.975, 30, 2.0423],
    [0.95, 9, 1.8331],
    [0.995, 4, 4.6041],
  ];
  for (const [p, freedom, t] of table) {
    near(studentQuantile(p, freedom), t, 5e-5);
    near(studentQuantile(1 - p, freedom), -t, 5e-5);
  }
  near(studentQuantile(0.5, 7), 0, 1e-9);
});

Deno.test("normalQuantile() gives the printed tables", () => {
  near(normalQuantile(0.975), 1.959964, 1e-6);
  near(normalQuantile(0.995), 2.575829, 1e-6);
  near(normalQuantile(0.05), -1.644854, 1e-6);
});

Deno.test("normalQuantile() is Student's t with very many degrees of freedom, in the centre and in both tails", () => {
  for (const p of [1e-9, 1e-6, 0.001, 0.02, 0.0749, 0.0751, 0.3, 0.5, 0.8, 0.9249, 0.9251, 0.999, 1 - 1e-9]) {
    assert.ok(Math.abs(normalQuantile(p) - studentQuantile(p, 1e8)) < 1e-6, String(p));
  }
});
