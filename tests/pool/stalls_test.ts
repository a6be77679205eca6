import assert from "node:assert/strict";
import { overlapOf, Stalls } from "../../lib/pool/stalls.ts";

Deno.test("Stalls adds up the time stood still since an instant, the part before it left out", () => {
  const stalls = new Stalls();
  stalls.saw(100_000, 400_000);
  stalls.saw(1_000_000, 1_100_000);
  assert.deepEqual([stalls.since(0), stalls.since(300_000), stalls.since(500_000), stalls.since(1_100_000)], [
    ...[400_000, 200_000, 100_000, 0],
  ]);
});

Deno.test("Stalls makes one of those that overlap, and reports each once", () => {
  const stalls = new Stalls();
  stalls.saw(100_000, 400_000);
  stalls.saw(200_000, 410_000);
  assert.deepEqual(stalls.take(), [{ start_us: 100_000, end_us: 410_000 }]);
  assert.deepEqual(stalls.take(), []);
  assert.equal(stalls.since(0), 310_000);
});

Deno.test("Stalls tells again of a stall that went on after it was told of", () => {
  const stalls = new Stalls();
  stalls.saw(100_000, 200_000);
  assert.equal(stalls.take().length, 1);
  stalls.saw(150_000, 200_000);
  assert.deepEqual(stalls.take(), []);
  stalls.saw(150_000, 400_000);
  assert.deepEqual(stalls.take(), [{ start_us: 100_000, end_us: 400_000 }]);
});

Deno.test("overlapOf() tells the share of a stall in which another thread stood still, too", () => {
  const stall = { start_us: 100, end_us: 200 };
  const others = [{ start_us: 0, end_us: 110 }, { start_us: 150, end_us: 190 }, { start_us: 300, end_us: 400 }];
  assert.deepEqual([overlapOf(stall, others), overlapOf(stall, []), overlapOf(stall, [stall])], [0.5, 0, 1]);
});

Deno.test("Stalls stays bounded, and never forgets time stood still", () => {
  const stalls = new Stalls();
  for (let at = 0; at < 5000; at++) stalls.saw(at * 100_000, at * 100_000 + 20_000);
  assert.ok(stalls.since(0) >= 5000 * 20_000);
  assert.equal(stalls.since(4999 * 100_000), 20_000);
});

Deno.test("Stalls tells all the time stood still, each part of it once", () => {
  const stalls = new Stalls();
  stalls.saw(100_000, 400_000);
  stalls.saw(200_000, 410_000);
  assert.deepEqual([stalls.takeTotal(), stalls.takeTotal()], [310_000, 0]);
  stalls.saw(405_000, 420_000);
  assert.equal(stalls.takeTotal(), 10_000);
});
