import assert from "node:assert/strict";
import fc from "fast-check";
import { toCsv } from "../../../lib/report/csv/csv.ts";
import { markup, verbatim } from "../../../lib/report/html/markup.ts";
import { escapeHtml, plainText, scriptJson } from "../../../lib/report/format/escape.ts";
import { textTable } from "../../../lib/report/text/table.ts";
import { HOSTILE } from "../cases.ts";

Deno.test("plainText() leaves one line without escapes, control or direction characters", () => {
  const text = plainText(HOSTILE);
  assert.equal(text, `</script><script>alert(1)</script><img src=x onerror="alert(2)">'"& redreversed next`);
});

Deno.test("plainText() never leaves a control character, whatever comes in", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (input) => {
    // deno-lint-ignore no-control-regex -- their absence is what is tested
    assert.doesNotMatch(plainText(input), /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
  }));
});

Deno.test("plainText() cuts at whole characters", () => {
  assert.equal(plainText("😀".repeat(10), 4), "😀😀😀…");
  assert.equal(plainText("😀".repeat(4), 4), "😀😀😀😀");
});

Deno.test("escapeHtml() leaves no character that ends text or an attribute", () => {
  assert.equal(escapeHtml(`<a b="c" d='e'>&`), "&#60;a b=&#34;c&#34; d=&#39;e&#39;&#62;&#38;");
});

Deno.test("scriptJson() cannot end its element and reads back the same", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.string({ unit: "binary" }), (value, text) => {
    const whole = JSON.parse(JSON.stringify([value, text, HOSTILE]));
    const json = scriptJson(whole);
    assert.doesNotMatch(json, /[<\u2028\u2029]/);
    assert.deepEqual(JSON.parse(json), whole);
  }));
});

Deno.test("markup escapes text, keeps markup, joins lists and drops null", () => {
  const row = markup`<b title="${'"'}">${"<i>"}</b>`;
  assert.equal(markup`${row}${[1, row, null]}${verbatim("<hr>")}`.text, `${row.text}1${row.text}<hr>`);
  assert.equal(row.text, '<b title="&#34;">&#60;i&#62;</b>');
});

Deno.test("toCsv() quotes what would break a row", () => {
  assert.equal(toCsv([["a,b", 'say "x"', "two\nlines", 1.5]]), '"a,b","say ""x""","two\nlines",1.5\r\n');
});

Deno.test("toCsv() lets no text become a formula, and leaves numbers alone", () => {
  assert.equal(toCsv([["=1+1", "-x", "@a", -1, "N/A"]]), "'=1+1,'-x,'@a,-1,N/A\r\n");
});

Deno.test("textTable() sets the first column left and the others right", () => {
  assert.equal(textTable([["name", "n"], ["a", "100"]]), "name    n\na     100\n");
});
