/**
 * The text of an answer that comes in messages: each holds the next piece or, on some servers, all of the text so far.
 * TensorRT-LLM's BLS with accumulated tokens and the older vLLM backend do the latter.
 */
import { textAt } from "../../../proto/codec.ts";
import type { Marks } from "../driver.ts";
import { WordCount } from "./text.ts";

/**
 * Different letters and digits that the repeated beginnings must have, added up, before chance is excluded: "ha" and
 * "haha", or "1" and "10", may well be pieces.
 */
const SURE = 12;
/** Characters of a beginning that are looked at. */
const MAX_LOOK = 200;
/** What stands at the end of a text that was cut inside a character. */
const UNFINISHED = "\uFFFD";

/**
 * Passes on each word once. While it is open whether messages repeat, only the text that is the same either way is passed
 * on, so nothing has to be taken back; the first message that does not repeat the one before it decides.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const heard: string[] = [];
 * const text = new StreamedText({ text: (piece) => void heard.push(piece) });
 * for (const message of ["Turn", "Turn the", "Turn the lights", "Turn the lights off."]) text.add(message);
 * text.finish();
 * assert.deepEqual([heard.join(""), text.words, text.repeats], ["Turn the lights off.", 4, true]);
 * ```
 */
export class StreamedText {
  readonly #marks: Pick<Marks, "text">;
  readonly #words = new WordCount();
  #state: "open" | "pieces" | "whole" = "open";
  /** While open: the text if the messages are pieces. */
  #joined = "";
  /** The last message: the text if each holds all of it. */
  #last = "";
  /** Characters passed on. */
  #told = 0;
  #evidence = 0;

  constructor(marks: Pick<Marks, "text">) {
    this.#marks = marks;
  }

  /** Words passed on. */
  get words(): number {
    return this.#words.count;
  }

  /** Each message holds all of the text so far. */
  get repeats(): boolean {
    return this.#state === "whole";
  }

  /** Takes a message that is not empty, as UTF-8; false: it has nothing new. */
  addBytes(bytes: Uint8Array, from: number, to: number): boolean {
    if (this.#state !== "pieces") return this.add(textAt(bytes, from, to));
    // Most streams: a string is only made where it is read.
    this.#words.add(bytes, from, to);
    this.#marks.text?.(textAt(bytes, from, to));
    return true;
  }

  /** Takes a message; false: it has nothing new. */
  add(next: string): boolean {
    if (next === "") return false;
    switch (this.#state) {
      case "open":
        this.#consider(next);
        return true;
      case "pieces":
        this.#tell(next);
        return true;
      case "whole":
        return this.#addRest(next);
    }
  }

  /** The text is over: passes on what was held back. */
  finish(): void {
    if (this.#state === "whole") return this.#tellFrom(this.#last);
    if (this.#state === "open") this.#takeAsPieces();
  }

  #consider(next: string): void {
    const before = settled(this.#last);
    this.#joined += next;
    if (!next.startsWith(before)) return this.#takeAsPieces();
    this.#last = next;
    if (next.length > before.length) this.#evidence += variety(before);
    const whole = settled(next);
    if (this.#evidence < SURE) return this.#tellFrom(whole.slice(0, commonLength(this.#joined, whole, this.#told)));
    this.#state = "whole";
    this.#joined = "";
    this.#tellFrom(whole);
  }

  #takeAsPieces(): void {
    this.#state = "pieces";
    this.#tellFrom(this.#joined);
    this.#joined = this.#last = "";
  }

  /** A message that does not begin as the last one did revises its end, or is a piece after all. */
  #addRest(next: string): boolean {
    const told = this.#told;
    const isWhole = next.startsWith(this.#last) || 2 * commonLength(next, this.#last, 0) >= this.#last.length;
    this.#last = isWhole ? next : this.#last + next;
    this.#tellFrom(settled(this.#last));
    return this.#told > told;
  }

  /** Passes on what of a text has not been. */
  #tellFrom(text: string): void {
    if (text.length <= this.#told) return;
    const rest = text.slice(this.#told);
    this.#told = text.length;
    this.#tell(rest);
  }

  #tell(text: string): void {
    this.#words.addText(text);
    this.#marks.text?.(text);
  }
}

/** A text without the character at its end that has not come whole. */
function settled(text: string): string {
  let end = text.length;
  while (text[end - 1] === UNFINISHED) end--;
  return text.slice(0, end);
}

/** How many characters two texts begin with alike, where the first `from` are known to be. */
function commonLength(one: string, other: string, from: number): number {
  const most = Math.min(one.length, other.length);
  let at = Math.min(from, most);
  while (at < most && one[at] === other[at]) at++;
  return at;
}

/** Different letters and digits of a text, whatever their case. */
function variety(text: string): number {
  return new Set(text.slice(0, MAX_LOOK).toLowerCase().match(/[\p{L}\p{N}]/gu)).size;
}
