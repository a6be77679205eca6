import assert from "node:assert/strict";
import fc from "fast-check";
import { drawNormal } from "../../lib/base/random.ts";
import { ratioSections, spreadOf } from "../../lib/statistics/batch_means.ts";
import { discordantShift, pairedShiftOf } from "../../lib/statistics/paired.ts";
import { seeded } from "./queue.ts";

/** How probable so unequal a split of the pairs that disagree is, both sides: McNemar's test, exact. */
function mcnemar(base: number, other: number): number {
  const n = base + other;
  let [term, sum] = [0.5 ** n, 0];
  for (let k = 0; k <= Math.min(base, other); k++) {
    sum += term;
    term *= (n - k) / (k + 1);
  }
  return Math.min(1, 2 * sum);
}

Deno.test("a difference of error rates from pairs agrees with McNemar's exact test", () => {
  const count = fc.integer({ min: 0, max: 40 });
  fc.assert(fc.property(count, count, fc.integer({ min: 200, max: 20_000 }), (base, other, pairs) => {
    const value = (other - base) / pairs;
    const shift = discordantShift(value, { pairs, base, other });
    const { low, high } = shift.interval();
    assert.ok(low <= value && value <= high);
    const [p, exact] = [shift.p(0), mcnemar(base, other)];
    if (exact > 0.15) assert.ok(p > 0.05, `${p} against ${exact}`);
    if (exact < 0.01) assert.ok(p < 0.05, `${p} against ${exact}`);
    const turned = discordantShift(-value, { pairs, base: other, other: base });
    assert.ok(Math.abs(turned.interval().low + high) < 1e-12, "the same from the other side");
  }));
});

Deno.test("pairs that all agree leave room for a few that do not, and less the more there are", () => {
  const width = (pairs: number) => discordantShift(0, { pairs, base: 0, other: 0 }).interval().high;
  assert.ok(width(100) > 0.02 && width(100) < 0.05 && width(10_000) < 0.0005);
});

Deno.test("what both sides have in common cancels, however large it is", () => {
  fc.assert(fc.property(fc.integer(), fc.double({ min: 0.1, max: 10, noNaN: true }), (seed, common) => {
    const draw = { next: seeded(seed) };
    const shared = Array.from({ length: 20 }, () => common * drawNormal(draw));
    const own = shared.map(() => 0.01 * drawNormal(draw));
    const value = own.reduce((sum, one) => sum + one, 0) / own.length;
    const part = (one: number) => ({ part: one, whole: 1 });
    const base = ratioSections(shared.map(part), () => 1);
    const other = ratioSections(shared.map((one, i) => part(one + own[i]!)), () => 1);
    const paired = spreadOf({
      available: 20,
      deviations: (batches) => {
        const from = base.deviations(batches)!;
        return other.deviations(batches)!.map((one, i) => one - from[i]!);
      },
    })!;
    const { low, high } = pairedShiftOf([{ value, spread: paired }], 0)!.interval();
    assert.ok(high - low < 0.1, `${high - low} with noise of ${common}`);
  }));
});

Deno.test("intervals of several duets hold their mean in about 95 of 100 cases", () => {
  const draw = { next: seeded(11) };
  let held = 0;
  for (let i = 0; i < 400; i++) {
    const duets = Array.from({ length: 4 }, () => ({ value: 1 + 0.1 * drawNormal(draw), spread: null }));
    const { low, high } = pairedShiftOf(duets, 0)!.interval();
    if (low <= 1 && 1 <= high) held++;
  }
  assert.ok(held >= 365 && held <= 395, `${held} of 400`);
  assert.equal(pairedShiftOf([{ value: 1, spread: null }], 0), null, "one duet without batches tells nothing");
});

Deno.test("an interval and a p-value of a duet say the same", () => {
  const number = fc.double({ min: -5, max: 5, noNaN: true });
  const variance = fc.double({ min: 0.001, max: 5, noNaN: true });
  fc.assert(fc.property(number, variance, fc.integer({ min: 5, max: 31 }), number, (value, one, freedom, at) => {
    const shift = pairedShiftOf([{ value, spread: { variance: one, freedom, bias: 0 } }], 0)!;
    const { low, high } = shift.interval();
    const [p, inside] = [shift.p(at), low <= at && at <= high];
    if (Math.abs(p - 0.05) > 1e-6) assert.equal(p > 0.05, inside);
  }));
});
