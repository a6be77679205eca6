import assert from "node:assert/strict";
import fc from "fast-check";
import { parseRow, readHead } from "../../lib/base/csv.ts";

const comma = { separator: ",", loose: false };

Deno.test("parseRow() gives back the fields that were written, quoted or not", () => {
  const row = fc.array(fc.string(), { minLength: 1 });
  const loose = fc.boolean();
  fc.assert(fc.property(row, fc.constantFrom(",", "\t", ";", "|"), loose, (fields, separator, loose) => {
    const form = { separator, loose };
    const quoted = fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(separator);
    assert.deepEqual(parseRow(`${quoted}\r`, form), fields);
    const plain = fields.map((field) => field.replace(/["\t\r,;|]/g, ""));
    assert.deepEqual(parseRow(plain.join(separator), form), plain);
  }));
});

Deno.test("parseRow() reads what is not quite CSV, and never fails", () => {
  assert.deepEqual(parseRow('"a"b,c', comma), ["ab", "c"]);
  assert.deepEqual(parseRow('a "b", c', comma), ['a "b"', " c"]);
  assert.deepEqual(parseRow('"open', comma), ["open"]);
  assert.deepEqual(parseRow("a, b; c", { separator: null, loose: false }), ["a, b; c"]);
  fc.assert(fc.property(fc.string(), (row) => assert.ok(parseRow(row, comma).length >= 1)));
});

Deno.test("parseRow() leaves quotes of a loose table to the text, unless they enclose a field", () => {
  const tab = { separator: "\t", loose: true };
  assert.deepEqual(parseRow('"Hi," he said\t"a ""b"""\t"open', tab), ['"Hi," he said', 'a "b"', '"open']);
});

Deno.test("readHead() finds the separator by Excel's line, known names or the number of fields", () => {
  const isKnown = (name: string) => name === "prompt" || name === "max_tokens";
  const head = (text: string) => readHead(text, isKnown);
  assert.deepEqual(head("\ufeffsep=;\r\nprompt;x\r\n"), { separator: ";", skipped: 1, names: ["prompt", "x"] });
  assert.deepEqual(head('"sep=|"\nprompt|x\n'), { separator: "|", skipped: 1, names: ["prompt", "x"] });
  assert.equal(head("prompt\n").separator, null);
  assert.equal(head("prompt\tmax_tokens").separator, "\t");
  assert.equal(head('"a;b;c",prompt\n').separator, ",");
  assert.equal(head("q;r;s,t\n").separator, ";", "no name is known");
});
