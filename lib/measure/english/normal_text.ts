/**
 * English as it is compared: what is said alike and written differently is made the same. Source: the rules that
 * Whisper's authors published with their figures (Radford et al. 2022, "Robust Speech Recognition via Large-Scale Weak
 * Supervision", appendix C), which leaderboards use, and the examples of the project's tests. The typewriter's and the
 * typographer's apostrophe are one here.
 */
import { digitsOf } from "./numbers.ts";
import { NUMBER_WORDS } from "./number_words.ts";
import spellings from "./spellings.txt" with { type: "text" };

/** British spellings and their American ones; read when first needed. Source: tysto.com's list. */
let american: ReadonlyMap<string, string> | null = null;
const readSpellings = () => new Map(spellings.trim().split("\n").map((line) => line.split(" ") as [string, string]));

/** Contractions and titles that stand for other words. */
const WHOLE: ReadonlyMap<string, string> = new Map(Object.entries({
  "won't": "will not",
  "can't": "can not",
  "let's": "let us",
  "ain't": "aint",
  "y'all": "you all",
  "wanna": "want to",
  "gotta": "got to",
  "gonna": "going to",
  "i'ma": "i am going to",
  "imma": "i am going to",
  "woulda": "would have",
  "coulda": "could have",
  "shoulda": "should have",
  "ma'am": "madam",
  "mr": "mister",
  "mrs": "missus",
  "st": "saint",
  "dr": "doctor",
  "prof": "professor",
  "capt": "captain",
  "gov": "governor",
  "ald": "alderman",
  "gen": "general",
  "sen": "senator",
  "rep": "representative",
  "pres": "president",
  "rev": "reverend",
  "hon": "honorable",
  "asst": "assistant",
  "assoc": "associate",
  "lt": "lieutenant",
  "col": "colonel",
  "jr": "junior",
  "sr": "senior",
  "esq": "esquire",
}));

/** Ends of words; the first that fits counts. */
const ENDS: ReadonlyMap<string, string> = new Map(Object.entries({
  "'d been": " had been",
  "'s been": " has been",
  "'d gone": " had gone",
  "'s gone": " has gone",
  "'d done": " had done",
  "'s got": " has got",
  "n't": " not",
  "'re": " are",
  "'s": " is",
  "'d": " would",
  "'ll": " will",
  "'t": " not",
  "'ve": " have",
  "'m": " am",
}));

/** Letters that no decomposition takes apart. */
const LETTERS: Readonly<Record<string, string>> = {
  "œ": "oe",
  "ø": "o",
  "æ": "ae",
  "ß": "ss",
  "đ": "d",
  "ð": "d",
  "þ": "th",
  "ł": "l",
};

const STARTS = String.raw`(?<![\p{L}\p{N}_])`;
const STOPS = String.raw`(?![\p{L}\p{N}_])`;
const anyOf = (words: Iterable<string>) => `(?:${[...words].join("|")})`;

const ASIDES = /[<[][^<[>\]]*[>\]]|\([^()]+\)/g;
const FILLERS = new RegExp(`${STARTS}(?:hmm|mm|mhm|mmm|uh|um)${STOPS}`, "gu");
const WHOLE_WORDS = new RegExp(`${STARTS}${anyOf(WHOLE.keys())}${STOPS}`, "gu");
const WORD_ENDS = new RegExp(`${anyOf(ENDS.keys())}${STOPS}`, "gu");
const HALF = /(?<![\p{L}\p{N}_])and\s+a\s+half(?![\p{L}\p{N}_])/u;

/**
 * The words of an English text.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(englishWords("Uh, Dr. Grey can't come at nine."), "doctor gray can not come at 9".split(" "));
 * ```
 */
export function englishWords(text: string): string[] {
  american ??= readSpellings();
  const spelt = amounts(digitsOf(split(apart(withHalves(symbolsOf(expanded(text)))))).join(" "));
  const known = american;
  return split(
    split(spelt).map((word) => known.get(word) ?? word).join(" ")
      .replace(/[.$¢€£](?=[^0-9]|$)/g, " ").replace(/(?<![0-9])%/g, " "),
  );
}

const split = (text: string): string[] => text.split(/\s+/u).filter((word) => word !== "");

/** Without asides and fillers, contractions and titles written out. */
function expanded(text: string): string {
  return text.toLowerCase().replace(/[’ʼ]/g, "'").replace(ASIDES, "").replace(FILLERS, "").replace(/(?<!\s)\s+'/g, "'")
    .replace(WHOLE_WORDS, (word) => WHOLE.get(word) ?? word)
    .replace(WORD_ENDS, (end) => ENDS.get(end) ?? end);
}

/** Without accents and punctuation, but for what belongs to a number. */
function symbolsOf(text: string): string {
  return text.replace(/(?<=\d),(?=\d)/g, "").replace(/\.(?=[^0-9]|$)/g, " ").normalize("NFKD")
    .replace(/[œøæßđðþł]/g, (letter) => LETTERS[letter] ?? letter).replace(/\p{Mn}/gu, "")
    .replace(/(?![.%$¢€£])[\p{M}\p{S}\p{P}]/gu, " ");
}

/** "Three and a half" as "three point five". */
function withHalves(text: string): string {
  const parts = text.split(HALF).filter((part, at, { length }) => part.trim() !== "" || at === length - 1);
  return parts.map((part, at) => {
    if (at === parts.length - 1) return part;
    const last = NUMBER_WORDS.get(split(part).at(-1) ?? "");
    const counts = last?.kind === "zero" ||
      ((last?.kind === "small" || last?.kind === "tens" || last?.kind === "times") && last.ending === "");
    return `${part} ${counts ? "point five" : "and a half"}`;
  }).join(" ");
}

/** With a blank between letters and digits, but for the ending of an ordinal. */
function apart(text: string): string {
  return text.replace(/([a-z])(?=[0-9])|([0-9])(?=[a-z])/g, "$& ").replace(/([0-9])\s+(st|nd|rd|th|s)\b/g, "$1$2");
}

/** Cents as part of their sum, and as cents where that is all; a lone 1 as the word. */
function amounts(text: string): string {
  return text.replace(
    /([€£$])([0-9]+) (?:and )?¢([0-9]{1,2})\b/g,
    (_, sign, whole, cents) => `${sign}${whole}.${cents.padStart(2, "0")}`,
  ).replace(/[€£$]0\.([0-9]{1,2})\b/g, (_, cents) => `¢${Number(cents)}`).replace(/\b1(s?)\b/g, "one$1");
}
