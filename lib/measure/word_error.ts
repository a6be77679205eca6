/**
 * Word error rate: (S + D + I) / N, the smallest number of words substituted, deleted and inserted that makes the
 * transcript from the reference, over the words of the reference. Over several clips it is the sum of errors over the sum
 * of words, not a mean of rates. English is compared by the rules of `english/normal_text.ts`; languages without borders between words are compared character by character (CER).
 */

import type { WerNormalizer } from "../plan/plan.ts";
import { englishWords } from "./english/normal_text.ts";

/** ISO 639 languages that are written without blanks between words. */
const WITHOUT_BORDERS: ReadonlySet<string> = new Set(["zh", "ja", "th", "yue"]);

/** Errors of a transcript against what was said. */
export interface WordErrors {
  /** Substitutions, deletions and insertions, words or characters. */
  errors: number;
  /** Words or characters of the reference; 0 where nothing was said: a rate is undefined then. */
  reference: number;
  /** The same by the basic rules, where English ones gave the figures above. */
  basic?: WordErrors;
}

/**
 * The words of a text as they are compared: Unicode NFKC, lower case, punctuation and symbols as blanks but for an
 * apostrophe inside a word. For languages without word borders each character but blanks.
 * @param language ISO 639, a region may follow: `en`, `zh-TW`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(normalWords("Don’t – stop, 'Maria'!", "en"), ["don't", "stop", "maria"]);
 * assert.deepEqual(normalWords("你好。", "zh"), ["你", "好"]);
 * ```
 */
export function normalWords(text: string, language: string): string[] {
  const plain = text.normalize("NFKC").toLowerCase().replace(/[’ʼ]/g, "'")
    .replace(/(?!(?<=[\p{L}\p{M}\p{N}])'(?=[\p{L}\p{N}]))[\p{P}\p{S}]/gu, " ").trim();
  if (plain === "") return [];
  return WITHOUT_BORDERS.has(primaryOf(language)) ? [...plain.replace(/\s+/gu, "")] : plain.split(/\s+/u);
}

/**
 * What was said in a clip, ready to be compared with many transcripts of it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const reference = new Reference("Turn the lights off at nine, please.", "en", "english");
 * const basic = { errors: 2, reference: 7 };
 * assert.deepEqual(reference.errorsOf("turn the lights off at 9"), { errors: 1, reference: 7, basic });
 * ```
 */
export class Reference {
  readonly #words: readonly string[];
  /** By the rules of English; null: the basic ones alone are used. */
  readonly #english: readonly string[] | null;

  /**
   * @param language of both sides; see `normalWords`
   * @param normalizer the English rules count only where the language is English
   */
  constructor(readonly text: string, readonly language: string, normalizer: WerNormalizer) {
    this.#words = normalWords(text, language);
    this.#english = normalizer === "english" && primaryOf(language) === "en" ? englishWords(text) : null;
  }

  /** Compares a transcript with it. */
  errorsOf(transcript: string): WordErrors {
    const basic = compare(this.#words, normalWords(transcript, this.language));
    return this.#english === null ? basic : { ...compare(this.#english, englishWords(transcript)), basic };
  }
}

const compare = (words: readonly string[], heard: readonly string[]): WordErrors => ({
  errors: editDistance(words, heard),
  reference: words.length,
});

const primaryOf = (language: string): string => language.toLowerCase().split(/[-_]/)[0] as string;

/**
 * Levenshtein distance of two lists of words, each edit at cost 1. Takes time in proportion to the length times the
 * distance, as Ukkonen's method does: good transcripts cost little.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(editDistance(["turn", "it", "off"], ["turn", "that", "off", "now"]), 2);
 * ```
 */
export function editDistance(reference: readonly string[], transcript: readonly string[]): number {
  let from = 0;
  let ends = 0;
  const shorter = Math.min(reference.length, transcript.length);
  while (from < shorter && reference[from] === transcript[from]) from++;
  while (ends < shorter - from && reference.at(-1 - ends) === transcript.at(-1 - ends)) ends++;
  const ids = new Map<string, number>();
  const a = numbered(reference, from, ends, ids);
  const b = numbered(transcript, from, ends, ids);
  if (a.length === 0 || b.length === 0) return Math.max(a.length, b.length);
  for (let band = Math.max(8, Math.abs(a.length - b.length));; band *= 2) {
    const distance = bandDistance(a, b, band);
    if (distance <= band) return distance;
  }
}

/** The words between `from` and the last `ends` as numbers; equal words have equal ones. */
function numbered(words: readonly string[], from: number, ends: number, ids: Map<string, number>): Int32Array {
  const numbers = new Int32Array(words.length - from - ends);
  for (let at = 0; at < numbers.length; at++) {
    const word = words[from + at] as string;
    let id = ids.get(word);
    if (id === undefined) ids.set(word, id = ids.size);
    numbers[at] = id;
  }
  return numbers;
}

/** More than any distance, and far from the end of 32 bits. */
const FAR = 1 << 29;

/** The distance over paths that stay within `band` of the diagonal: exact when it is at most `band`. */
function bandDistance(a: Int32Array, b: Int32Array, band: number): number {
  const row = new Int32Array(b.length + 1).fill(FAR);
  for (let j = 0; j <= Math.min(band, b.length); j++) row[j] = j;
  for (let i = 1; i <= a.length; i++) {
    const first = Math.max(1, i - band);
    const last = Math.min(b.length, i + band);
    const word = a[i - 1];
    let diagonal = row[first - 1] as number;
    let left = row[first - 1] = first === 1 ? i : FAR;
    for (let j = first; j <= last; j++) {
      const above = row[j] as number;
      left = word === b[j - 1] ? diagonal : 1 + Math.min(diagonal, above, left);
      diagonal = above;
      row[j] = left;
    }
  }
  return row[b.length] as number;
}
