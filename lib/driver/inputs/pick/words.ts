/** Makes texts of a given length from everyday words, and picks lengths. */
import { drawNormal } from "../../../base/random.ts";
import type { LengthPlan } from "../../../plan/inputs.ts";
import type { Random } from "../../core/random.ts";

/**
 * Words per token in English text, with the vocabularies of today's models. An estimate: a model's own count is known
 * only where its server reports it.
 */
const WORDS_PER_TOKEN = 0.75;

/** Short, common words; tokenizers know each of them as one token or two. */
const WORDS = ("time year people way day man thing woman life child world school state family student group country " +
  "problem hand part place case week company system program question work night point home water room mother area " +
  "money story fact month lot right study book eye job word business issue side kind head house service friend father " +
  "power hour game line end member law car city name team minute idea body back parent face level office door health " +
  "person art war history party result change morning reason research girl guy moment air teacher force education be " +
  "have do say get make go know take see come think look want give use find tell ask seem feel try leave call keep let " +
  "begin help talk turn start show hear play run move like live believe hold bring happen write provide sit stand lose " +
  "pay meet include continue set learn lead understand watch follow stop create speak read allow add spend grow open " +
  "walk win offer remember love consider appear buy wait serve die send expect build stay fall cut reach remain good " +
  "new first last long great little own other old right big high different small large next early young important few " +
  "public bad same able").split(" ");

/** Words of a sentence. */
const SENTENCE = 12;

/** A text of about `tokens` tokens: `0.75 * tokens` words, at least one, picked with `next`. */
export function wordText(tokens: number, next: () => number): string {
  const count = Math.max(1, Math.round(tokens * WORDS_PER_TOKEN));
  const words: string[] = [];
  for (let at = 0; at < count; at++) {
    const word = WORDS[Math.floor(next() * WORDS.length)] as string;
    words.push(at % SENTENCE === SENTENCE - 1 || at === count - 1 ? `${word}.` : word);
  }
  return words.join(" ");
}

/** The prefix that all prompts of a group share: the same in every worker and every run. */
export function prefixText(tokens: number, group: number): string {
  return wordText(tokens, numbersFrom(group));
}

/** Numbers of at least 0 and below 1, the same for the same seed everywhere. */
export function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    // The finaliser of MurmurHash3 over a counter.
    let hash = state = (state + 0x9e3779b9) | 0;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
  };
}

/** Longest picked length, since distributions have no upper limit; tokens. */
const MAX_LENGTH = 1_000_000;

/** Picks a length; tokens, a whole number, at least 1. */
export function drawLength(plan: LengthPlan, random: Random): number {
  return Math.min(MAX_LENGTH, Math.max(1, Math.round(drawn(plan, random))));
}

function drawn(plan: LengthPlan, random: Random): number {
  switch (plan.kind) {
    case "constant":
      return plan.value;
    case "uniform":
      return plan.min + Math.floor(random.next() * (plan.max - plan.min + 1));
    case "normal":
      return plan.mean + plan.deviation * drawNormal(random);
    case "lognormal":
      return plan.median * Math.exp(plan.sigma * drawNormal(random));
  }
}
