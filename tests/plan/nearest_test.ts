import assert from "node:assert/strict";
import fc from "fast-check";
import { didYouMean, editDistance, nearestWord } from "../../lib/plan/nearest.ts";

Deno.test("editDistance() counts insertions, deletions, changes and swaps", () => {
  assert.equal(editDistance("users", "users"), 0);
  assert.equal(editDistance("user", "users"), 1);
  assert.equal(editDistance("usres", "users"), 1);
  assert.equal(editDistance("kitten", "sitting"), 3);
  assert.equal(editDistance("", "abc"), 3);
});

Deno.test("editDistance() is symmetric and zero only for equal words", () => {
  const word = fc.string({ maxLength: 8 });
  fc.assert(fc.property(word, word, (a, b) => {
    assert.equal(editDistance(a, b), editDistance(b, a));
    assert.equal(editDistance(a, b) === 0, a === b);
  }));
});

Deno.test("nearestWord() finds the word meant and stays silent on a far one", () => {
  const keys = ["users", "spawn_rate", "duration", "think_time"];
  assert.equal(nearestWord("user", keys), "users");
  assert.equal(nearestWord("Spawn-Rate", keys), "spawn_rate");
  assert.equal(nearestWord("duraton", keys), "duration");
  assert.equal(nearestWord("colour", keys), null);
  assert.equal(nearestWord("u".repeat(1000), keys), null);
  assert.equal(didYouMean("thinktime", keys), '; did you mean "think_time"?');
  assert.equal(didYouMean("xyz", keys), "");
});
