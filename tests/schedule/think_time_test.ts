import assert from "node:assert/strict";
import type { ThinkTime } from "../../lib/plan/plan.ts";
import { randomStream } from "../../lib/schedule/random.ts";
import { nextStart } from "../../lib/schedule/think_time.ts";

const N = 20_000;

/** Pauses after a task that ended at 5 s; milliseconds, rising. */
function pauses(think: ThinkTime): number[] {
  const random = randomStream(3, 0);
  const draws = Array.from({ length: N }, () => (nextStart(think, 1e6, 5e6, random) - 5e6) / 1000);
  return draws.sort((a, b) => a - b);
}

const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;

Deno.test("nextStart() adds a constant pause to the end of the task", () => {
  assert.equal(nextStart({ kind: "constant", value_ms: 250 }, 1e6, 5e6, randomStream(1, 1)), 5_250_000);
});

Deno.test("nextStart() with a uniform pause stays within its bounds and averages to their middle", () => {
  const draws = pauses({ kind: "uniform", min_ms: 1000, max_ms: 3000 });
  assert.ok(draws[0]! >= 1000 && draws.at(-1)! < 3000);
  // Standard error of the mean: 2 s / sqrt(12 * 20,000) = 4.1 ms.
  assert.ok(Math.abs(meanOf(draws) - 2000) < 20.5, `${meanOf(draws)}`);
});

Deno.test("nextStart() with an exponential pause has its mean, and its median at mean * ln 2", () => {
  const draws = pauses({ kind: "exponential", mean_ms: 2000 });
  // Standard errors: of the mean 2000 / sqrt(20,000) = 14.1 ms; of the median the same.
  assert.ok(Math.abs(meanOf(draws) - 2000) < 71, `${meanOf(draws)}`);
  assert.ok(Math.abs(draws[N / 2]! - 2000 * Math.LN2) < 71, `${draws[N / 2]}`);
});

Deno.test("nextStart() with a lognormal pause has its median, and the spread of its sigma", () => {
  const draws = pauses({ kind: "lognormal", median_ms: 2000, sigma: 0.5 });
  const logs = draws.map((ms) => Math.log(ms / 2000));
  const deviation = Math.sqrt(meanOf(logs.map((log) => log ** 2)));
  // Standard errors: of the mean log 0.5 / sqrt(20,000) = 0.0035, of the deviation 0.0025.
  assert.ok(Math.abs(meanOf(logs)) < 0.018, `${meanOf(logs)}`);
  assert.ok(Math.abs(deviation - 0.5) < 0.013, `${deviation}`);
});

Deno.test("nextStart() with pacing counts from start to start; a longer task is followed at once", () => {
  const pacing: ThinkTime = { kind: "pacing", every_ms: 5000 };
  assert.equal(nextStart(pacing, 1e6, 3e6, randomStream(1, 1)), 6e6);
  assert.equal(nextStart(pacing, 1e6, 9e6, randomStream(1, 1)), 9e6);
});
