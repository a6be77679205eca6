import assert from "node:assert/strict";
import { WeightedChoice } from "../../lib/schedule/choice.ts";
import { randomStream } from "../../lib/schedule/random.ts";

Deno.test("WeightedChoice follows June's weights 30/20/20", () => {
  const choice = new WeightedChoice([30, 20, 0, 20]);
  const random = randomStream(11, 2);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 14_000; i++) counts[choice.pick(random)]! += 1;
  assert.equal(counts[2], 0);
  for (const [i, expected] of [[0, 6000], [1, 4000], [3, 4000]] as const) {
    assert.ok(Math.abs(counts[i]! - expected) < 5 * Math.sqrt(expected), `${counts}`);
  }
});

Deno.test("WeightedChoice refuses weights that sum to nothing", () => {
  assert.throws(() => new WeightedChoice([0, 0]), RangeError);
});
