import assert from "node:assert/strict";
import fc from "fast-check";
import { matchesGlob } from "../../lib/plan/glob.ts";

Deno.test("a star matches any characters, also none, and all else matches itself", () => {
  const cases: [glob: string, name: string, matches: boolean][] = [
    ["llm.chat", "llm.chat", true],
    ["llm.chat", "llm.chats", false],
    ["*", "", true],
    ["", "", true],
    ["", "a", false],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["*.b.*", "a.b.c", true],
    ["a.c", "abc", false],
    ["POST /x?y=(1)*", "POST /x?y=(1)[2]", true],
    ["**a**", "bab", true],
  ];
  for (const [glob, name, matches] of cases) assert.equal(matchesGlob(glob, name), matches, `${glob} on ${name}`);
});

/** The definition, by trying every length of each star. */
function defined(glob: string, name: string): boolean {
  if (glob === "") return name === "";
  if (glob[0] !== "*") return glob[0] === name[0] && name !== "" && defined(glob.slice(1), name.slice(1));
  return Array.from({ length: name.length + 1 }, (_, at) => at).some((at) => defined(glob.slice(1), name.slice(at)));
}

Deno.test("a glob means what its definition says", () => {
  const few = (letters: string[], most: number) =>
    fc.array(fc.constantFrom(...letters), { maxLength: most }).map((list) => list.join(""));
  fc.assert(
    fc.property(few(["a", "b", "*"], 6), few(["a", "b"], 7), (glob, name) => {
      assert.equal(matchesGlob(glob, name), defined(glob, name));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("many stars against a long name end at once", () => {
  const name = "a".repeat(100_000);
  assert.equal(matchesGlob(`${"a*".repeat(1000)}b`, name), false);
  assert.equal(matchesGlob(`${"a*".repeat(1000)}a`, name), true);
});
