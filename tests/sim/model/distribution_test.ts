import assert from "node:assert/strict";
import { constant, type Distribution, draw, exponential, lognormal } from "../../../lib/sim/model/distribution.ts";
import { Random } from "../../../lib/sim/model/random.ts";

function moments(distribution: Distribution): { mean: number; deviation: number; least: number } {
  const random = new Random(5);
  const drawn = Array.from({ length: 50_000 }, () => draw(distribution, random));
  const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
  const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
  return { mean, deviation: Math.sqrt(variance), least: Math.min(...drawn.slice(0, 1000)) };
}

const near = (value: number, wanted: number) =>
  assert.ok(Math.abs(value / wanted - 1) < 0.03, `${value}, not ${wanted}`);

Deno.test("constant() is always its mean", () => {
  assert.equal(draw(constant(12), new Random(1)), 12);
});

Deno.test("exponential() has its mean as mean and deviation", () => {
  const { mean, deviation, least } = moments(exponential(40));
  near(mean, 40);
  near(deviation, 40);
  assert.ok(least >= 0);
});

Deno.test("lognormal() has the mean and the variation it was given", () => {
  const { mean, deviation, least } = moments(lognormal(200, 0.5));
  near(mean, 200);
  near(deviation, 100);
  assert.ok(least > 0);
});

Deno.test("lognormal() of mean 0 takes no time", () => {
  assert.equal(draw(lognormal(0, 0.5), new Random(1)), 0);
});
