import assert from "node:assert/strict";
import fc from "fast-check";
import { concatBytes, joinBytes } from "../../lib/base/bytes.ts";
import { errorText } from "../../lib/base/errors.ts";
import { drawNormal } from "../../lib/base/normal.ts";

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

Deno.test("drawNormal() has mean 0 and variance 1", () => {
  let state = 1;
  // A linear congruential generator: good enough for two moments. Source: Numerical Recipes.
  const random = { next: () => (state = (state * 1664525 + 1013904223) >>> 0) / 2 ** 32 };
  const draws = Array.from({ length: 20_000 }, () => drawNormal(random));
  const mean = draws.reduce((sum, one) => sum + one, 0) / draws.length;
  const variance = draws.reduce((sum, one) => sum + (one - mean) ** 2, 0) / draws.length;
  assert.ok(Math.abs(mean) < 0.03 && Math.abs(variance - 1) < 0.05, `${mean}, ${variance}`);
});
