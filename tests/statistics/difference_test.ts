import assert from "node:assert/strict";
import fc from "fast-check";
import { holm, pairedShift, shareShift, type Shift, shiftOf, widerOf } from "../../lib/statistics/difference.ts";
import { wilson } from "../../lib/statistics/proportion.ts";
import { studentTails } from "../../lib/statistics/quantiles.ts";

const sample = (value: number, variance: number, freedom: number) => ({
  value,
  spread: { variance, freedom, bias: 0 },
});
const share = (part: number, whole: number) => ({
  value: part / whole,
  interval: (confidence: number) => wilson(part, whole, confidence),
});

Deno.test("shiftOf() of one run a side is Welch's test", () => {
  // Two samples of 15 with means 20.82 and 22.98 and variances 2.96^2 and 3.08^2: worked out with R's t.test.
  const shift = shiftOf([sample(20.82, 2.96 ** 2 / 15, 14)], [sample(22.98, 3.08 ** 2 / 15, 14)], 0);
  assert.ok(shift !== null);
  const t = 2.16 / Math.sqrt((2.96 ** 2 + 3.08 ** 2) / 15);
  const freedom = (2.96 ** 2 + 3.08 ** 2) ** 2 / ((2.96 ** 4 + 3.08 ** 4) / 14);
  assert.ok(Math.abs(shift.p(0) - studentTails(t, freedom)) < 1e-12);
  assert.equal(shift.p(0).toFixed(3), "0.060");
});

Deno.test("shiftOf() of several runs lets what differs from run to run decide, and batches where that is less", () => {
  const calm = (value: number) => sample(value, 0.01, 9);
  const apart = shiftOf([calm(90), calm(110)], [calm(100), calm(120)], 0);
  assert.ok(apart !== null && apart.p(0) > 0.3);
  const noisy = (value: number) => sample(value, 100, 9);
  const alike = shiftOf([noisy(100), noisy(100.1)], [noisy(110), noisy(110.1)], 0);
  assert.ok(alike !== null && alike.p(0) > 0.1, "two runs that agree by chance prove nothing");
  const bare = (value: number) => ({ value, spread: null });
  assert.equal(shiftOf([bare(1)], [bare(2)], 0), null, "one run a side without batches says nothing");
  assert.ok(shiftOf([bare(1), bare(1.1)], [bare(2)], 0) !== null);
});

Deno.test("shareShift() gives Newcombe's published example: 56 of 70 against 48 of 80", () => {
  const { low, high } = shareShift(share(48, 80), share(56, 70)).interval();
  assert.deepEqual([low.toFixed(4), high.toFixed(4)], ["0.0524", "0.3339"]);
});

Deno.test("a difference no larger than the resolution is none", () => {
  const same = pairedShift(0.0009, { variance: 0, freedom: 9, bias: 0 }, 0.001);
  assert.equal(same.p(0), 1);
  assert.ok(same.interval().low < 0);
  assert.equal(pairedShift(0.002, { variance: 0, freedom: 9, bias: 0 }, 0.001).p(0), 0);
});

const shifts: fc.Arbitrary<{ shift: Shift; mirrored: Shift }> = fc.oneof(
  fc.tuple(
    fc.double({ min: -5, max: 5, noNaN: true }),
    fc.double({ min: 0.01, max: 4, noNaN: true }),
    fc.integer({ min: 1, max: 30 }),
  )
    .map(([value, variance, freedom]) => {
      const [a, b] = [sample(1, variance, freedom), sample(1 + value, variance / 2, freedom)];
      return { shift: shiftOf([a], [b], 0) as Shift, mirrored: shiftOf([b], [a], 0) as Shift };
    }),
  fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 })).map(([a, b]) => ({
    shift: shareShift(share(a, 50), share(b, 50)),
    mirrored: shareShift(share(b, 50), share(a, 50)),
  })),
);

Deno.test("an interval holds exactly what its p-value does not reject, and sides may be swapped", () => {
  fc.assert(
    fc.property(shifts, fc.double({ min: -6, max: 6, noNaN: true }), ({ shift, mirrored }, at) => {
      const { low, high } = shift.interval(0.95);
      assert.ok(low <= shift.value && shift.value <= high);
      // Not at the very edge, where both are a matter of rounding.
      if (Math.min(Math.abs(at - low), Math.abs(at - high)) > 1e-3) {
        assert.equal(shift.p(at) >= 0.05, at >= low && at <= high, `${at} of ${low} to ${high}`);
      }
      const other = mirrored.interval(0.95);
      assert.ok(Math.abs(other.low + high) < 1e-9 && Math.abs(other.high + low) < 1e-9);
      const wide = widerOf(shift, { ...shift, interval: () => ({ low: -900, high: 900 }), p: () => 0.5 });
      assert.deepEqual([wide.interval().low, wide.interval().high], [-900, 900]);
      assert.ok(wide.p(at) >= 0.5);
    }),
    { numRuns: 60 },
  );
});

Deno.test("holm() rejects what its definition rejects, step by step", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (values) => {
      const raised = holm(values);
      const order = values.map((p, at) => ({ p, at })).sort((a, b) => a.p - b.p);
      let open = true;
      for (const [rank, { p, at }] of order.entries()) {
        open &&= p * (values.length - rank) < 0.05;
        assert.equal((raised[at] as number) < 0.05, open);
      }
    }),
    { numRuns: 200 },
  );
});
