import assert from "node:assert/strict";
import fc from "fast-check";
import { englishWords } from "../../lib/measure/english/normal_text.ts";
import cases from "./english_cases.json" with { type: "json" };

/** Examples that the project published with its normaliser, as its tests hold them. */
const PUBLISHED: Record<string, string> = {
  "two": "2",
  "thirty one": "31",
  "five twenty four": "524",
  "nineteen ninety nine": "1999",
  "twenty nineteen": "2019",
  "two point five million": "2500000",
  "four point two billions": "4200000000s",
  "200 thousand": "200000",
  "200 thousand dollars": "$200000",
  "$20 million": "$20000000",
  "€52.4 million": "€52400000",
  "£77 thousands": "£77000s",
  "two double o eight": "2008",
  "three thousand twenty nine": "3029",
  "forty three thousand two hundred sixty": "43260",
  "forty three thousand two hundred and sixty": "43260",
  "nineteen fifties": "1950s",
  "thirty first": "31st",
  "thirty three thousand and three hundred and thirty third": "33333rd",
  "three billion": "3000000000",
  "millions": "1000000s",
  "july third twenty twenty": "july 3rd 2020",
  "august twenty sixth twenty twenty one": "august 26th 2021",
  "3 14": "3 14",
  "3.14": "3.14",
  "3 point 2": "3.2",
  "3 point 14": "3.14",
  "fourteen point 4": "14.4",
  "two point two five dollars": "$2.25",
  "two hundred million dollars": "$200000000",
  "$20.1 million": "$20100000",
  "ninety percent": "90%",
  "seventy six per cent": "76%",
  "double oh seven": "007",
  "double zero seven": "007",
  "nine one one": "911",
  "nine double one": "911",
  "one triple oh one": "10001",
  "two thousandth": "2000th",
  "thirty two thousandth": "32000th",
  "minus 500": "-500",
  "positive twenty thousand": "+20000",
  "two dollars and seventy cents": "$2.70",
  "3 cents": "¢3",
  "$0.36": "¢36",
  "three euros and sixty five cents": "€3.65",
  "three and a half million": "3500000",
  "forty eight and a half dollars": "$48.5",
  "b747": "b 747",
  "10 th": "10th",
  "10th": "10th",
  "mobilisation": "mobilization",
  "cancelation": "cancellation",
  "Let's": "let us",
  "he's like": "he is like",
  "she's been like": "she has been like",
  "10km": "10 km",
  "10mm": "10 mm",
  "RC232": "rc 232",
  "Mr. Park visited Assoc. Prof. Kim Jr.": "mister park visited associate professor kim junior",
};

/** What people say, and two ways in which it is written. */
const SAME: readonly (readonly [string, string])[] = [
  ["Wake me at nine.", "wake me at 9"],
  ["The train leaves at three thirty.", "The train leaves at 330"],
  ["It costs twenty five dollars, Dr. Brown.", "it costs $25 Doctor Brown"],
  ["Set the colour to grey, uh, at fifty per cent.", "Set the color to gray at 50%."],
  ["I can’t organise it, I'm afraid.", "I cannot organize it, I am afraid".replace("cannot", "can not")],
  ["The ninth of May", "The 9th of May"],
  ["Um, a café (laughs) on Main St.", "a cafe on Main Saint"],
  ["one hundred and five people", "105 people"],
];

Deno.test("Whisper's published examples come out as published", () => {
  for (const [text, normal] of Object.entries(PUBLISHED)) assert.equal(englishWords(text).join(" "), normal, text);
});

Deno.test("what is said alike is the same, however it is written", () => {
  for (const [one, other] of SAME) assert.deepEqual(englishWords(one), englishWords(other), one);
});

// Made with Whisper's own normaliser (openai/whisper, November 2025) from random rows of words that its rules concern.
Deno.test("random rows of numbers, currencies and contractions come out as of Whisper's own normaliser", () => {
  for (const [text = "", normal] of cases) assert.equal(englishWords(text).join(" "), normal, text);
});

Deno.test("any text has words, without blanks, and what has been made normal stays so where it holds no number", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    for (const word of englishWords(text)) assert.match(word, /^\S+$/u);
  }));
  const words = fc.array(fc.constantFrom("the", "café", "don't", "colour", "Dr.", "uh", "he's", "organised", "Mr"));
  fc.assert(fc.property(words, (list) => {
    const normal = englishWords(list.join(" "));
    assert.deepEqual(englishWords(normal.join(" ")), normal);
  }));
});

Deno.test("a text without end is read in linear time", () => {
  const started = performance.now();
  for (
    const text of [
      "(".repeat(200_000),
      "[".repeat(200_000),
      "and a ".repeat(200_000),
      "9 ".repeat(200_000),
      "'".repeat(200_000),
    ]
  ) {
    englishWords(text);
  }
  assert.ok(performance.now() - started < 10_000);
});
