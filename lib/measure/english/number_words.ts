/** English words for numbers, and words that only beside a number mean something of it. */

/** What a word is to a number. A number that has an ending (`s`, `th`, ...) is complete with it. */
export type NumberWord =
  | { kind: "zero" }
  /** 1 to 19; 20, 30 ... 90; 100 and more. */
  | { kind: "small" | "tens" | "times"; value: bigint; ending: string }
  /** A sign, written before its number. */
  | { kind: "sign"; symbol: string }
  /** A currency, said after its number and written before it. */
  | { kind: "currency"; symbol: string }
  /** `per` counts only with `cent` after it. */
  | { kind: "percent"; needs: string | null }
  | { kind: "and" | "point" }
  /** How often the next digit is said. */
  | { kind: "repeat"; times: number };

const SMALL = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen " +
  "seventeen eighteen nineteen";
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety";
const ILLIONS = "thousand million billion trillion quadrillion quintillion sextillion septillion octillion nonillion " +
  "decillion";
/** Ordinals that are not the number with `th`, with their endings. */
const ODD_ORDINALS: Readonly<Record<string, [word: string, ending: string]>> = {
  one: ["first", "st"],
  two: ["second", "nd"],
  three: ["third", "rd"],
  five: ["fifth", "th"],
  eight: ["eighth", "th"],
  nine: ["ninth", "th"],
  twelve: ["twelfth", "th"],
};
const SIGNS = { minus: "-", negative: "-", plus: "+", positive: "+" };
const CURRENCIES = { pound: "£", euro: "€", dollar: "$", cent: "¢" };

/** Every such word. */
export const NUMBER_WORDS: ReadonlyMap<string, NumberWord> = new Map([
  ...["o", "oh", "zero"].map((word) => [word, { kind: "zero" }] satisfies Entry),
  ["zeroth", { kind: "small", value: 0n, ending: "th" }],
  ...numbers("small", SMALL, (at) => BigInt(at + 1)),
  ...numbers("tens", TENS, (at) => BigInt(10 * at + 20)),
  ...numbers("times", `hundred ${ILLIONS}`, (at) => at === 0 ? 100n : 1000n ** BigInt(at)),
  ...Object.entries(SIGNS).map(([word, symbol]) => [word, { kind: "sign", symbol }] satisfies Entry),
  ...Object.entries(CURRENCIES).flatMap(([word, symbol]): Entry[] => [
    [word, { kind: "currency", symbol }],
    [`${word}s`, { kind: "currency", symbol }],
  ]),
  ["per", { kind: "percent", needs: "cent" }],
  ["percent", { kind: "percent", needs: null }],
  ["and", { kind: "and" }],
  ["point", { kind: "point" }],
  ["double", { kind: "repeat", times: 2 }],
  ["triple", { kind: "repeat", times: 3 }],
]);

type Entry = [string, NumberWord];

/** Numbers, their plurals and their ordinals. */
function numbers(kind: "small" | "tens" | "times", words: string, valueAt: (at: number) => bigint): Entry[] {
  return words.split(" ").flatMap((word, at): Entry[] => {
    const value = valueAt(at);
    const stem = kind === "tens" ? word.slice(0, -1) + "ie" : word;
    const plural = word === "six" ? "sixes" : `${stem}s`;
    const [ordinal, ending] = ODD_ORDINALS[word] ?? [`${stem}th`, "th"];
    return [
      [word, { kind, value, ending: "" }],
      [plural, { kind, value, ending: "s" }],
      [ordinal, { kind, value, ending }],
    ];
  });
}
