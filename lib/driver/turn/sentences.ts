/**
 * Splits text that comes in pieces into sentences to speak. Each decision needs only the characters before it and one
 * after, so the sentences do not depend on how the text is cut into pieces.
 */

/**
 * Fewest letters and digits in a sentence. A "Yes." is spoken with the next sentence: a call for one word costs as much
 * as one for a sentence, and sounds worse.
 */
const MIN_LETTERS = 6;
/** Longest sentence; UTF-16 code units. Longer ones are cut, at a blank if possible. */
const MAX_LENGTH = 300;

const BLANK = /\s/;
const LETTER = /[\p{L}\p{N}]/u;
/** May end a sentence if a blank follows; quotes and brackets may come between. */
const ENDING = /[.!?…;:。！？；]["'”’»)\]」』）]*$/;
/** The same in scripts that put no blank between sentences. */
const WIDE_ENDING = /[。！？；]["'”’»)\]」』）]*$/;
const WIDE_AFTER = /[。！？；"'”’»)\]」』）\s]/;
/**
 * A full stop that does not end a sentence: after a title or an abbreviation, an initial, "e.g.", the number of a list
 * item.
 */
const NO_ENDING =
  /(?:(?:^|[^\p{L}\p{N}])(?:\p{L}|mr|mrs|ms|dr|prof|st|sr|jr|vs|etc|approx|dept|fig|nr|ca|bzw|usw)|\.\p{L}|(?:^|\n)\s*\d+)\.$/iu;

/** Whether a sentence has anything that a voice can say. */
export function isSpeakable(sentence: string): boolean {
  return LETTER.test(sentence);
}

/**
 * Splits one text. Sentences keep their blanks: joined together they are the text.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const cutter = new SentenceCutter();
 * const sentences = ["It will r", "ain today. Take an um", "brella"].flatMap((piece) => cutter.add(piece));
 * assert.deepEqual(sentences, ["It will rain today. "]);
 * assert.equal(cutter.end(), "Take an umbrella");
 * ```
 */
export class SentenceCutter {
  /** Text that is not part of a sentence yet. */
  #rest = "";
  /** Letters and digits in it. */
  #letters = 0;

  /** Takes the next piece; returns the sentences that it completes. */
  add(piece: string): string[] {
    const sentences: string[] = [];
    // By code unit, so that a piece may end anywhere.
    for (let at = 0; at < piece.length; at++) {
      const next = piece.charAt(at);
      if (this.#endsBefore(next)) sentences.push(this.#take(this.#rest.length));
      this.#push(next);
      if (this.#endsAfter(next)) sentences.push(this.#take(this.#rest.length));
      else if (this.#rest.length >= MAX_LENGTH) sentences.push(this.#take(cutBelow(this.#rest)));
    }
    return sentences;
  }

  /** The rest at the end of the text; null: nothing. */
  end(): string | null {
    return this.#rest === "" ? null : this.#take(this.#rest.length);
  }

  /** In a script without blanks the next character ends the sentence. */
  #endsBefore(next: string): boolean {
    return this.#letters >= MIN_LETTERS && !WIDE_AFTER.test(next) && WIDE_ENDING.test(this.#rest);
  }

  #endsAfter(next: string): boolean {
    if (this.#letters < MIN_LETTERS || !BLANK.test(next)) return false;
    const before = this.#rest.slice(0, -1);
    return next === "\n" || (ENDING.test(before) && !NO_ENDING.test(before));
  }

  #push(next: string): void {
    this.#rest += next;
    if (LETTER.test(next)) this.#letters++;
  }

  #take(length: number): string {
    const sentence = this.#rest.slice(0, length);
    const rest = this.#rest.slice(length);
    this.#rest = "";
    this.#letters = 0;
    for (let at = 0; at < rest.length; at++) this.#push(rest.charAt(at));
    return sentence;
  }
}

/** Where to cut a text that is too long: at a blank in its second half, else near its end. */
function cutBelow(text: string): number {
  const blank = text.search(/\s\S*$/);
  if (blank > MAX_LENGTH / 2) return blank + 1;
  // Never cut between the two halves of a character.
  return /[\uD800-\uDBFF]$/.test(text) ? text.length - 1 : text.length;
}
