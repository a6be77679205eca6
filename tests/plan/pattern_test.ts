import assert from "node:assert/strict";
import { parsePattern } from "../../lib/plan/pattern.ts";

function matches(source: string, text: string): boolean {
  const read = parsePattern(source);
  assert.ok(read.ok, source);
  return read.value.test(text);
}

Deno.test("expressions are written as in JavaScript", () => {
  const cases: [source: string, text: string, holds: boolean][] = [
    ["^[a-z]+$", "hello", true],
    ["^[a-z]+$", "hello\nworld", false],
    ["ok|done", "all done.", true],
    ["\\d{4}-\\d{2}", "on 2026-11", true],
    ["gr\\u00fc\\u00dfe", "viele grüße", true],
    ["(?<word>a+)\\/b", "aa/b", true],
    ["\\bcat\\b", "concatenate", false],
    ["^\\p{Lu}", "Über", true],
    ["\\-", "a-b", true],
  ];
  for (const [source, text, holds] of cases) assert.equal(matches(source, text), holds, `${source} on ${text}`);
});

Deno.test("an expression that would take a backtracking matcher for ever ends at once", () => {
  const text = `${"a".repeat(20_000)}!`;
  for (const source of ["^(a+)+$", "^(a|aa)+$", "^(a*)*b", "(?:a?){500}a{500}!$"]) {
    assert.equal(matches(source, text), source.endsWith("!$"), source);
  }
});

Deno.test("what cannot be read is said in words", () => {
  const cases: [source: string, error: RegExp][] = [
    ["(", /^Cannot read the regular expression "\(": missing closing \)/],
    ["^(?!error)", /"\^\(\?!error\)": it may have no lookahead, lookbehind or backreference/],
    ["(a)\\1", /backreference/],
    ["((a{1000}){1000}){1000}", /invalid repeat count/],
  ];
  for (const [source, error] of cases) {
    const read = parsePattern(source);
    assert.match(read.ok ? "" : read.error, error);
  }
});
