/** As much of a terminal as the views use, to see what a person would see. */
import type { Device } from "../../../lib/ui/terminal/device/screen.ts";

interface Page {
  rows: string[];
  cursor: { row: number; column: number };
}

/** Keeps the rows of both screens; lines that leave at the top of the own one are kept apart. */
export class VirtualTerminal implements Device {
  readonly isTerminal = true;
  cursorShown = true;
  /** Whether pasted text comes in brackets. */
  bracketsPaste = false;
  written = "";
  readonly gone: string[] = [];
  #size: { columns: number; rows: number };
  #page: Page = { rows: [""], cursor: { row: 0, column: 0 } };
  /** The own screen while the other one is shown. */
  #hidden: Page | null = null;

  constructor(columns: number, rows: number) {
    this.#size = { columns, rows };
  }

  size(): { columns: number; rows: number } {
    return this.#size;
  }

  /** Whether the other screen is shown. */
  get isOther(): boolean {
    return this.#hidden !== null;
  }

  /** Folds rows that no longer fit, as terminals do; the other screen loses them. */
  resize(columns: number, rows: number): void {
    this.#size = { columns, rows };
    if (this.#hidden !== null) this.#page.rows = this.#page.rows.slice(0, rows).map((row) => row.slice(0, columns));
    const own = this.#hidden ?? this.#page;
    own.rows = own.rows.flatMap((row) => row.match(new RegExp(`.{1,${columns}}`, "gu")) ?? [""]);
    own.cursor = { row: own.rows.length - 1, column: own.rows.at(-1)?.length ?? 0 };
    this.#scroll(own);
  }

  write(text: string): void {
    this.written += text;
    // deno-lint-ignore no-control-regex
    for (const [piece, mark, parameters = "", command] of text.matchAll(/\x1b\[([?]?)([\d;]*)([A-Za-z])|[\s\S]/g)) {
      if (command === undefined) this.#put(piece);
      else if (mark === "?") this.#switch(Number(parameters), command === "h");
      else this.#obey(command, parameters.split(";").map(Number));
    }
  }

  /** What is to be seen, without spaces at the ends of rows. */
  seen(): string[] {
    return this.#page.rows.map((row) => row.trimEnd());
  }

  #put(character: string): void {
    const { cursor, rows } = this.#page;
    if (character === "\r") cursor.column = 0;
    else if (character === "\n") this.#newLine();
    else {
      if (cursor.column === this.#size.columns) this.#newLine();
      const row = (rows[cursor.row] ?? "").padEnd(cursor.column);
      rows[cursor.row] = row.slice(0, cursor.column) + character + row.slice(cursor.column + 1);
      cursor.column++;
    }
  }

  #newLine(): void {
    const { cursor, rows } = this.#page;
    cursor.row++;
    cursor.column = 0;
    if (cursor.row === rows.length) rows.push("");
    this.#scroll(this.#page);
  }

  #scroll(page: Page): void {
    while (page.rows.length > this.#size.rows) {
      const row = page.rows.shift() ?? "";
      if (page !== this.#page || this.#hidden === null) this.gone.push(row);
      page.cursor.row--;
    }
  }

  #switch(mode: number, isOn: boolean): void {
    if (mode === 25) this.cursorShown = isOn;
    if (mode === 2004) this.bracketsPaste = isOn;
    if (mode !== 1049) return;
    if (isOn && this.#hidden === null) {
      this.#hidden = this.#page;
      this.#page = { rows: [""], cursor: { row: 0, column: 0 } };
    } else if (!isOn && this.#hidden !== null) {
      this.#page = this.#hidden;
      this.#hidden = null;
    }
  }

  #obey(command: string, [first = 0, second = 0]: number[]): void {
    const { cursor, rows } = this.#page;
    if (command === "m") return;
    if (command === "H") {
      cursor.row = Math.max(1, first) - 1;
      cursor.column = Math.max(1, second) - 1;
      while (rows.length <= cursor.row) rows.push("");
    } else if (command === "K" || command === "J") {
      // Where the cursor waits behind a full row, a real terminal would clear its last character.
      const column = Math.min(cursor.column, this.#size.columns - 1);
      rows[cursor.row] = (rows[cursor.row] ?? "").slice(0, column);
      if (command === "J") rows.length = cursor.row + 1;
    } else throw new Error(`Unknown command "${command}"`);
  }
}
