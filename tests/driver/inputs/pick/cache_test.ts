import assert from "node:assert/strict";
import fc from "fast-check";
import { Cache } from "../../../../lib/driver/inputs/pick/cache.ts";

const weigh = (value: number) => value;

Deno.test("Cache gives back what was set, keeps what is used, and never holds more than its bound", () => {
  const uses = fc.array(fc.record({ key: fc.integer({ min: 0, max: 30 }), weight: fc.integer({ min: 1, max: 40 }) }));
  fc.assert(fc.property(uses, (list) => {
    const cache = new Cache<number>(200);
    const weights = new Map<number, number>();
    for (const { key, weight } of list) {
      const found = cache.get(key, weigh);
      if (found === undefined) {
        cache.set(key, weight, weight);
        weights.set(key, weight);
      } else assert.equal(found, weights.get(key));
      assert.equal(cache.get(key, weigh), weights.get(key), "what was just used is there");
      let held = 0;
      const copy = new Map(weights);
      for (const [one, its] of copy) if (cache.has(one)) held += its;
      assert.ok(held <= 200, `${held} are held`);
    }
  }));
});

Deno.test("Cache keeps all where all fits, and a heavy entry does not stay in the way", () => {
  const cache = new Cache<number>(100);
  for (let key = 0; key < 10; key++) cache.set(key, 5, 5);
  assert.deepEqual(Array.from({ length: 10 }, (_, key) => cache.get(key, weigh)), new Array(10).fill(5));
  cache.set(99, 500, 500);
  assert.equal(cache.get(99, weigh), 500);
  for (let key = 0; key < 10; key++) cache.set(key, 6, 6);
  for (let key = 10; key < 20; key++) cache.set(key, 6, 6);
  assert.equal(cache.has(99), false);
});
