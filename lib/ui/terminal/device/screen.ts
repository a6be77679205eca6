/** Draws frames on a screen of their own, and gives the old one back. */
import { atEnd } from "./at_end.ts";
import { openTextStream, type TextStream } from "../text_stream.ts";

/** Output device for characters. */
export interface Device {
  readonly isTerminal: boolean;
  size(): { columns: number; rows: number };
  /** Writes the whole text; ignores all writes after the other end has closed. */
  write(text: string): void;
}

/** The terminal's other screen: what was there before comes back whole, whatever the size was meanwhile. */
const OTHER_SCREEN = "\x1b[?1049h";
const OWN_SCREEN = "\x1b[?1049l";
const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
/** Pasted text comes in brackets, so that it is not taken for keys. */
const BRACKET_PASTE = "\x1b[?2004h";
const PLAIN_PASTE = "\x1b[?2004l";
/** Synchronised output: terminals that support it show only complete frames; others ignore it. */
const BEGIN_FRAME = "\x1b[?2026h";
const END_FRAME = "\x1b[?2026l";
const CLEAR_LINE_END = "\x1b[K";
const CLEAR_ALL = "\x1b[H\x1b[J";

/** A line ready to write, without trailing spaces, and its width in columns. */
export interface DrawnLine {
  text: string;
  width: number;
}

const EMPTY: DrawnLine = { text: "", width: 0 };

/** Keeps one frame on the other screen up to date: each writes every row, whatever another program wrote there meanwhile. */
export class Screen {
  readonly #device: Device;
  #size = { columns: 0, rows: 0 };
  #forget: (() => void) | null = null;

  constructor(device: Device) {
    this.#device = device;
  }

  /** Replaces the last frame. Lines that the screen has no rows for are left out. */
  draw(lines: readonly DrawnLine[]): void {
    const { columns, rows } = this.#device.size();
    const isResized = columns !== this.#size.columns || rows !== this.#size.rows;
    this.#size = { columns, rows };
    const body = Array.from({ length: rows }, (_, at) => {
      const { text, width } = lines[at] ?? EMPTY;
      // After a full row, a clear would remove the row's last character.
      return `\x1b[${at + 1};1H${text}${width >= columns ? "" : CLEAR_LINE_END}`;
    });
    this.#device.write(this.#enter() + BEGIN_FRAME + (isResized ? CLEAR_ALL : "") + body.join("") + END_FRAME);
  }

  /** Shows again what was there before the first frame. The next `draw` comes back. */
  leave(): void {
    if (this.#forget === null) return;
    this.#forget();
    this.#forget = null;
    this.#size = { columns: 0, rows: 0 };
    // Some terminals keep rows of a screen that was resized meanwhile, so it is left empty.
    this.#device.write(CLEAR_ALL + PLAIN_PASTE + OWN_SCREEN + SHOW_CURSOR);
  }

  #enter(): string {
    if (this.#forget !== null) return "";
    this.#forget = atEnd(() => this.leave());
    return OTHER_SCREEN + HIDE_CURSOR + BRACKET_PASTE;
  }
}

/** Default size, for outputs without a known size. */
const SIZE_UNKNOWN = { columns: 80, rows: 24 };

/** Standard output or standard error. Where it takes no more text, the run and its report continue without it. */
export function openDevice(name: "stdout" | "stderr", stream: TextStream = openTextStream(Deno[name])): Device {
  return {
    isTerminal: Deno[name].isTerminal(),
    size: consoleSize,
    write: (text) => stream.write(text),
  };
}

function consoleSize(): { columns: number; rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    return columns > 0 && rows > 0 ? { columns, rows } : SIZE_UNKNOWN;
  } catch {
    return SIZE_UNKNOWN;
  }
}
