import assert from "node:assert/strict";
import { Random } from "../../../lib/sim/model/random.ts";

const numbers = (random: Random, count: number) => Array.from({ length: count }, () => random.next());

Deno.test("Random repeats itself for a seed and differs for the next", () => {
  assert.deepEqual(numbers(new Random(7), 20), numbers(new Random(7), 20));
  assert.notDeepEqual(numbers(new Random(7), 3), numbers(new Random(8), 3));
});

Deno.test("Random spreads evenly between 0 and 1", () => {
  const drawn = numbers(new Random(1), 20_000);
  const tenths = new Array(10).fill(0);
  for (const number of drawn) tenths[Math.floor(number * 10)]++;
  for (const count of tenths) assert.ok(Math.abs(count - 2000) < 200, `${tenths}`);
});

Deno.test("Random.fork() gives sources that do not touch each other", () => {
  const parent = new Random(3);
  const before = numbers(parent.fork("a"), 5);
  numbers(parent, 100);
  assert.deepEqual(numbers(parent.fork("a"), 5), before);
  assert.notDeepEqual(numbers(parent.fork("b"), 5), before);
});

Deno.test("Random.below() stays below its bound", () => {
  const random = new Random(9);
  const seen = new Set(Array.from({ length: 200 }, () => random.below(4)));
  assert.deepEqual([...seen].sort(), [0, 1, 2, 3]);
});
