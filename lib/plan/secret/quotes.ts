/** Finds what a text quotes of given values: the whole, or a part where a quote was cut off. */
import { fold, type PlacedText, trimmed, viewsOf } from "./placed_text.ts";
import { formsOf } from "./forms.ts";
import { isCommon, isOrdinary, tells } from "./telling.ts";

/**
 * What a value is, which decides how short a part of it is hidden.
 *
 * - `secret`: by its place, such as a token; hidden whatever it looks like.
 * - `value`: one word that tells something.
 * - `text`: several words; only long parts of it are hidden.
 */
export type ValueKind = "secret" | "value" | "text";

/** A value that must not be shown. */
export interface HiddenValue {
  kind: ValueKind;
  value: string;
}

/** One form of a value. */
interface Form {
  kind: ValueKind;
  folded: string;
  /** Base64 or hex: no part of it is an ordinary word. */
  encoded: boolean;
}

/** A part of a value in a text. Offsets of the folded text. */
interface Match {
  form: Form;
  from: number;
  to: number;
  /** Where it begins in the form. */
  offset: number;
}

/** Characters of a gram by which a form is found. */
const GRAM = 4;
/** A shared part of this length is a quote; characters. */
const QUOTE: Readonly<Record<ValueKind, number>> = { secret: 8, value: 8, text: 20 };
/** Most forms and places of one gram; text that repeats itself has more. */
const MOST_POSTINGS = 32;
/** Longest value kept whole, and most characters of all forms together: a limit on memory. */
const MAX_VALUE = 64 * 1024;
const MAX_TOTAL = 4 * 1024 * 1024;
/** Longest value whose encoded forms are known, too. */
const MAX_ENCODED = 4096;

const TINY_WORD = /[^\s+"'`.,:;=()[\]{}<>]+/g;

/** Values, and where texts quote them. */
export class Quotes {
  readonly #grams = new Map<string, { form: Form; offset: number }[]>();
  readonly #known = new Set<string>();
  /** Secrets of three characters, one less than a gram: they count only as words of their own. */
  readonly #tiny = new Set<string>();
  #total = 0;

  /** Adds a value; one that tells nothing is ignored unless it is a secret. */
  add(kind: ValueKind, value: string): void {
    const cut = value.slice(0, MAX_VALUE);
    if (kind !== "secret" && !tells(cut.trim())) return;
    const key = `${kind} ${cut}`;
    if (this.#known.has(key) || this.#total > MAX_TOTAL) return;
    this.#known.add(key);
    const folded = fold(cut);
    // One or two characters stand in every sentence, and protect nothing.
    if (folded.length < GRAM) return void (folded.length === GRAM - 1 && this.#tiny.add(folded));
    this.#index({ kind, folded, encoded: false });
    // A value that holds what looks like an escape loses it where the escapes around it are undone.
    for (const view of viewsOf(cut).slice(1)) this.#index({ kind, folded: trimmed(view.text), encoded: false });
    if (cut.length > MAX_ENCODED) return;
    for (const form of formsOf(cut)) this.#index({ kind, folded: fold(form.text), encoded: form.encoded });
  }

  #index(form: Form): void {
    const { folded } = form;
    if (folded.length < GRAM) return;
    this.#total += folded.length;
    // Every part of the length of a quote holds one of these grams, and each end has its own.
    const step = QUOTE[form.kind] - GRAM + 1;
    for (let offset = 0; offset <= folded.length - GRAM; offset += step) this.#post(form, offset);
    this.#post(form, folded.length - GRAM);
  }

  #post(form: Form, offset: number): void {
    const gram = form.folded.slice(offset, offset + GRAM);
    const postings = this.#grams.get(gram);
    if (postings === undefined) this.#grams.set(gram, [{ form, offset }]);
    else if (postings.length < MOST_POSTINGS) postings.push({ form, offset });
  }

  /** Where the text quotes a value: pairs of offsets, in no order, possibly overlapping. */
  spans(text: string): [from: number, to: number][] {
    if (this.#grams.size === 0 && this.#tiny.size === 0) return [];
    return viewsOf(text).flatMap((view) => [...this.#matches(view, text), ...this.#words(view)]);
  }

  #matches(view: PlacedText, original: string): [number, number][] {
    const spans: [number, number][] = [];
    /** By form and diagonal: how far a match has been followed. */
    const followed = new Map<Form, Map<number, number>>();
    for (let at = 0; at <= view.text.length - GRAM; at++) {
      for (const { form, offset } of this.#grams.get(view.text.slice(at, at + GRAM)) ?? []) {
        const diagonals = followed.get(form) ?? new Map<number, number>();
        followed.set(form, diagonals);
        if ((diagonals.get(at - offset) ?? 0) > at) continue;
        const match = extend(view.text, at, form, offset);
        diagonals.set(at - offset, match.to);
        const span: [number, number] = [view.from[match.from] as number, view.to[match.to - 1] as number];
        if (isQuote(match, view.text, original.slice(...span))) spans.push(span);
      }
    }
    return spans;
  }

  #words(view: PlacedText): [number, number][] {
    if (this.#tiny.size === 0) return [];
    const { text: folded } = view;
    const found = [...folded.matchAll(TINY_WORD)].filter(({ 0: word }) => this.#tiny.has(word));
    return found.map(({ 0: word, index }) => [
      view.from[index] as number,
      view.to[index + word.length - 1] as number,
    ]);
  }
}

/** The longest part of a form around a gram that the text shares. */
function extend(text: string, at: number, form: Form, offset: number): Match {
  const { folded } = form;
  let [from, first] = [at, offset];
  while (from > 0 && first > 0 && text[from - 1] === folded[first - 1]) [from, first] = [from - 1, first - 1];
  let [to, last] = [at + GRAM, offset + GRAM];
  while (to < text.length && last < folded.length && text[to] === folded[last]) [to, last] = [to + 1, last + 1];
  return { form, from, to, offset: first };
}

/** Whether a shared part is a quote rather than a common word. */
function isQuote({ form, from, to, offset }: Match, text: string, original: string): boolean {
  const length = to - from;
  const whole = form.folded.length;
  const [begins, ends] = [offset === 0, offset + length === whole];
  if (begins && ends) return whole >= 6 || (isEdge(text[from - 1]) && isEdge(text[to]));
  if (!form.encoded && isPlain(form.kind, original)) return false;
  if (length >= QUOTE[form.kind]) return true;
  if (form.kind === "text") return false;
  // Half of a short secret as a word of its own, or the beginning or end of any where a quote was cut.
  const [left, right] = [ends ? text[from - 1] : null, begins ? text[to] : null];
  const isHalf = 2 * length >= whole;
  return [left, right].some((next) => next !== null && (isCut(next) || (isHalf && isEdge(next))));
}

/** A part that says nothing by itself. */
function isPlain(kind: ValueKind, part: string): boolean {
  const word = FROM_LETTER_TO_LETTER.exec(part)?.[0] ?? "";
  return isCommon(word) || (kind !== "secret" && isOrdinary(word));
}

/** Found at once; a pattern for the signs at the end of a text would begin again at each sign. */
const FROM_LETTER_TO_LETTER = /[\p{L}\p{N}](?:[^]*[\p{L}\p{N}])?/u;

const isEdge = (next: string | undefined): boolean => next === undefined || !/[\p{L}\p{N}]/u.test(next);
const isCut = (next: string | undefined): boolean => next === undefined || /[^\p{L}\p{N}+/]/u.test(next);
