import assert from "node:assert/strict";
import { Stalls } from "../../lib/pool/stalls.ts";

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
