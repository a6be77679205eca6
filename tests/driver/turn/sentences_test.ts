import assert from "node:assert/strict";
import fc from "fast-check";
import { isSpeakable, SentenceCutter } from "../../../lib/driver/turn/sentences.ts";

/** The sentences of a text that comes in these pieces. */
function cut(...pieces: string[]): string[] {
  const cutter = new SentenceCutter();
  const sentences = pieces.flatMap((piece) => cutter.add(piece));
  const rest = cutter.end();
  return rest === null ? sentences : [...sentences, rest];
}

const spoken = (text: string) => cut(text).map((sentence) => sentence.trim());

/** Text rich in what could be mistaken for the end of a sentence. */
const text = fc.array(
  fc.oneof(
    fc.constantFrom(". ", "! ", "? ", "; ", ": ", "\n", ".", "...", " ", "。", "！", "」", '" ', ") ", "Dr. ", "e.g. "),
    fc.constantFrom("3.5", "1. ", "U.S. ", "weather", "hello there", "今天天气很好", "😀", "é", "ß"),
    fc.string({ unit: "grapheme", maxLength: 8 }),
    fc.nat({ max: 400 }).map((length) => "x".repeat(length)),
  ),
  { maxLength: 40 },
).map((parts) => parts.join(""));

/** A text, and the same cut anywhere, also between the two halves of a character. */
const chunked = text.chain((whole) =>
  fc.array(fc.nat({ max: whole.length }), { maxLength: 30 }).map((cuts) => {
    const edges = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
    return { whole, pieces: edges.slice(1).map((edge, at) => whole.slice(edges[at], edge)) };
  })
);

Deno.test("all sentences joined are the text, however it comes", () => {
  fc.assert(fc.property(chunked, ({ whole, pieces }) => assert.equal(cut(...pieces).join(""), whole)));
});

Deno.test("the sentences are the same, however the text is cut into pieces", () => {
  fc.assert(fc.property(chunked, ({ whole, pieces }) => assert.deepEqual(cut(...pieces), cut(whole))));
});

Deno.test("no sentence is empty or longer than 300, and no character is torn apart", () => {
  const long = fc.array(fc.oneof(text, fc.nat({ max: 300 }).map((length) => "x".repeat(length) + "😀 ")), {
    maxLength: 5,
  })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(long, (whole) => {
      for (const sentence of cut(whole)) {
        assert.ok(sentence.length > 0 && sentence.length <= 300, `${sentence.length}`);
        assert.ok(sentence.isWellFormed());
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("every sentence but the last has at least six letters, or is cut for its length", () => {
  fc.assert(fc.property(text, (whole) => {
    for (const sentence of cut(whole).slice(0, -1)) {
      const letters = sentence.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
      assert.ok(letters >= 6 || sentence.length > 150, JSON.stringify(sentence));
    }
  }));
});

Deno.test("sentences end at . ! ? ; : and at line ends, quotes and brackets included", () => {
  assert.deepEqual(
    spoken('It rains today. Take a coat! Will you? He said "never again." (Or so I heard.) That is all'),
    [
      "It rains today.",
      "Take a coat!",
      "Will you?",
      'He said "never again."',
      "(Or so I heard.)",
      "That is all",
    ],
  );
  assert.deepEqual(spoken("There are two ways: by train; by bicycle.\nBoth are slow\nand cheap"), [
    "There are two ways:",
    "by train;",
    "by bicycle.",
    "Both are slow",
    "and cheap",
  ]);
});

Deno.test("a full stop within a number, after a title, an initial or an abbreviation ends no sentence", () => {
  for (
    const whole of [
      "The answer is 3.5 metres.",
      "It costs 1,200.50 in all.",
      "Meeting Dr. Smith and Mrs. Jones at St. James.",
      "Composed by J. S. Bach in Leipzig.",
      "Bring fruit, e.g. apples, i.e. what is there.",
      "It opens at 9 a.m. on weekdays in the U.S. and there.",
      "See june.example.org/path for more.",
      "It starts at 10:30 tonight.",
    ]
  ) assert.deepEqual(spoken(whole), [whole]);
  assert.deepEqual(spoken("Here is a list:\n1. Take the bus\n2. Walk home"), [
    "Here is a list:",
    "1. Take the bus",
    "2. Walk home",
  ]);
});

Deno.test("a sentence of a word or two is spoken with the next, and alone only at the end", () => {
  assert.deepEqual(spoken("Yes. I can do that. Okay."), ["Yes. I can do that.", "Okay."]);
  assert.deepEqual(spoken("Yes."), ["Yes."]);
});

Deno.test("scripts without blanks are cut at their own full stops", () => {
  assert.deepEqual(spoken("今天天气很好。我们去公园吧！「你想去吗？」好的。"), [
    "今天天气很好。",
    "我们去公园吧！",
    "「你想去吗？」好的。",
  ]);
});

Deno.test("a sentence is given out with the first character after it", () => {
  const cutter = new SentenceCutter();
  assert.deepEqual(cutter.add("It rains today."), []);
  assert.deepEqual(cutter.add(" "), ["It rains today. "]);
  assert.deepEqual(cutter.add("今天天气很好。"), []);
  assert.deepEqual(cutter.add("我"), ["今天天气很好。"]);
  assert.equal(cutter.end(), "我");
  assert.equal(cutter.end(), null);
});

Deno.test("a sentence without end is cut at a blank", () => {
  const sentences = cut("word ".repeat(200));
  assert.deepEqual(sentences.map(({ length }) => length), [300, 300, 300, 100]);
  assert.ok(sentences.every((sentence) => sentence.endsWith("word ")));
  assert.deepEqual(cut("x".repeat(601)).map(({ length }) => length), [300, 300, 1]);
});

Deno.test("dots and dashes alone are nothing to say", () => {
  assert.deepEqual(["... ", "—", "", "a", "7", "好"].map(isSpeakable), [false, false, false, true, true, true]);
});
