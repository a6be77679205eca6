/** Draws frames in the same place of a terminal. */
import { openTextStream, type TextStream } from "./text_stream.ts";

/** Output device for characters. */
export interface Device {
  readonly isTerminal: boolean;
  size(): { columns: number; rows: number };
  /** Writes the whole text; ignores all writes after the other end has closed. */
  write(text: string): void;
}

const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
/** Synchronised output: terminals that support it show only complete frames; others ignore it. */
const BEGIN_FRAME = "\x1b[?2026h";
const END_FRAME = "\x1b[?2026l";
const CLEAR_LINE_END = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";

/** A line ready to write, without trailing spaces, and its width in columns. */
export interface DrawnLine {
  text: string;
  width: number;
}

/** Keeps one frame on the screen up to date. The cursor stays at the end of its last line. */
export class Screen {
  readonly #device: Device;
  #frame: readonly DrawnLine[] = [];
  #cursorHidden = false;
  readonly #restore = () => this.close();

  constructor(device: Device) {
    this.#device = device;
  }

  /** Replaces the last frame. The frame must not have more lines than the terminal. */
  draw(lines: readonly DrawnLine[]): void {
    const body = this.#overwriting(lines).join("\n");
    this.#device.write(BEGIN_FRAME + this.#hideCursor() + this.#toFrameStart() + body + CLEAR_BELOW + END_FRAME);
    this.#frame = lines;
  }

  /** Writes lines that stay above the frame; the caller must then draw the frame again. */
  print(lines: readonly DrawnLine[]): void {
    const body = this.#overwriting(lines).map((text) => `${text}\n`).join("");
    // Clears after the text: tmux keeps a copy of a screen that is cleared from its first position.
    this.#device.write(this.#toFrameStart() + body + CLEAR_BELOW);
    this.#frame = [];
  }

  /** Lines that overwrite the old content. After a full row, a clear would remove the row's last character. */
  #overwriting(lines: readonly DrawnLine[]): string[] {
    const { columns } = this.#device.size();
    return lines.map(({ text, width }) => width > 0 && width % columns === 0 ? text : text + CLEAR_LINE_END);
  }

  /** Leaves the last frame on the screen and shows the cursor. May be called again. */
  close(): void {
    const newline = this.#frame.length > 0 ? "\n" : "";
    this.#frame = [];
    if (newline + (this.#cursorHidden ? SHOW_CURSOR : "") !== "") {
      this.#device.write(newline + (this.#cursorHidden ? SHOW_CURSOR : ""));
    }
    this.#cursorHidden = false;
    globalThis.removeEventListener("unload", this.#restore);
    globalThis.removeEventListener("error", this.#restore);
    globalThis.removeEventListener("unhandledrejection", this.#restore);
  }

  #hideCursor(): string {
    if (this.#cursorHidden) return "";
    this.#cursorHidden = true;
    globalThis.addEventListener("unload", this.#restore);
    globalThis.addEventListener("error", this.#restore);
    globalThis.addEventListener("unhandledrejection", this.#restore);
    return HIDE_CURSOR;
  }

  /** Counts the frame's rows now: a terminal that has become narrower has wrapped its lines. */
  #toFrameStart(): string {
    const { columns, rows } = this.#device.size();
    const taken = this.#frame.reduce((sum, { width }) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    const up = Math.min(taken, rows) - 1;
    return up > 0 ? `\r\x1b[${up}A` : "\r";
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
