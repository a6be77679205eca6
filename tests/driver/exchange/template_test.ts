import assert from "node:assert/strict";
import fc from "fast-check";
import { PROMPTS } from "../../../lib/driver/inputs/built_in.ts";
import { compileJson, compileText, isConstant, type TemplateContext } from "../../../lib/driver/exchange/template.ts";
import { UserError } from "../../../lib/plan/errors.ts";
import type { Json } from "../../../lib/plan/protocols.ts";
import { randomStream } from "../../../lib/schedule/random.ts";
import { picking } from "../call_start.ts";

function context(seed: number, number = 1): TemplateContext {
  return { ...picking(randomStream(seed, 0)), seq: () => number };
}

const placeholder = fc.oneof(
  fc.constantFrom("{{uuid}}", "{{seq}}", "{{prompt}}"),
  fc.integer({ min: 1, max: 50 }).map((length) => `{{random ${length}}}`),
  fc.tuple(fc.integer(), fc.nat(1000)).map(([min, span]) => `{{int ${min} ${min + span}}}`),
);
const template = fc.array(fc.oneof(placeholder, fc.string().filter((text) => !/[{}\\]/.test(text))))
  .map((parts) => parts.join(""));

Deno.test("the same random numbers fill a template in the same way", () => {
  fc.assert(fc.property(template, fc.nat(), fc.nat(), (text, seed, number) => {
    const make = compileText(text);
    assert.equal(make(context(seed, number)), compileText(text)(context(seed, number)));
  }));
});

Deno.test("two calls differ where chance is asked for", () => {
  const make = compileText("{{uuid}}");
  const cx = context(1);
  assert.equal(new Set(Array.from({ length: 1000 }, () => make(cx))).size, 1000);
});

Deno.test("a UUID is one of version 4", () => {
  fc.assert(fc.property(fc.nat(), (seed) => {
    assert.match(
      compileText("{{uuid}}")(context(seed)),
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  }));
});

Deno.test("random text has its length, and a number lies in its range", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 300 }), fc.integer(), fc.nat(9), (seed, length, min, span) => {
      assert.match(compileText(`{{random ${length}}}`)(context(seed)), new RegExp(`^[a-z2-7]{${length}}$`));
      const number = Number(compileText(`{{int ${min} ${min + span}}}`)(context(seed)));
      assert.ok(Number.isInteger(number) && number >= min && number <= min + span, String(number));
    }),
  );
});

Deno.test("both ends of a range come up", () => {
  const make = compileText("{{int 1 3}}");
  const cx = context(7);
  assert.deepEqual([...new Set(Array.from({ length: 100 }, () => make(cx)))].sort(), ["1", "2", "3"]);
});

Deno.test("a lone number in JSON is a number, and a text when it is part of one", () => {
  const make = compileJson({ id: "{{seq}}", name: "user-{{seq}}", of: ["{{int 4 4}}", "x"], on: true, none: null });
  assert.deepEqual(make(context(0, 9)), { id: 9, name: "user-9", of: [4, "x"], on: true, none: null });
});

Deno.test("JSON without templates comes out as it is, and is known to be constant", () => {
  fc.assert(fc.property(fc.jsonValue(), (made) => {
    const value = made as Json;
    fc.pre(!JSON.stringify(value).includes("{{"));
    assert.ok(isConstant(value));
    assert.equal(compileJson(value)(context(0)), value);
  }));
  assert.ok(!isConstant({ a: [{ b: "{{uuid}}" }] }));
});

Deno.test("prompts are the built-in ones, lines come from a file that is read once", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "one\r\ntwo\n\nthree\n");
    const make = compileText(`<{{pick ${file}}}>`);
    await Deno.remove(file);
    const cx = context(3);
    const seen = new Set(Array.from({ length: 100 }, () => make(cx)));
    assert.deepEqual([...seen].sort(), ["<one>", "<three>", "<two>"]);
    assert.ok(PROMPTS.includes(compileText("{{prompt}}")(cx)));
  } finally {
    await Deno.remove(file).catch(() => {});
  }
});

Deno.test("a file that is not there is told when the template is compiled", () => {
  assert.throws(() => compileText("{{pick /none/such.txt}}"), (error) => {
    return error instanceof UserError && error.kind === "input" && error.message.includes("/none/such.txt");
  });
});
