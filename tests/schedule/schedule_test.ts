import assert from "node:assert/strict";
import fc from "fast-check";
import { drawThinkTime, WeightedChoice } from "../../lib/schedule/choice.ts";
import { randomStream } from "../../lib/schedule/random.ts";
import { partOf, type Schedule, userStarts } from "../../lib/schedule/schedule.ts";
import { closedLoad, constantPause } from "../plans.ts";

const load = (users: number, rate_per_s: number) => closedLoad(users, rate_per_s, Infinity, constantPause(0));

function all(schedule: Schedule): number[] {
  const instants: number[] = [];
  for (let due = schedule.next(0, 0); due !== null; due = schedule.next(0, instants.length)) instants.push(due);
  return instants;
}

Deno.test("userStarts() starts June's baseline of 10 users at 2/s within 5 s, one by one", () => {
  assert.deepEqual(all(userStarts(load(10, 2))), [0, 5, 10, 15, 20, 25, 30, 35, 40, 45].map((t) => t * 100_000));
});

Deno.test("partOf() parts sum to the whole, each start once and at its instant", () => {
  const anyLoad = fc.tuple(fc.integer({ min: 1, max: 600 }), fc.double({ min: 0.1, max: 1000, noNaN: true }));
  fc.assert(fc.property(anyLoad, fc.integer({ min: 1, max: 16 }), ([users, rate], parts) => {
    const whole = userStarts(load(users, rate));
    const pieces = Array.from({ length: parts }, (_, part) => all(partOf(whole, part, parts)));
    assert.deepEqual(pieces.flat().sort((a, b) => a - b), all(whole));
  }));
});

Deno.test("drawThinkTime() stays within its bounds and averages to their middle", () => {
  const random = randomStream(3, 0);
  const draws = Array.from(
    { length: 5000 },
    () => drawThinkTime({ kind: "uniform", min_ms: 1000, max_ms: 3000 }, random),
  );
  assert.ok(draws.every((us) => us >= 1_000_000 && us < 3_000_000));
  const mean = draws.reduce((a, b) => a + b) / draws.length;
  // Standard error of the mean: 2 s / sqrt(12 * 5000) = 8.2 ms.
  assert.ok(Math.abs(mean - 2_000_000) < 41_000, `${mean}`);
  assert.equal(drawThinkTime({ kind: "constant", value_ms: 250 }, random), 250_000);
});

Deno.test("WeightedChoice follows June's weights 30/20/20", () => {
  const choice = new WeightedChoice([30, 20, 0, 20]);
  const random = randomStream(11, 2);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 14_000; i++) counts[choice.draw(random)]! += 1;
  assert.equal(counts[2], 0);
  for (const [i, expected] of [[0, 6000], [1, 4000], [3, 4000]] as const) {
    assert.ok(Math.abs(counts[i]! - expected) < 5 * Math.sqrt(expected), `${counts}`);
  }
});

Deno.test("WeightedChoice refuses weights that sum to nothing", () => {
  assert.throws(() => new WeightedChoice([0, 0]), RangeError);
});
