import assert from "node:assert/strict";
import fc from "fast-check";
import { parseRow } from "../../../../lib/driver/inputs/read/csv.ts";

Deno.test("parseRow() gives back the fields that were written, quoted or not", () => {
  const row = fc.array(fc.string(), { minLength: 1 });
  fc.assert(fc.property(row, fc.constantFrom(",", "\t"), (fields, separator) => {
    const quoted = fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(separator);
    assert.deepEqual(parseRow(`${quoted}\r`, separator), fields);
    const plain = fields.map((field) => field.replace(/["\t\r,]/g, ""));
    assert.deepEqual(parseRow(plain.join(separator), separator), plain);
  }));
});

Deno.test("parseRow() reads what is not quite CSV, and never fails", () => {
  assert.deepEqual(parseRow('"a"b,c', ","), ["ab", "c"]);
  assert.deepEqual(parseRow('a "b", c', ","), ['a "b"', " c"]);
  assert.deepEqual(parseRow('"open', ","), ["open"]);
  fc.assert(fc.property(fc.string(), (row) => assert.ok(parseRow(row, ",").length >= 1)));
});
