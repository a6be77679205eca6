/** Plain objects taken apart into columns, in a tenth of the memory. */
import { Column } from "./column.ts";

/** Where a value stands in a row: `["cpu_percent"]`, `["processes", 0, "memory_bytes"]`. */
export type Path = readonly (string | number)[];

/** The fields of a row that are numbers. */
export type NumberField<S> =
  & { [K in keyof S]-?: Exclude<S[K], undefined> extends number | null ? K : never }[keyof S]
  & string;

/** A part of a row: a number, a text, or what is made of parts. */
interface Part {
  put(row: number, value: unknown): void;
  at(row: number): unknown;
}

/** What a row looks like: 0 stands for a number or null, "" for a text. */
type Form = 0 | "" | boolean | Form[] | { [key: string]: Form };

/** More forms than june-load makes: those that no row has any more are dropped in thinning. */
const MANY_FORMS = 256;

/**
 * Objects of numbers and texts, lists and maps of them, in the order in which they were added. They come back as plain
 * objects that equal what was added; whatever fields they have. A field that is undefined is none, and a number that is
 * not finite is null, as in JSON.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const rows = new Rows<{ power_w: number | null; fans?: number[] }>();
 * rows.push({ power_w: null });
 * rows.push({ power_w: 300, fans: [40, 45] });
 * assert.deepEqual([...rows][1], { power_w: 300, fans: [40, 45] });
 * assert.deepEqual(rows.column("power_w"), [null, 300]);
 * assert.deepEqual(rows.column(["fans", 1]), [null, 45]);
 * ```
 */
export class Rows<S extends object> implements Iterable<S> {
  #length = 0;
  /** The form of each row: its place in `#parts`. */
  readonly #form = new Column();
  #forms = new Map<string, number>();
  #parts: Part[] = [];
  #numbers = new Map<string, { path: Path; column: Column; part: Part }>();
  #texts = new Map<string, { column: Column; part: Part }>();
  #words: string[] = [];
  #places = new Map<string, number>();

  /** How many there are. */
  get length(): number {
    return this.#length;
  }

  /** Adds the newest. */
  push(one: S): void {
    const form = JSON.stringify(one, (_, value) => formOf(value));
    let place = this.#forms.get(form);
    if (place === undefined) {
      place = this.#parts.push(this.#partOf(JSON.parse(form), [])) - 1;
      this.#forms.set(form, place);
    }
    this.#form.put(this.#length, place);
    this.#parts[place]?.put(this.#length, one);
    this.#length++;
  }

  /** One of them; a negative number counts from the newest, which is -1. Undefined: there is none. */
  at(row: number): S | undefined {
    const place = row < 0 ? this.#length + row : row;
    if (place < 0 || place >= this.#length) return undefined;
    return this.#parts[this.#form.at(place)]?.at(place) as S;
  }

  /** All of them, each made anew. */
  *[Symbol.iterator](): Generator<S, undefined, undefined> {
    for (let row = 0; row < this.#length; row++) yield this.at(row) as S;
  }

  /** One number of all rows; null where a row has none. */
  column(field: NumberField<S> | Path): Array<number | null> {
    const column = this.#numbers.get(keyOf(typeof field === "string" ? [field] : field))?.column;
    return Array.from({ length: this.#length }, (_, row) => numberOrNull(column?.at(row) ?? NaN));
  }

  /** The numbers that any row has, null included, in the order in which they were first seen. */
  get paths(): Path[] {
    return [...this.#numbers.values()].map(({ path }) => path);
  }

  /** Whether any row has the field, be it null. */
  has(field: NumberField<S>): boolean {
    return this.#numbers.has(keyOf([field]));
  }

  /** Keeps the rows named, which rise. */
  keep(rows: readonly number[]): void {
    if (this.#forms.size > MANY_FORMS) return this.#addAgain(rows);
    for (const column of this.#columns()) column.keep(rows);
    this.#length = rows.length;
  }

  /** As `keep`, and forgets what no row has any more. */
  #addAgain(rows: readonly number[]): void {
    const kept = rows.map((row) => this.at(row) as S);
    this.#length = 0;
    this.#form.keep([]);
    this.#forms = new Map();
    this.#parts = [];
    this.#numbers = new Map();
    this.#texts = new Map();
    this.#words = [];
    this.#places = new Map();
    for (const one of kept) this.push(one);
  }

  #columns(): Column[] {
    return [this.#form, ...[...this.#numbers.values(), ...this.#texts.values()].map(({ column }) => column)];
  }

  /** What their numbers and texts take. */
  get bytes(): number {
    const words = this.#words.reduce((sum, word) => sum + 2 * word.length, 0);
    return this.#columns().reduce((sum, column) => sum + column.bytes, words);
  }

  #partOf(form: Form, path: Path): Part {
    if (form === 0) return this.#number(path);
    if (form === "") return this.#text(path);
    if (typeof form === "boolean") return { put() {}, at: () => form };
    if (Array.isArray(form)) return listOf(form.map((one, at) => this.#partOf(one, [...path, at])));
    return mapOf(Object.entries(form).map(([key, one]) => [key, this.#partOf(one, [...path, key])]));
  }

  #number(path: Path): Part {
    const key = keyOf(path);
    let kept = this.#numbers.get(key);
    if (kept === undefined) {
      const column = new Column();
      const part: Part = {
        put: (row, value) => column.put(row, typeof value === "number" && Number.isFinite(value) ? value : NaN),
        at: (row) => numberOrNull(column.at(row)),
      };
      this.#numbers.set(key, kept = { path, column, part });
    }
    return kept.part;
  }

  #text(path: Path): Part {
    const key = keyOf(path);
    let kept = this.#texts.get(key);
    if (kept === undefined) {
      const column = new Column();
      const part: Part = {
        put: (row, value) => column.put(row, this.#placeOf(String(value))),
        at: (row) => this.#words[column.at(row)],
      };
      this.#texts.set(key, kept = { column, part });
    }
    return kept.part;
  }

  #placeOf(word: string): number {
    let place = this.#places.get(word);
    if (place === undefined) this.#places.set(word, place = this.#words.push(word) - 1);
    return place;
  }
}

function formOf(value: unknown): unknown {
  if (typeof value === "number" || value === null) return 0;
  return typeof value === "string" ? "" : value;
}

function listOf(parts: readonly Part[]): Part {
  return {
    put: (row, value) => parts.forEach((part, at) => part.put(row, (value as unknown[])[at])),
    at: (row) => parts.map((part) => part.at(row)),
  };
}

function mapOf(parts: ReadonlyArray<readonly [key: string, part: Part]>): Part {
  return {
    put(row, value) {
      for (const [key, part] of parts) part.put(row, (value as Record<string, unknown>)[key]);
    },
    // A key that a stranger chose may be `__proto__`.
    at: (row) => Object.fromEntries(parts.map(([key, part]) => [key, part.at(row)])),
  };
}

const keyOf = (path: Path): string => JSON.stringify(path);
const numberOrNull = (value: number): number | null => Number.isNaN(value) ? null : value;
