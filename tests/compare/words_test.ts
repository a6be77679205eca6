import assert from "node:assert/strict";
import fc from "fast-check";
import type { Change, FigureDifference } from "../../lib/compare/figures.ts";
import { amountText, changeText, differenceText, intervalText } from "../../lib/compare/words.ts";

const side = { value: 1_000_000, at_least: false, n: 1000 };

function difference(change: Partial<FigureDifference>): FigureDifference {
  return {
    operation: "llm.chat",
    stage: null,
    id: "p95(response_time)",
    name: "response time P95",
    unit: "us",
    better: "lower",
    base: side,
    other: side,
    change: null,
    p: null,
    adjusted: null,
    certainty: "certain",
    unknown: null,
    little: false,
    ...change,
  };
}
const ratio = (value: number, low: number, high: number): Change => ({ scale: "ratio", value, low, high });
const points = (value: number, low: number, high: number): Change => ({ scale: "difference", value, low, high });

Deno.test("a difference in words", () => {
  const slower = ratio(0.12, 0.09, 0.15);
  const errors = { unit: "ratio" as const, id: "error_rate", change: points(0.027, 0.011, 0.05) };
  for (
    const [one, words] of [
      [{ change: slower }, "slower by 12 % ± 3 %"],
      [{ change: ratio(-0.12, -0.15, -0.09) }, "faster by 12 % ± 3 %"],
      [{ change: slower, certainty: "perhaps" }, "perhaps slower by 12 % ± 3 %"],
      [{ change: ratio(0.021, 0.008, 0.034), little: true }, "a little slower, by less than 4 %"],
      [{ change: ratio(0.001, -0.034, 0.037), certainty: "none" }, "no change; more than 4 % is ruled out"],
      [{ change: ratio(-0.18, -0.7, 2.36), certainty: "none" }, "-18 %, but too short to tell"],
      [{ change: ratio(0, 0, 0), certainty: "none" }, "the same"],
      [{ ...errors }, "worse by 2.7 ± 2 points"],
      [{ ...errors, better: "higher" }, "better by 2.7 ± 2 points"],
      [{ change: slower, unit: "per_s", better: "higher" }, "higher by 12 % ± 3 %"],
      [{ change: slower, unit: "bytes", better: null }, "more by 12 % ± 3 %"],
      [{ unknown: "too short", certainty: "unknown" }, "too short to tell"],
    ] as [Partial<FigureDifference>, string][]
  ) assert.equal(differenceText(difference(one)), words);
});

Deno.test("a change with its sign, and an interval with one unit", () => {
  assert.equal(changeText({ change: ratio(0.1213, 0.09, 0.15), unit: "us" }), "+12.1 %");
  assert.equal(changeText({ change: ratio(-0.5, 0, 0), unit: "us" }), "-50 %");
  assert.equal(intervalText({ change: ratio(0.12, 0.092, 0.15), unit: "us" }), "+9.2 to +15 %");
  assert.equal(intervalText({ change: points(160_000, -500, 160_000), unit: "us" }), "-500 µs to +160 ms");
});

Deno.test("what is ruled out is never less than the interval's end", () => {
  fc.assert(fc.property(fc.double({ min: 1e-5, max: 0.5, noNaN: true }), (end) => {
    const words = differenceText(difference({ change: ratio(0, -end / 2, end), certainty: "none" }));
    const said = Number(/more than ([\d.,]+) %/.exec(words)?.[1]?.replaceAll(",", ""));
    assert.ok(said >= end * 100 * (1 - 1e-6), `${words} of ${end}`);
  }));
});

Deno.test("an amount is never written as 0 unless it is 0", () => {
  fc.assert(fc.property(fc.double({ min: 1e-6, max: 100, noNaN: true }), (amount) => {
    assert.ok(Number.parseFloat(amountText(amount, { scale: "ratio" }, "us")) > 0);
  }));
});
