import assert from "node:assert/strict";
import { coverageOf } from "./coverage.ts";

// All lengths and rates, 200 runs each: bench/coverage.ts.
Deno.test("intervals hold the truth in 90 to 98 of 100 runs of a queue at 80 % load", () => {
  for (const { figure, given, held } of coverageOf({ rate_per_s: 20, load: 0.8, seconds: 300 }, 100, 4)) {
    assert.equal(given, 100);
    assert.ok(held >= 90 && held <= 98, `${figure}: ${held} of 100`);
  }
});
