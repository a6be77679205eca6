/** Every reader before some damaged inputs, the same each time; `deno task fuzz` takes others, for as long as one likes. */
import assert from "node:assert/strict";
import { tryInputs } from "./harness.ts";
import { TARGETS } from "./targets.ts";

const SEED = 20261130;

for (const target of TARGETS) {
  const count = target.slow === true ? 12 : 120;
  Deno.test(`${target.name} takes or refuses ${count} damaged inputs`, () => tryInputs(target, SEED, count));
}

Deno.test("the names of targets are their own, and every target takes at least one of its seeds", async () => {
  assert.equal(new Set(TARGETS.map(({ name }) => name)).size, TARGETS.length);
  for (const target of TARGETS) {
    const taken = await Promise.all(target.seeds.map(async (seed) => {
      try {
        await target.read(typeof seed === "string" ? new TextEncoder().encode(seed) : seed, () => 0.5);
        return true;
      } catch {
        return false;
      }
    }));
    assert.ok(taken.includes(true), `${target.name} refuses all of its seeds`);
  }
});
