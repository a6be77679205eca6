/** What an index notes of fields that june-load does not use, each name once. */

/** Receives what is noted while an entry is parsed. */
export interface Tell {
  /** A field that is neither sent nor read. */
  unused(name: string): void;
  /** A field with the instant of an arrival. */
  timed(name: string): void;
  /** A field with a conversation of several turns. */
  chat(name: string): void;
}

/** Notes nothing: entries that were parsed before. */
export const SILENT: Tell = { unused() {}, timed() {}, chat() {} };

/** Names of fields that were first seen in one entry. Plain data. */
export interface InputNote {
  kind: keyof Tell;
  path: string;
  /** From 1. */
  line: number;
  names: string[];
}

/** Most names that are noted for one service. */
const MAX_NAMES = 100;

/** The notes on the files of one service. */
export class InputNotes implements Tell {
  readonly notes: InputNote[] = [];
  readonly #seen = new Set<string>();
  #path = "";
  #line = 0;

  /** What follows is found in this entry. */
  at(path: string, line: number): void {
    this.#path = path;
    this.#line = line;
  }

  unused(name: string): void {
    this.#add("unused", name);
  }

  timed(name: string): void {
    this.#add("timed", name, `${this.#path}\n`);
  }

  chat(name: string): void {
    this.#add("chat", name, `${this.#path}\n`);
  }

  #add(kind: InputNote["kind"], name: string, scope = ""): void {
    const key = `${kind} ${scope}${name}`;
    if (this.#seen.has(key) || this.#seen.size >= MAX_NAMES) return;
    this.#seen.add(key);
    const last = this.notes.at(-1);
    if (last?.kind === kind && last.path === this.#path && last.line === this.#line) last.names.push(name);
    else this.notes.push({ kind, path: this.#path, line: this.#line, names: [name] });
  }
}
