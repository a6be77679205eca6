/** One transcript out of the results of a stream: what is final, what replaces what, and what repeats what. */
import { editDistance, normalWords } from "../../measure/word_error.ts";
import type { Interims } from "../../plan/plan.ts";
import type { AnswerNote } from "../driver.ts";

/** What is known of a service's results before they come. */
export interface Hearing {
  /** ISO 639 code of the speech, optionally with a region. */
  language: string;
  interims: Interims;
}

/** With so many words of interim results looked at, a call's way is settled. */
const SETTLED_WORDS = 30;
/** Fewest words that a final result must repeat to stand for all before it. */
const WHOLE_WORDS = 3;

/**
 * Collects the results of one call. With `auto` both readings are kept until it is clear whether the service replaces its
 * results, as most recognisers do, or sends the next part each time, as June does.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const transcript = new Transcript({ language: "en", interims: "auto" });
 * transcript.add("please", false);
 * transcript.add("please call", false);
 * transcript.add("Please call me.", true);
 * assert.deepEqual([transcript.segments, transcript.note], [["Please call me."], "interims_replaced"]);
 * ```
 */
export class Transcript {
  readonly #auto: boolean;
  #mode: Interims;
  readonly #replaced: Replaced;
  readonly #joined: Joined;
  readonly #repeats = new Repeats();
  /** The last result, where it was not final. */
  #open: readonly string[] | null = null;
  /** Results with text, and those of them that were not final. */
  #results = 0;
  #interims = 0;

  constructor(readonly hearing: Hearing) {
    this.#mode = hearing.interims;
    this.#auto = hearing.interims === "auto";
    this.#replaced = new Replaced(this.#auto);
    this.#joined = new Joined(this.#auto);
  }

  /** Takes a result; one without text says nothing. */
  add(result: string, isFinal: boolean): void {
    const text = result.trim();
    if (text === "") return;
    const words = normalWords(text, this.hearing.language);
    if (this.#auto && this.#open !== null) this.#repeats.add(this.#open, words, isFinal);
    this.#results++;
    if (!isFinal) this.#interims++;
    if (this.#mode !== "join") this.#replaced.add({ text, words }, isFinal);
    if (this.#mode !== "replace") this.#joined.add({ text, words }, isFinal);
    this.#open = isFinal ? null : words;
    if (this.#mode === "auto" && this.#repeats.words >= SETTLED_WORDS) {
      this.#mode = this.#repeats.found ? "replace" : "join";
    }
  }

  /** Its segments in order, without blanks around them. */
  get segments(): string[] {
    return this.#replaces ? this.#replaced.segments : this.#joined.segments;
  }

  /** What became of interim results; null: there was no choice. */
  get note(): AnswerNote | null {
    if (this.#interims === 0 || this.#results < 2) return null;
    return this.#replaces || this.#joined.whole ? "interims_replaced" : "interims_joined";
  }

  get #replaces(): boolean {
    return this.#mode === "replace" || (this.#mode === "auto" && this.#repeats.found);
  }
}

/** A result and its words as they are compared. */
interface Result {
  text: string;
  words: readonly string[];
}

/** Each result repeats the one before it, until one is final. */
class Replaced {
  readonly #finals: Result[] = [];
  #open: Result | null = null;

  /** @param guesses what repeats what is not told */
  constructor(readonly guesses: boolean) {}

  get segments(): string[] {
    return [...this.#finals, ...(this.#open === null ? [] : [this.#open])].map(({ text }) => text);
  }

  add(result: Result, isFinal: boolean): void {
    const open = this.#open;
    // The next utterance begins, although none was said to be final.
    if (this.guesses && open !== null && isShorterAndOther(open.words, result.words)) this.#finals.push(open);
    this.#open = isFinal ? null : result;
    if (!isFinal) return;
    if (this.guesses && holdsAll(this.#finals, result)) this.#finals.length = 0;
    this.#finals.push(result);
  }
}

/** Each result is the next part. */
class Joined {
  readonly #parts: Result[] = [];
  /** A final result held all before it. */
  whole = false;

  /** @param guesses what repeats what is not told */
  constructor(readonly guesses: boolean) {}

  get segments(): string[] {
    return this.#parts.map(({ text }) => text);
  }

  add(result: Result, isFinal: boolean): void {
    if (this.guesses && isFinal && holdsAll(this.#parts, result)) {
      this.whole = true;
      this.#parts.length = 0;
    }
    this.#parts.push(result);
  }
}

/** Whether a result holds all that came before it. */
function holdsAll(before: readonly Result[], { words }: Result): boolean {
  const all = before.flatMap((part) => part.words);
  if (all.length < WHOLE_WORDS || 4 * words.length < 3 * all.length) return false;
  return 4 * keptOf(all, words) >= 3 * all.length;
}

const isShorterAndOther = (before: readonly string[], words: readonly string[]): boolean =>
  words.length < before.length && keptOf(before, words) === 0;

/** How many words at the beginning of a result are those of the result before. */
function keptOf(before: readonly string[], words: readonly string[]): number {
  return Math.max(0, before.length - editDistance(before, words.slice(0, before.length)));
}

/** Whether the results of a call repeat what came before: most of their words come again, and they grow. */
class Repeats {
  /** Words of results that were not final, and those that came again in the next. */
  words = 0;
  #kept = 0;
  #grows = false;

  add(before: readonly string[], words: readonly string[], isFinal: boolean): void {
    this.words += before.length;
    this.#kept += keptOf(before, words);
    this.#grows ||= words.length > before.length || isFinal;
  }

  get found(): boolean {
    return this.words > 0 && this.#grows && 3 * this.#kept >= 2 * this.words;
  }
}
