import assert from "node:assert/strict";
import fc from "fast-check";
import { cleanText, cutText, textWidth, wrapText } from "../../../lib/ui/terminal/text.ts";
import { anyString, HOSTILE } from "./views.ts";

Deno.test("cleanText() takes out what acts on a terminal and keeps the words", () => {
  assert.equal(cleanText(HOSTILE.colour), "red and bold");
  assert.equal(cleanText(HOSTILE.title), "window title");
  assert.equal(cleanText(HOSTILE.cursor), "up down");
  assert.equal(cleanText(HOSTILE.direction), "abcdefghi end");
  assert.equal(cleanText(HOSTILE.broken), "half \ufffd pair");
  assert.equal(cleanText(HOSTILE.wide), HOSTILE.wide);
  assert.equal(cleanText("a\x1b"), "a");
  assert.equal(cleanText("a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\"), "alink");
  assert.equal(cleanText("\x1b\x1b[31mred"), "red");
});

Deno.test("cleanText() cuts long text and towers of accents", () => {
  assert.equal(cleanText(HOSTILE.long, 10), "xxxxxxxxx…");
  assert.equal(cleanText(HOSTILE.marks), "e" + "\u0301".repeat(4));
  assert.equal(cleanText("🎤🎤🎤", 3), "🎤🎤🎤");
  assert.equal(cleanText("🎤🎤🎤🎤", 3), "🎤🎤…");
});

Deno.test("cleanText() leaves no control character of any string", () => {
  fc.assert(fc.property(anyString(), (text) => {
    assert.doesNotMatch(cleanText(text), /[\p{Cc}\p{Cf}\u2028\u2029]/u);
  }));
});

Deno.test("textWidth() counts wide characters twice and marks not at all", () => {
  assert.equal(textWidth("abc"), 3);
  assert.equal(textWidth("µ–✓█"), 4);
  assert.equal(textWidth("音声"), 4);
  assert.equal(textWidth("한국"), 4);
  assert.equal(textWidth("e\u0301"), 1);
  assert.equal(textWidth("🎤"), 2);
  assert.equal(textWidth("ｆｕ"), 4);
});

Deno.test("cutText() fits, and takes as much as does", () => {
  assert.equal(cutText("abcdef", 6), "abcdef");
  assert.equal(cutText("abcdef", 4), "abc…");
  assert.equal(cutText("音声認識", 5), "音声…");
  assert.equal(cutText("音声認識", 4), "音…");
  assert.equal(cutText("abc", 0), "");
  fc.assert(fc.property(fc.string({ unit: "grapheme" }).map((text) => cleanText(text)), fc.nat(20), (text, columns) => {
    assert.ok(textWidth(cutText(text, columns)) <= columns);
  }));
});

Deno.test("wrapText() breaks between words and cuts words that are too long", () => {
  assert.deepEqual(wrapText("one two three", 7), ["one two", "three"]);
  assert.deepEqual(wrapText("abcdefghij k", 5), ["abcd…", "k"]);
  assert.deepEqual(wrapText("", 5), [""]);
});
