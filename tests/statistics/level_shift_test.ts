/** Shifts of a level are found, and series without any show one about as often as asked, though neighbours are alike. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { apartBy, levelShifts } from "../../lib/statistics/level_shift.ts";
import { seeded } from "./queue.ts";

/** Normal numbers. Source: G. Box and M. Muller 1958. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** An AR(1) series of spread 1 in which each value is `r` of the one before, and the rest chance. */
function correlated(length: number, r: number, random: () => number): number[] {
  let value = normal(random);
  return Array.from({ length }, () => value = r * value + Math.sqrt(1 - r * r) * normal(random));
}

/** The share of series in which `levelShifts` finds any. */
function shareWithShift(series: number, make: (random: () => number) => number[]): number {
  const random = seeded(4);
  return Array.from({ length: series }, () => levelShifts(make(random), 0.01).length > 0).filter(Boolean).length /
    series;
}

Deno.test("levelShifts() finds none in 98 of 100 series without any, and in 9 of 10 whose neighbours are alike", () => {
  assert.ok(shareWithShift(600, (random) => correlated(60, 0, random)) <= 0.025);
  assert.ok(shareWithShift(600, (random) => correlated(20, 0, random)) <= 0.025);
  assert.ok(shareWithShift(400, (random) => correlated(60, 0.5, random)) <= 0.1);
});

Deno.test("levelShifts() finds a shift for good and one that goes away, each at its place", () => {
  for (const to of [60, 42]) {
    const random = seeded(to);
    let [found, placed] = [0, 0];
    for (let run = 0; run < 100; run++) {
      const values = correlated(60, 0.3, random).map((value, i) => value + (i >= 24 && i < to ? 3.5 : 0));
      const shifts = levelShifts(values, 0.01);
      if (shifts.length > 0) found++;
      if (shifts.some(({ at }) => Math.abs(at - 24) <= 1)) placed++;
    }
    assert.ok(found >= 95 && placed >= 85, `${to}: ${found} found, ${placed} placed`);
  }
});

Deno.test("levelShifts() cuts a series into stretches without gaps, whatever is in it", () => {
  const value = fc.oneof(fc.constantFrom(0, 1, 1e9), fc.double({ noNaN: true, min: -1e6, max: 1e6 }));
  fc.assert(
    fc.property(fc.array(value, { maxLength: 50 }), (values) => {
      const shifts = levelShifts(values, 0.05);
      shifts.forEach(({ from, at, to }, i) => {
        assert.ok(from < at && at < to);
        assert.equal(from, shifts[i - 1]?.at ?? 0);
        assert.equal(to, shifts[i + 1]?.at ?? values.length);
      });
      // Only the order of values counts, not how far apart they are.
      assert.deepEqual(levelShifts(values.map((one) => one * 4), 0.05), shifts);
    }),
    { numRuns: 60 },
  );
});

Deno.test("a series of equal values has no shift, and one step is as clear as can be", () => {
  assert.deepEqual(levelShifts(new Array(40).fill(7), 0.01), []);
  const step = Array.from({ length: 40 }, (_, i) => i < 20 ? 1 : 2);
  assert.deepEqual(levelShifts(step, 1e-6), [{ at: 20, from: 0, to: 40 }]);
});

Deno.test("apartBy() is the difference over the spread, never more than 99, and turns round with its sides", () => {
  const series = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 3, maxLength: 40 });
  fc.assert(fc.property(series, series, (before, after) => {
    const [there, back] = [apartBy(before, after, 1), apartBy(after, before, 1)];
    assert.ok(there !== null && back !== null && Math.abs(there.standardised) <= 99);
    assert.ok(Math.abs(there.standardised + back.standardised) < 1e-9);
    assert.equal(Math.sign(there.standardised), Math.sign(there.after - there.before));
  }));
  assert.deepEqual(apartBy([0, 0, 0], [0, 0, 0], 0), { before: 0, after: 0, standardised: 0 });
  assert.equal(apartBy([0, 0, 0], [1, 1, 1], 0)?.standardised, 99);
});
