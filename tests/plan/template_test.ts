import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../../lib/plan/errors.ts";
import { isTemplate, mapPickedFiles, parseTemplate } from "../../lib/plan/template.ts";

function refusal(text: string): string {
  try {
    parseTemplate(text);
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.kind, "config");
    return error.message;
  }
  throw new Error(`parsed: ${text}`);
}

Deno.test("every placeholder is read with its arguments", () => {
  assert.deepEqual(parseTemplate("a{{uuid}}{{ seq }}b{{random 8}}{{int -3 12}}{{pick my lines.txt}}{{prompt}}"), [
    { kind: "text", text: "a" },
    { kind: "uuid" },
    { kind: "seq" },
    { kind: "text", text: "b" },
    { kind: "random", length: 8 },
    { kind: "int", min: -3, max: 12 },
    { kind: "pick", file: "my lines.txt" },
    { kind: "prompt" },
  ]);
});

Deno.test("a text without two braces is one part, whatever it holds", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    fc.pre(!text.includes("{{"));
    assert.deepEqual(parseTemplate(text), text === "" ? [] : [{ kind: "text", text }]);
  }));
});

Deno.test("two braces that are never closed are plain text", () => {
  assert.deepEqual(parseTemplate("{{uuid"), [{ kind: "text", text: "{{uuid" }]);
  assert.deepEqual(["{{uuid", "{{seq}}", "\\{{", "a"].map(isTemplate), [false, true, true, false]);
});

Deno.test("a backslash keeps two braces", () => {
  assert.deepEqual(parseTemplate("\\{{uuid}} {{seq}}"), [{ kind: "text", text: "{{uuid}} " }, { kind: "seq" }]);
});

Deno.test("an unknown placeholder is named with those there are", () => {
  const message = refusal("{{uid}}");
  for (const word of ["{{uid}}", "{{uuid}}", "{{random N}}", "{{pick FILE}}", 'did you mean "uuid"']) {
    assert.ok(message.includes(word), message);
  }
});

Deno.test("wrong arguments are refused with what is right", () => {
  assert.match(refusal("{{random}}"), /random N/);
  assert.match(refusal("{{random 0}}"), /from 1/);
  assert.match(refusal("{{int 5 1}}"), /A up to B/);
  assert.match(refusal("{{int 1}}"), /int A B/);
  assert.match(refusal("{{pick}}"), /path of a text file/);
  assert.match(refusal("{{seq 4}}"), /takes no arguments/);
});

Deno.test("picked files get other paths, and all else stays", () => {
  const text = mapPickedFiles("\\{{x}} {{pick a.txt}} {{ seq }} {{pick b c.txt}}", (file) => `/here/${file}`);
  assert.equal(text, "\\{{x}} {{pick /here/a.txt}} {{ seq }} {{pick /here/b c.txt}}");
});
