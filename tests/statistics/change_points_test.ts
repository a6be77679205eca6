import assert from "node:assert/strict";
import fc from "fast-check";
import { drawNormal } from "../../lib/base/random.ts";
import { changePoints } from "../../lib/statistics/change_points.ts";
import { seeded } from "./queue.ts";

const LEVEL = 0.01;
const places = (values: readonly number[], seed = 1) => changePoints(values, LEVEL, seeded(seed)).map(({ at }) => at);

/** Values around levels: so many runs at each. */
function series(seed: number, levels: [runs: number, level: number][], noise = 0.03): number[] {
  const draw = { next: seeded(seed) };
  return levels.flatMap(([runs, level]) => Array.from({ length: runs }, () => level + noise * drawNormal(draw)));
}

Deno.test("changePoints() finds a step, two steps, a level that comes back, and the last two runs", () => {
  assert.deepEqual(places(series(1, [[12, 1], [14, 1.15]])), [12]);
  assert.deepEqual(places(series(2, [[12, 1], [14, 0.85], [8, 1.1]])), [12, 26]);
  assert.deepEqual(places(series(3, [[12, 1], [6, 1.3], [12, 1]])), [12, 18]);
  assert.deepEqual(places(series(4, [[30, 1], [2, 1.5]])), [30]);
});

Deno.test("changePoints() finds none in a constant, in too few values, and seldom in noise", () => {
  assert.deepEqual(places(Array.from({ length: 30 }, () => 5)), []);
  assert.deepEqual(places([1, 9]), []);
  assert.deepEqual(places([]), []);
  const alarms = Array.from({ length: 60 }, (_, i) => places(series(100 + i, [[20, 1]]), i + 1)).filter((one) =>
    one.length > 0
  );
  assert.ok(alarms.length <= 4, `${alarms.length} of 60`);
});

Deno.test("changePoints() does not care for unit or offset, and gives the same again", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 9 }), (seed, scale) => {
      const values = series(seed, [[7, 1], [7, 1.2]]);
      const found = places(values);
      assert.deepEqual(places(values), found);
      assert.deepEqual(places(values.map((one) => one * 2 ** scale)), found);
      assert.ok(found.every((at) => at >= 2 && at <= values.length - 2));
    }),
    { numRuns: 10 },
  );
});
