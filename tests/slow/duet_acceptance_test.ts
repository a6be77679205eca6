import assert from "node:assert/strict";
import { duetTrials } from "../compare/duet_trials.ts";

/** Five minutes of a language model at 20 pairs a second; bench/comparison.ts has other loads and machines. */
const BUSY_DUET = {
  alone: true,
  noise: {
    seconds: 0.1,
    correlation: 0.9,
    drift: 1.3,
    bursts: { per_minute: 2, seconds: 5, factor: 1.8 },
  },
};

Deno.test("a duet on a busy machine calls equal sides different in at most 5 of 100", () => {
  const { called, duets } = duetTrials(BUSY_DUET, 100, 7000);
  assert.ok(called <= 5, `${called} of ${duets}`);
});

Deno.test("a duet on a busy machine finds 3 % in at least 95 of 100, and the same calls unpaired in hardly any", () => {
  const { found, foundApart, duets } = duetTrials({ ...BUSY_DUET, slow: 1.03 }, 100, 7000);
  assert.ok(found >= 95, `${found} of ${duets}`);
  assert.ok(foundApart <= 10, `${foundApart} of ${duets}`);
});
