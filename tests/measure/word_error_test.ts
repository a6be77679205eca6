import assert from "node:assert/strict";
import fc from "fast-check";
import { editDistance, normalWords, Reference } from "../../lib/measure/word_error.ts";

const errorsOf = (reference: string, transcript: string, language = "en") =>
  new Reference(reference, language, "basic").errorsOf(transcript);

/** Reference, transcript, errors, words of the reference; where the figures were published. */
const PUBLISHED:
  readonly (readonly [from: string, reference: string, transcript: string, errors: number, n: number])[] = [
    ["docs/measurement.md", "turn on the living room light", "turn the living room lights on", 3, 6],
    // The five cases of their table of measures, which jiwer's tests hold too.
    ["Morris, Maier and Green 2004", "X", "X", 0, 1],
    ["Morris, Maier and Green 2004", "X", "X X Y Y", 3, 1],
    ["Morris, Maier and Green 2004", "X Y X", "X Z", 2, 3],
    ["Morris, Maier and Green 2004", "X", "Y", 1, 1],
    ["Morris, Maier and Green 2004", "X", "Y Z", 2, 1],
    ["JRTk's scoring example: 1 S, 1 D, 1 I", "hi how are you today", "hey are you in today", 3, 5],
    ["jiwer's tests", "This is a test", "This test", 2, 4],
    ["jiwer's tests", "This is a test", "", 4, 4],
    ["jiwer's tests", "hello this sentence is fractured", "this sentence", 3, 5],
    [
      "jiwer's tests",
      "i am a short ground truth",
      "i am a considerably longer and very much incorrect hypothesis",
      7,
      6,
    ],
    [
      "wersim's manual: 1 S, 1 D, 1 I",
      "The meadow is very nice and the sun shines bright",
      "The meadoww very nice and the two sun shines bright",
      3,
      10,
    ],
  ];

/** The distance by the full table: slow and plain. */
function fullTable(a: readonly string[], b: readonly string[]): number {
  let row = b.map((_, j) => j + 1);
  for (const [i, word] of a.entries()) {
    const next: number[] = [];
    for (const [j, other] of b.entries()) {
      const diagonal = j === 0 ? i : row[j - 1] as number;
      const left = j === 0 ? i + 1 : next[j - 1] as number;
      next.push(word === other ? diagonal : 1 + Math.min(diagonal, left, row[j] as number));
    }
    row = next;
  }
  return row.at(-1) ?? a.length;
}

/** Words of a small vocabulary, so that many are equal. */
const words = (maxLength: number) => fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength });

for (const [from, reference, transcript, errors, n] of PUBLISHED) {
  Deno.test(`word errors as published: ${from}, ${n} words, ${errors} errors`, () => {
    assert.deepEqual(errorsOf(reference, transcript), { errors, reference: n });
  });
}

Deno.test("editDistance() is that of the full table, for short lists and for such that need wider bands", () => {
  fc.assert(fc.property(words(40), words(40), (a, b) => assert.equal(editDistance(a, b), fullTable(a, b))));
  fc.assert(
    fc.property(words(120), words(120), (a, b) => assert.equal(editDistance(a, b), fullTable(a, b))),
    { numRuns: 50 },
  );
});

Deno.test("editDistance() is a distance: identity, symmetry, triangle", () => {
  fc.assert(fc.property(words(30), words(30), words(30), (a, b, c) => {
    assert.equal(editDistance(a, a), 0);
    assert.equal(editDistance(a, b), editDistance(b, a));
    assert.ok(editDistance(a, c) <= editDistance(a, b) + editDistance(b, c));
    assert.equal(editDistance(a, b) === 0, a.join() === b.join());
  }));
});

Deno.test("editDistance() lies between the difference of the lengths and the longer one", () => {
  fc.assert(fc.property(words(30), words(30), (a, b) => {
    const distance = editDistance(a, b);
    assert.ok(Math.abs(a.length - b.length) <= distance && distance <= Math.max(a.length, b.length));
  }));
});

Deno.test("word errors count each edit that was made, where none undoes another", () => {
  const reference = Array.from({ length: 400 }, (_, at) => `word${at}`);
  const transcript = reference.toSpliced(300, 1).toSpliced(200, 0, "inserted").with(100, "substituted");
  assert.deepEqual(errorsOf(reference.join(" "), transcript.join(" ")), { errors: 3, reference: 400 });
});

Deno.test("nothing said: every word is an insertion, the rate has nothing to be divided by", () => {
  assert.deepEqual(errorsOf("", "you you"), { errors: 2, reference: 0 });
  assert.deepEqual(errorsOf(" … ", ""), { errors: 0, reference: 0 });
});

Deno.test("normalWords() follows its rule: NFKC, lower case, punctuation as blanks but for inner apostrophes", () => {
  const rule: readonly (readonly [text: string, words: string[]])[] = [
    ["Turn ON the Lights!", ["turn", "on", "the", "lights"]],
    ["  a\tb\n c\u00a0d  ", ["a", "b", "c", "d"]],
    ["don't 'quote' rock 'n' roll James'", ["don't", "quote", "rock", "n", "roll", "james"]],
    ["It’s, l’été", ["it's", "l'été"]],
    ["twenty-one / e.g. this—that", ["twenty", "one", "e", "g", "this", "that"]],
    ["$5 + 50 % = ½", ["5", "50", "1", "2"]],
    ["ＡＢＣ ﬁne Stra\u00dfe", ["abc", "fine", "straße"]],
    ["e\u0301te\u0301", ["été"]],
    ["नमस्ते दुनिया।", ["नमस्ते", "दुनिया"]],
    ["' ' !?", []],
  ];
  for (const [text, expected] of rule) assert.deepEqual(normalWords(text, "en"), expected, text);
});

Deno.test("normalWords() of what it gave changes nothing", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    const once = normalWords(text, "en");
    assert.deepEqual(normalWords(once.join(" "), "en"), once);
  }));
});

Deno.test("Chinese, Japanese, Thai and Cantonese are compared by character, blanks and punctuation left out", () => {
  for (const language of ["zh", "zh-TW", "ZH_cn", "ja", "th", "yue"]) {
    assert.deepEqual(normalWords("你 好，World", language), [..."你好world"], language);
  }
  assert.deepEqual(normalWords("你 好，World", "ko"), ["你", "好", "world"]);
  assert.deepEqual(errorsOf("今天天气很好。", "今天天汽很好", "zh"), { errors: 1, reference: 6 });
  assert.deepEqual(normalWords("𠮷野家", "ja"), ["𠮷", "野", "家"], "a character beyond 16 bits is one");
});
