import assert from "node:assert/strict";
import { trialsOf } from "../compare/trials.ts";

/** Five minutes at 20 calls a second; bench/comparison.ts has more pairs and other loads. */
const FIVE_MINUTES = { seconds: 300, rate_per_s: 20 };

Deno.test("a comparison calls equal systems different in at most 5 of 100 pairs", () => {
  const { different, pairs } = trialsOf(FIVE_MINUTES, 100, 1000);
  assert.ok(different <= 5, `${different} of ${pairs}`);
});

Deno.test("a comparison finds a slowdown of 10 % in at least 95 of 100 pairs", () => {
  const { found, pairs } = trialsOf({ ...FIVE_MINUTES, slow: 1.1 }, 100, 1000);
  assert.ok(found >= 95, `${found} of ${pairs}`);
});
