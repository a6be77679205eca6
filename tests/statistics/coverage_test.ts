import assert from "node:assert/strict";
import { coverageOf } from "./coverage.ts";

Deno.test("a minute's mean and the share of slow calls are held as often as they say", () => {
  const found = coverageOf({ rate_per_s: 50, load: 0.8, seconds: 60 }, 100, 3);
  for (const { figure, given, held, grey } of found.filter(({ figure }) => ["mean", "slow calls"].includes(figure))) {
    assert.ok(held >= 0.92 * given, `${figure}: ${held} of ${given}, ${grey} in grey`);
  }
});

// All lengths and rates, 200 runs each: bench/coverage.ts.
Deno.test("intervals hold the truth in 90 of 100 runs and more of a queue at 80 % load", () => {
  for (const { figure, given, held, grey } of coverageOf({ rate_per_s: 20, load: 0.8, seconds: 300 }, 100, 4)) {
    assert.equal(given + grey, 100);
    assert.ok(held >= 0.9 * given, `${figure}: ${held} of ${given}`);
    assert.ok(grey <= (figure === "slow calls" ? 10 : 0), `${figure}: ${grey} in grey`);
  }
});
