import assert from "node:assert/strict";
import fc from "fast-check";
import { drawLength, prefixText, wordText } from "../../../../lib/driver/inputs/pick/words.ts";
import { randomStream } from "../../../../lib/schedule/random.ts";
import type { LengthPlan } from "../../../../lib/plan/inputs.ts";

const DRAWS = 20_000;
const draws = (plan: LengthPlan): number[] => {
  const random = randomStream(7, 1);
  return Array.from({ length: DRAWS }, () => drawLength(plan, random));
};
const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
const deviation = (list: readonly number[]): number => {
  const middle = mean(list);
  return Math.sqrt(mean(list.map((value) => (value - middle) ** 2)));
};
const share = (list: readonly number[], test: (value: number) => boolean): number =>
  list.filter(test).length / list.length;

/** Four standard errors: the streams are seeded, so these hold or not for good. */
const near = (value: number, wanted: number, error: number, what: string) =>
  assert.ok(Math.abs(value - wanted) < 4 * error, `${what}: ${value}, not ${wanted} within ${4 * error}`);

Deno.test("drawLength() is constant where it should be", () => {
  assert.deepEqual(new Set(draws({ kind: "constant", value: 200 })), new Set([200]));
});

Deno.test("drawLength() draws every whole number of a range alike often, both ends included", () => {
  const list = draws({ kind: "uniform", min: 3, max: 6 });
  for (const value of [3, 4, 5, 6]) near(share(list, (one) => one === value), 0.25, 0.0031, `share of ${value}`);
});

Deno.test("drawLength() has the mean and the deviation of a normal distribution", () => {
  const list = draws({ kind: "normal", mean: 200, deviation: 50 });
  near(mean(list), 200, 50 / Math.sqrt(DRAWS), "mean");
  near(deviation(list), 50, 50 / Math.sqrt(2 * DRAWS), "deviation");
  near(share(list, (value) => value > 250), 0.1587, 0.0027, "one deviation above");
});

Deno.test("drawLength() has the median and the spread of a lognormal distribution", () => {
  const list = draws({ kind: "lognormal", median: 200, sigma: 0.5 });
  near(share(list, (value) => value > 200), 0.5, 0.0036, "above the median");
  near(share(list, (value) => value > 200 * Math.exp(0.5)), 0.1587, 0.0027, "one sigma above");
  near(mean(list.map(Math.log)), Math.log(200), 0.5 / Math.sqrt(DRAWS), "mean of the logarithm");
});

Deno.test("drawLength() is whole, at least 1 and at most a million, whatever is asked for", () => {
  const positive = fc.double({ min: 0, max: 1e5, noNaN: true });
  const plan: fc.Arbitrary<LengthPlan> = fc.oneof(
    fc.record({ kind: fc.constant("normal" as const), mean: positive, deviation: positive }),
    fc.record({
      kind: fc.constant("lognormal" as const),
      median: positive,
      sigma: fc.double({ min: 0, max: 3, noNaN: true }),
    }),
  );
  const number = fc.double({ min: 0, max: 1 - 2 ** -32, noNaN: true });
  fc.assert(fc.property(plan, number, number, (plan, first, second) => {
    const numbers = [first, second];
    const length = drawLength(plan, { next: () => numbers.shift() as number });
    assert.ok(Number.isSafeInteger(length) && length >= 1 && length <= 1_000_000, `${length}`);
  }));
});

Deno.test("wordText() has three words for four tokens, at least one, in sentences", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer(), (tokens, seed) => {
    const random = randomStream(seed, 0);
    const text = wordText(tokens, () => random.next());
    assert.equal(text.split(" ").length, Math.max(1, Math.round(tokens * 0.75)));
    assert.match(text, /^[a-z]+\.?( [a-z]+\.?)*\.$/);
  }));
});

Deno.test("prefixText() is the same each time, and another for each group", () => {
  const all = Array.from({ length: 200 }, (_, group) => prefixText(50, group));
  assert.equal(new Set(all).size, 200);
  assert.deepEqual(all, Array.from({ length: 200 }, (_, group) => prefixText(50, group)));
  assert.ok(all.every((text) => text.split(" ").length === 38));
});
