import assert from "node:assert/strict";
import fc from "fast-check";
import { concatBytes, joinBytes } from "../../lib/base/bytes.ts";
import { errorOf, errorText } from "../../lib/base/errors.ts";
import { drawExponential, drawNormal } from "../../lib/base/random.ts";
import { wavHead } from "../../lib/base/wav.ts";

Deno.test("concatBytes() and joinBytes() keep every byte in order", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array()), (pieces) => {
    const whole = concatBytes(pieces);
    assert.deepEqual([...whole], pieces.flatMap((piece) => [...piece]));
    assert.deepEqual(pieces.reduce(joinBytes, new Uint8Array(0)), whole);
  }));
});

Deno.test("errorText() takes whatever was thrown", () => {
  assert.deepEqual([errorText(new TypeError("no")), errorText("text"), errorText(null)], ["no", "text", "null"]);
});

Deno.test("errorOf() keeps an error and wraps what is none", () => {
  const error = new TypeError("no");
  assert.equal(errorOf(error), error);
  assert.equal(errorOf(undefined).message, "undefined");
});

/** Gives these numbers, then fails. */
const source = (...numbers: number[]) => ({ next: () => numbers.shift() ?? assert.fail("drew too much") });

Deno.test("drawNormal() takes the radius from the first number and the angle from the second", () => {
  assert.equal(drawNormal(source(0.5, 0)), Math.sqrt(2 * Math.LN2));
  assert.equal(drawNormal(source(0.5, 0.5)), -Math.sqrt(2 * Math.LN2));
  assert.equal(drawNormal(source(0.75, 0)), Math.sqrt(4 * Math.LN2));
});

Deno.test("drawExponential() inverts the distribution of mean 1", () => {
  assert.equal(drawExponential(source(0.5)), Math.LN2);
  assert.equal(drawExponential(source(0.75)), 2 * Math.LN2);
});

Deno.test("wavHead() writes the lengths, or that nobody knows them", () => {
  const numbers = (head: Uint8Array) => [4, 24, 28, 40].map((at) => new DataView(head.buffer).getUint32(at, true));
  assert.deepEqual(numbers(wavHead(16_000, 100)), [136, 16_000, 32_000, 100]);
  assert.deepEqual(numbers(wavHead(24_000, null)), [0xffffffff, 24_000, 48_000, 0xffffffff]);
  assert.match(new TextDecoder("latin1").decode(wavHead(8000, 0)), /^RIFF.{4}WAVEfmt .*data.{4}$/s);
});

Deno.test("drawNormal() has mean 0 and variance 1", () => {
  let state = 1;
  // A linear congruential generator: good enough for two moments. Source: Numerical Recipes.
  const random = { next: () => (state = (state * 1664525 + 1013904223) >>> 0) / 2 ** 32 };
  const draws = Array.from({ length: 20_000 }, () => drawNormal(random));
  const mean = draws.reduce((sum, one) => sum + one, 0) / draws.length;
  const variance = draws.reduce((sum, one) => sum + (one - mean) ** 2, 0) / draws.length;
  assert.ok(Math.abs(mean) < 0.03 && Math.abs(variance - 1) < 0.05, `${mean}, ${variance}`);
});
