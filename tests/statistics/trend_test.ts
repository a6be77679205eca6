import assert from "node:assert/strict";
import fc from "fast-check";
import { floors, median, theilSen, trendOf } from "../../lib/statistics/trend.ts";
import { seeded } from "./queue.ts";

Deno.test("median() takes the middle, or the mean of the two in the middle", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.ok(Number.isNaN(median([])));
});

Deno.test("theilSen() finds a line exactly, and one wild value does not bend it", () => {
  const line = Array.from({ length: 20 }, (_, x) => ({ x, y: 3 + 0.5 * x }));
  assert.equal(theilSen(line), 0.5);
  assert.equal(theilSen(line.map((point, i) => i === 4 ? { ...point, y: 1e6 } : point)), 0.5);
  assert.ok(Number.isNaN(theilSen([{ x: 1, y: 1 }])));
});

Deno.test("theilSen() follows a change of scale and of level", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 3, maxLength: 30 }),
      fc.integer({ min: 1, max: 50 }),
      (values, by) => {
        const points = values.map((y, x) => ({ x, y }));
        const scaled = points.map(({ x, y }) => ({ x, y: by * y + 7 }));
        assert.ok(Math.abs(theilSen(scaled) - by * theilSen(points)) < 1e-6);
      },
    ),
  );
});

Deno.test("trendOf() gives no interval of fewer than ten points, and nothing of one", () => {
  assert.equal(trendOf([{ x: 0, y: 1 }]), null);
  assert.equal(trendOf(Array.from({ length: 9 }, (_, x) => ({ x, y: x })))?.interval, null);
});

/** Points whose neighbours are correlated by `r`, with standard deviation 1 and no trend but `slope`. */
function series(n: number, r: number, slope: number, random: () => number) {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let state = normal();
  return Array.from({ length: n }, (_, x) => {
    state = r * state + Math.sqrt(1 - r * r) * normal();
    return { x, y: 100 + slope * x + state };
  });
}

/** Of 200 series, those whose interval leaves out 0. */
function alarms(n: number, r: number, slope: number): number {
  const random = seeded(11);
  return Array.from({ length: 200 }, () => trendOf(series(n, r, slope, random))?.interval)
    .filter((interval) => interval && (interval.low > 0 || interval.high < 0)).length / 200;
}

Deno.test("trendOf() seldom sees a drift where there is none, also where minutes resemble each other", () => {
  // Mann-Kendall cries in 13, 30 and 60 % of such runs.
  for (const [r, most] of [[0, 0.08], [0.3, 0.09], [0.6, 0.09], [0.9, 0.12]] as const) {
    assert.ok(alarms(60, r, 0) <= most, `r = ${r}: ${alarms(60, r, 0)}`);
  }
});

Deno.test("trendOf() sees a drift of three standard deviations over the run", () => {
  assert.ok(alarms(60, 0.3, 3 / 60) > 0.95);
});

Deno.test("floors() compares what stays in use after a collector has run", () => {
  assert.deepEqual(floors([5, 9, 5, 9, 5, 9]), { first: 5, last: 5 });
  assert.deepEqual(floors([5, 9, 6, 9, 7, 9]), { first: 5, last: 7 });
  assert.equal(floors([1, 2]), null);
});
