/** As much of a terminal as `Screen` uses, to see what a person would see. */
import type { Device } from "../../../lib/ui/terminal/screen.ts";

/** Keeps the screen's rows; lines that leave at the top are kept apart. */
export class VirtualTerminal implements Device {
  readonly isTerminal = true;
  rows: string[] = [""];
  cursor = { row: 0, column: 0 };
  cursorShown = true;
  written = "";
  readonly gone: string[] = [];
  #size: { columns: number; rows: number };

  constructor(columns: number, rows: number) {
    this.#size = { columns, rows };
  }

  size(): { columns: number; rows: number } {
    return this.#size;
  }

  /** Folds rows that no longer fit, as terminals do; the cursor goes with the end of its row. */
  resize(columns: number, rows: number): void {
    this.#size = { columns, rows };
    this.rows = this.rows.flatMap((row) => row.match(new RegExp(`.{1,${columns}}`, "gu")) ?? [""]);
    this.cursor = { row: this.rows.length - 1, column: this.rows.at(-1)!.length };
    this.#scroll();
  }

  write(text: string): void {
    this.written += text;
    // deno-lint-ignore no-control-regex
    for (const [piece, mark, parameter, command] of text.matchAll(/\x1b\[([?]?)([\d;]*)([A-Za-z])|[\s\S]/g)) {
      if (command === undefined) this.#put(piece);
      else this.#obey(command, mark === "?", Number.parseInt(parameter || "1"));
    }
  }

  /** What is to be seen, without spaces at the ends of rows. */
  seen(): string[] {
    return this.rows.map((row) => row.trimEnd());
  }

  #put(character: string): void {
    if (character === "\r") this.cursor.column = 0;
    else if (character === "\n") this.#newLine();
    else {
      if (this.cursor.column === this.#size.columns) this.#newLine();
      const row = this.rows[this.cursor.row]!.padEnd(this.cursor.column);
      this.rows[this.cursor.row] = row.slice(0, this.cursor.column) + character + row.slice(this.cursor.column + 1);
      this.cursor.column++;
    }
  }

  #newLine(): void {
    this.cursor = { row: this.cursor.row + 1, column: 0 };
    if (this.cursor.row === this.rows.length) this.rows.push("");
    this.#scroll();
  }

  #scroll(): void {
    while (this.rows.length > this.#size.rows) {
      this.gone.push(this.rows.shift()!);
      this.cursor.row--;
    }
  }

  #obey(command: string, isPrivate: boolean, parameter: number): void {
    if (isPrivate && parameter === 25) this.cursorShown = command === "h";
    else if (isPrivate || command === "m") return;
    else if (command === "A") this.cursor.row = Math.max(0, this.cursor.row - parameter);
    else if (command === "K" || command === "J") {
      // Where the cursor waits behind a full row, a real terminal would clear its last character.
      const column = Math.min(this.cursor.column, this.#size.columns - 1);
      this.rows[this.cursor.row] = this.rows[this.cursor.row]!.slice(0, column);
      if (command === "J") this.rows.length = this.cursor.row + 1;
    } else throw new Error(`Unknown command "${command}"`);
  }
}
