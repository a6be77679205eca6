import assert from "node:assert/strict";
import fc from "fast-check";
import type { ThinkTime } from "../../lib/plan/plan.ts";
import { randomStream } from "../../lib/schedule/random.ts";
import { firstPause_us, nextStart, pauseAfterRefusal_us } from "../../lib/schedule/think_time.ts";

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

/** First pauses of users who start; milliseconds, rising. */
function firstPauses(think: ThinkTime): number[] {
  const random = randomStream(5, 0);
  return Array.from({ length: N }, () => firstPause_us(think, random) / 1000).sort((a, b) => a - b);
}

Deno.test("firstPause_us() is a random part of a constant pause and of pacing", () => {
  for (const think of [{ kind: "constant", value_ms: 2000 }, { kind: "pacing", every_ms: 2000 }] as const) {
    const draws = firstPauses(think);
    assert.ok(draws[0]! >= 0 && draws.at(-1)! < 2000);
    // Standard error of the mean: 2000 / sqrt(12 * 20,000) = 4.1 ms.
    assert.ok(Math.abs(meanOf(draws) - 1000) < 20.5, `${think.kind}: ${meanOf(draws)}`);
  }
});

Deno.test("firstPause_us() of a range is what is left of a pause met at a random instant", () => {
  const draws = firstPauses({ kind: "uniform", min_ms: 1000, max_ms: 3000 });
  assert.ok(draws[0]! >= 0 && draws.at(-1)! <= 3000);
  // Half of the mean pause lies below the shortest: P[rest < 1 s] = 1 / 2.
  assert.ok(Math.abs(draws.filter((ms) => ms < 1000).length / N - 1 / 2) < 0.018);
  // E[pause^2] / (2 E[pause]) = (1 + 3 + 9) / 3 / 4 s.
  assert.ok(Math.abs(meanOf(draws) - 1083.3) < 25, `${meanOf(draws)}`);
});

Deno.test("firstPause_us() of an exponential pause is exponential, and of a lognormal one has its recurrence mean", () => {
  const memoryless = firstPauses({ kind: "exponential", mean_ms: 2000 });
  assert.ok(Math.abs(meanOf(memoryless) - 2000) < 71, `${meanOf(memoryless)}`);
  assert.ok(Math.abs(memoryless[N / 2]! - 2000 * Math.LN2) < 71);
  // E[pause^2] / (2 E[pause]) = median * exp(1.5 sigma^2) / 2.
  const lognormal = meanOf(firstPauses({ kind: "lognormal", median_ms: 2000, sigma: 0.5 }));
  assert.ok(Math.abs(lognormal - 1000 * Math.exp(0.375)) < 50, `${lognormal}`);
});

Deno.test("firstPause_us() never exceeds the longest pause, and rises with the random number", () => {
  const ms = fc.integer({ min: 0, max: 3_600_000 });
  fc.assert(fc.property(ms, ms, fc.double({ min: 0, max: 0.999999, noNaN: true }), (one, other, share) => {
    const [min_ms, max_ms] = one < other ? [one, other] : [other, one + 1];
    const think = { kind: "uniform", min_ms, max_ms } as const;
    const at = (number: number) => firstPause_us(think, { next: () => number });
    assert.ok(at(share) >= 0 && at(share) <= max_ms * 1000);
    assert.ok(at(share) >= at(share / 2));
  }));
});

Deno.test("firstPause_us() of no pause is 0 and takes no random number, so that both starts are the same load", () => {
  const next = () => assert.fail("a number was drawn");
  assert.equal(firstPause_us({ kind: "constant", value_ms: 0 }, { next }), 0);
});

Deno.test("pauseAfterRefusal_us() follows the server above the least pause, for at most 60 s", () => {
  const pauses = [0, 500_000, 7_000_000, 3_600_000_000].map((asked_us) => pauseAfterRefusal_us(1_000_000, asked_us));
  assert.deepEqual(pauses, [1_000_000, 1_000_000, 7_000_000, 60_000_000]);
  assert.equal(pauseAfterRefusal_us(90_000_000, 3_600_000_000), 90_000_000);
  assert.equal(pauseAfterRefusal_us(0, 7_000_000), 0);
});
