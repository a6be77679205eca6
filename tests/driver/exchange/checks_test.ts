import assert from "node:assert/strict";
import fc from "fast-check";
import { compileChecks, parsePath } from "../../../lib/driver/exchange/checks.ts";
import { UserError } from "../../../lib/plan/errors.ts";
import type { Check, Json } from "../../../lib/plan/protocols.ts";

const check = (path: string, more: Partial<Check> = {}): Check => ({ path, equals: null, matches: null, ...more });

const REPLY: Json = { status: "ok", results: [{ text: "hello there" }], none: [], blank: "", count: 3, "a.b": true };

function complaint(...checks: Check[]): string | null {
  const fault = compileChecks(checks)(REPLY);
  assert.ok(fault === null || fault.type === "semantic:check");
  return fault?.details ?? null;
}

Deno.test("a check holds where its value is there, equal, or matching", () => {
  assert.equal(complaint(), null);
  assert.equal(complaint(check("")), null);
  assert.equal(complaint(check("status", { equals: "ok" }), check("count", { equals: 3 })), null);
  assert.equal(complaint(check("results[0].text", { matches: "^hello" })), null);
  assert.equal(complaint(check("count", { matches: "^[0-9]+$" })), null);
  assert.equal(complaint(check('["a.b"]', { equals: true })), null);
  assert.equal(complaint(check("results", { equals: [{ text: "hello there" }] })), null);
});

Deno.test("a check that does not hold says what was found and what was wanted", () => {
  assert.equal(complaint(check("state")), "The reply's state is missing");
  assert.equal(complaint(check("results[1].text")), "The reply's results[1].text is missing");
  assert.equal(complaint(check("status.deeper")), "The reply's status.deeper is missing");
  assert.equal(complaint(check("blank")), "The reply's blank is empty");
  assert.equal(complaint(check("none")), "The reply's none is empty");
  assert.equal(complaint(check("status", { equals: "done" })), 'The reply\'s status is "ok", not "done"');
  assert.equal(complaint(check("count", { equals: "3" })), 'The reply\'s count is 3, not "3"');
  assert.equal(complaint(check("status", { matches: "^no" })), 'The reply\'s status does not match "^no"');
  assert.equal(complaint(check("status"), check("gone"), check("lost")), "The reply's gone is missing");
});

Deno.test("inherited names are not fields of a reply", () => {
  assert.equal(complaint(check("constructor")), "The reply's constructor is missing");
  assert.equal(complaint(check("results.length")), "The reply's results.length is missing");
});

Deno.test("a reply that is no JSON fails checks, if there are any", () => {
  assert.equal(compileChecks([])(undefined), null);
  assert.match(compileChecks([check("")])(undefined)?.details ?? "", /not JSON/);
});

Deno.test("paths and expressions that cannot be read are the user's to mend", () => {
  for (const path of ["a..b", "a[", "a[x]", "a]", 'a["b']) {
    assert.throws(() => parsePath(path), UserError, path);
  }
  assert.throws(() => compileChecks([check("a", { matches: "(" })]), UserError);
});

Deno.test("any value equals itself, however its fields are ordered", () => {
  const reversed = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).reverse().map(([name, field]) => [name, reversed(field)]));
  };
  fc.assert(fc.property(fc.jsonValue({ noUnicodeString: false }), (any) => {
    const value = JSON.parse(JSON.stringify(any)) as Json;
    fc.pre(value !== null);
    assert.equal(compileChecks([check("", { equals: reversed(value) })])(value), null);
    assert.notEqual(compileChecks([check("", { equals: [value, 1] })])(value), null);
  }));
});
