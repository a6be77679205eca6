/**
 * Parses server-sent events from pieces cut anywhere. Source: the WHATWG HTML standard, "Server-sent events". Reports
 * only the data of events, since the names of OpenAI's events do not matter.
 */
import { joinBytes } from "../../base/bytes.ts";

/** Longest line or event; bytes. */
const MAX_EVENT_BYTES = 4 * 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const BLANK = 0x20;
const EMPTY = new Uint8Array(0);

/** The field name `data`. */
const DATA = [0x64, 0x61, 0x74, 0x61];
const BOM = [0xef, 0xbb, 0xbf];

/** Parses the events of one stream. */
export class SseReader {
  readonly #event: (data: string) => void;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** The beginning of an unfinished line. */
  #line = EMPTY;
  /** Data lines of the event being read; null: none yet. */
  #data: string | null = null;
  /** The last line ended with CR: an LF that follows belongs to it. */
  #afterCr = false;
  #first = true;

  /** @param event called with each event's data lines, joined by LF */
  constructor(event: (data: string) => void) {
    this.#event = event;
  }

  /**
   * Takes the next bytes and reports the events that they complete.
   * @throws {RangeError} for an event of more than 4 MiB
   */
  push(bytes: Uint8Array): void {
    let from = 0;
    if (this.#afterCr && bytes.length > 0) {
      this.#afterCr = false;
      if (bytes[0] === LF) from = 1;
    }
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte !== LF && byte !== CR) continue;
      this.#take(bytes.subarray(from, at));
      if (byte === CR) {
        if (at + 1 === bytes.length) this.#afterCr = true;
        else if (bytes[at + 1] === LF) at++;
      }
      from = at + 1;
    }
    if (from < bytes.length) this.#line = joinBytes(this.#line, bytes.subarray(from));
    this.#check(this.#line.length);
  }

  /** Whether an event is unfinished. */
  get pending(): boolean {
    return this.#line.length > 0 || this.#data !== null;
  }

  #take(end: Uint8Array): void {
    let line = end;
    if (this.#line.length > 0) {
      line = joinBytes(this.#line, end);
      this.#line = EMPTY;
    }
    if (this.#first) {
      this.#first = false;
      if (begins(line, BOM)) line = line.subarray(BOM.length);
    }
    if (line.length === 0) return this.#dispatch();
    if (!begins(line, DATA)) return;
    const value = valueOf(line);
    if (value === null) return;
    const text = this.#decoder.decode(value);
    this.#data = this.#data === null ? text : `${this.#data}\n${text}`;
    this.#check(this.#data.length);
  }

  #dispatch(): void {
    const data = this.#data;
    this.#data = null;
    if (data !== null) this.#event(data);
  }

  #check(length: number): void {
    if (length > MAX_EVENT_BYTES) throw new RangeError(`an event is longer than ${MAX_EVENT_BYTES} bytes`);
  }
}

/** The value of a line that begins with `data`; null where the field is another. */
function valueOf(line: Uint8Array): Uint8Array | null {
  if (line.length === DATA.length) return EMPTY;
  if (line[DATA.length] !== COLON) return null;
  return line.subarray(line[DATA.length + 1] === BLANK ? DATA.length + 2 : DATA.length + 1);
}

function begins(line: Uint8Array, wanted: readonly number[]): boolean {
  return wanted.every((byte, at) => line[at] === byte);
}
