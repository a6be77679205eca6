/**
 * Numbers in English words as digits: `nineteen ninety nine` as `1999`, `two point five million dollars` as `$2500000`.
 * Source: the rules that Whisper's authors published for their comparison of transcripts (Radford et al. 2022, appendix
 * C, and the project's `EnglishNumberNormalizer`).
 */
import { NUMBER_WORDS, type NumberWord } from "./number_words.ts";

const NUMERAL = /^\d+(?:\.\d+)?$/;
const SYMBOLS = "-+£€$¢";
const isNumeral = (word: string | undefined): boolean => word !== undefined && NUMERAL.test(word);
const wordOf = (word: string | undefined): NumberWord | undefined =>
  word === undefined ? undefined : NUMBER_WORDS.get(word);
/** The number of a word without an ending. */
const plain = (word: NumberWord | undefined, kind: "small" | "tens" | "times"): bigint | null =>
  word?.kind === kind && word.ending === "" ? word.value : null;

/**
 * Words with their numbers as digits.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(digitsOf(["at", "three", "thirty", "for", "two", "dollars"]), ["at", "330", "for", "$2"]);
 * ```
 */
export function digitsOf(words: readonly string[]): string[] {
  const reader = new NumberReader(words);
  reader.read();
  return reader.written;
}

/** Reads words one by one; the number being read is a value, or digits and a point where it is no value yet. */
class NumberReader {
  readonly written: string[] = [];
  #at = 0;
  #value: bigint | string | null = null;
  /** Sign or currency of the number being read. */
  #symbol = "";

  constructor(readonly words: readonly string[]) {}

  read(): void {
    for (; this.#at < this.words.length; this.#at++) this.#word(this.words[this.#at] as string);
    this.#close();
  }

  get #next(): string | undefined {
    return this.words[this.#at + 1];
  }

  /** The next word may belong to a number. */
  get #goesOn(): boolean {
    return wordOf(this.#next) !== undefined || isNumeral(this.#next);
  }

  #word(text: string): void {
    const bare = SYMBOLS.includes(text.charAt(0)) ? text.slice(1) : text;
    if (NUMERAL.test(bare)) return this.#numeral(text, bare);
    const word = NUMBER_WORDS.get(text);
    switch (word?.kind) {
      case undefined:
        return this.#other(text);
      case "zero":
        return this.#append("0");
      case "small":
      case "tens":
        return this.#add(word.kind, word.value, word.ending);
      case "times":
        return this.#multiply(word.value, word.ending);
      case "sign":
        this.#close();
        if (!this.#goesOn) return this.#write(text);
        this.#symbol = word.symbol;
        return;
      case "currency":
        if (this.#value === null) return this.#write(text);
        this.#symbol = word.symbol;
        return this.#close();
      case "percent":
        return this.#percent(text, word.needs);
      case "and":
      case "point":
      case "repeat":
        return this.#goesOn ? this.#joining(text, word) : this.#other(text);
    }
  }

  #numeral(text: string, bare: string): void {
    const value = this.#value;
    if (typeof value === "string" && value.endsWith(".")) {
      this.#value = value + text;
      return;
    }
    this.#close();
    if (bare !== text) this.#symbol = text.charAt(0);
    const [whole, part = ""] = bare.split(".");
    this.#value = /^0*$/.test(part) ? BigInt(whole as string) : bare;
  }

  /** A word that is no part of a number. */
  #other(text: string): void {
    this.#close();
    this.#write(text);
  }

  #append(digits: string): void {
    this.#value = `${this.#value === 0n ? "" : this.#value ?? ""}${digits}`;
  }

  #add(kind: "small" | "tens", value: bigint, ending: string): void {
    this.#value = this.#sum(kind, value);
    if (ending !== "") this.#close(ending);
  }

  /** What a number becomes with another said after it: a sum where its last digits are free, else digits in a row. */
  #sum(kind: "small" | "tens", added: bigint): bigint | string {
    const value = this.#value;
    if (value === null) return added;
    const before = wordOf(this.words[this.#at - 1]);
    if (kind === "small" && added < 10n && typeof value === "string" && plain(before, "tens") !== null) {
      return value.slice(0, -1) + added;
    }
    const isRow = typeof value === "string" || (kind === "small" && plain(before, "small") !== null);
    const free = kind === "small" && added < 10n ? 10n : 100n;
    return isRow || value % free !== 0n ? `${value}${added}` : value + added;
  }

  #multiply(factor: bigint, ending: string): void {
    const value = this.#value;
    if (value === null) this.#value = factor;
    else if (typeof value === "string") {
      const product = productOf(value, factor);
      if (product === null) this.#close();
      this.#value = product ?? factor;
    } else {
      const rest = value % 1000n;
      this.#value = value - rest + rest * factor;
    }
    if (ending !== "") this.#close(ending);
  }

  #percent(text: string, needs: string | null): void {
    if (this.#value === null) return this.#write(text);
    if (needs !== null && this.#next !== needs) return this.#other(text);
    if (needs !== null) this.#at++;
    this.#close("%");
  }

  #joining(text: string, word: NumberWord & { kind: "and" | "point" | "repeat" }): void {
    const next = wordOf(this.#next);
    switch (word.kind) {
      case "and":
        if (plain(wordOf(this.words[this.#at - 1]), "times") === null) this.#other(text);
        return;
      case "point":
        if (isNumeral(this.#next) || next?.kind === "zero" || (plain(next, "small") ?? plain(next, "tens")) !== null) {
          this.#append(".");
        }
        return;
      case "repeat": {
        const digit = next?.kind === "zero" ? 0n : plain(next, "small");
        if (digit === null) return this.#other(text);
        this.#append(String(digit).repeat(word.times));
        this.#at++;
      }
    }
  }

  /** Writes the number being read, if there is one. */
  #close(ending = ""): void {
    const value = this.#value;
    this.#value = null;
    if (value !== null) this.#write(`${value}${ending}`);
  }

  #write(text: string): void {
    this.written.push(this.#symbol + text);
    this.#symbol = "";
  }
}

/** `2.5` times a million; null for digits that are no number, or where the product is no whole number. */
function productOf(digits: string, factor: bigint): bigint | null {
  const [, whole = "", part = ""] = /^(\d*)\.?(\d*)$/.exec(digits) ?? [];
  if (whole + part === "") return null;
  const scale = 10n ** BigInt(part.length);
  const product = BigInt(whole + part) * factor;
  return product % scale === 0n ? product / scale : null;
}
