import assert from "node:assert/strict";
import fc from "fast-check";
import { countWords, oneLine, WordCount } from "../../../lib/driver/core/text.ts";

const blanksAndWords = fc.array(fc.constantFrom(" ", "\n", "\t", "a", "é", "你", "'s", "\u00a0", "😀"), {
  maxLength: 60,
})
  .map((parts) => parts.join(""));

Deno.test("words are runs of characters between ASCII blanks", () => {
  fc.assert(fc.property(blanksAndWords, (text) => {
    assert.equal(countWords(text), text.split(/[ \n\t]+/).filter((word) => word !== "").length);
  }));
});

Deno.test("words are counted alike however the bytes of a text are cut", () => {
  fc.assert(fc.property(blanksAndWords, fc.array(fc.nat(80)), (text, cuts) => {
    const bytes = new TextEncoder().encode(text);
    const words = new WordCount();
    const ends = [...cuts.filter((at) => at < bytes.length).sort((a, b) => a - b), bytes.length];
    let from = 0;
    for (const to of ends) {
      words.add(bytes, from, to);
      from = to;
    }
    assert.equal(words.count, countWords(text));
  }));
});

Deno.test("oneLine() leaves no control character and cuts at 200 characters", () => {
  assert.equal(oneLine(" a\r\nb\u0007c\u2028d "), "a b c d");
  assert.equal(oneLine("x".repeat(201)), `${"x".repeat(199)}…`);
});
