/** Random plain texts for the simulator, from a seed. */
import type { Random } from "./random.ts";

const WORDS = ("the a one this that each our your their first last next small large early late clear quiet bright " +
  "open simple steady careful morning evening river harbour garden market station window table letter story answer " +
  "question reason number picture engine signal voice model service network system record budget schedule weather " +
  "train bridge road teacher doctor driver neighbour customer visitor team group city village country world year " +
  "month week hour moment place part point is was has gives takes keeps makes finds shows holds turns moves starts " +
  "ends brings needs helps follows leaves joins opens closes carries measures explains remembers with from about " +
  "over under between before after during without again often never always slowly quickly together today tomorrow " +
  "and but because while when where if so then also almost perhaps").split(" ");

/**
 * Sentences of 5 to 12 words, `count` words in total, as separate words with punctuation.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Random } from "./random.ts";
 *
 * const words = makeWords(new Random(1), 20);
 * assert.equal(words.length, 20);
 * assert.match(words.join(" "), /^[A-Z].*\.$/);
 * ```
 */
export function makeWords(random: Random, count: number): string[] {
  const words: string[] = [];
  let left = 0;
  for (let i = 0; i < count; i++) {
    const starts = left === 0;
    if (starts) left = 5 + random.below(8);
    const word = WORDS[random.below(WORDS.length)] as string;
    left--;
    const ends = left === 0 || i === count - 1;
    words.push((starts ? capitalise(word) : word) + (ends ? "." : ""));
    if (ends) left = 0;
  }
  return words;
}

/** Lower-case words without punctuation, as a recogniser writes them. */
export function makeSpeech(random: Random, count: number): string[] {
  return Array.from({ length: count }, () => WORDS[random.below(WORDS.length)] as string);
}

/** Tokens of a text: four characters each, the average of English text. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

function capitalise(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
