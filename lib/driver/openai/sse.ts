/**
 * Parses server-sent events from pieces cut anywhere. Source: the WHATWG HTML standard, "Server-sent events". Beside the
 * name and data of an event it reports what the standard drops: comments and a field `error`, in which servers say why a
 * stream failed.
 */
import { concatBytes } from "../../base/bytes.ts";

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

/** One event, ended by a blank line or by the end of the stream. */
export interface SseEvent {
  /** The last `event` field; empty where there is none. */
  name: string;
  /** Data lines, joined by LF; null: there are none. */
  data: string | null;
  /** The last field named `error`, which no standard knows; null: there is none. */
  error: string | null;
  /** The last comment; empty where there is none. */
  comment: string;
}

const noEvent = (): SseEvent => ({ name: "", data: null, error: null, comment: "" });

/** Parses the events of one stream. */
export class SseReader {
  readonly #event: (event: SseEvent) => void;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** The pieces of an unfinished line. */
  #line: Uint8Array[] = [];
  #line_bytes = 0;
  /** The event being read. */
  #now = noEvent();
  /** The last line ended with CR: an LF that follows belongs to it. */
  #afterCr = false;
  #first = true;

  /** @param event called with each event that has a field of its own */
  constructor(event: (event: SseEvent) => void) {
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
    if (from < bytes.length) {
      // Joined once: to join at every piece would cost the square of a line that comes in many.
      this.#line.push(bytes.slice(from));
      this.#line_bytes += bytes.length - from;
    }
    this.#check(this.#line_bytes);
  }

  /**
   * The stream is over: reports an event that no blank line ended, as all common clients read it.
   * @throws whatever the receiver of events throws
   */
  finish(): void {
    if (this.#line_bytes > 0) this.#take(EMPTY);
    this.#dispatch();
  }

  #take(end: Uint8Array): void {
    let line = end;
    if (this.#line_bytes > 0) {
      line = concatBytes([...this.#line, end]);
      this.#line = [];
      this.#line_bytes = 0;
    }
    if (this.#first) {
      this.#first = false;
      if (begins(line, BOM)) line = line.subarray(BOM.length);
    }
    if (line.length === 0) return this.#dispatch();
    const colon = line.indexOf(COLON);
    const isData = colon === DATA.length && begins(line, DATA);
    const name = isData ? "data" : this.#decoder.decode(colon < 0 ? line : line.subarray(0, colon));
    const value = colon < 0 ? EMPTY : line.subarray(line[colon + 1] === BLANK ? colon + 2 : colon + 1);
    this.#field(name, this.#decoder.decode(value));
  }

  #field(name: string, value: string): void {
    const event = this.#now;
    if (name === "data") event.data = event.data === null ? value : `${event.data}\n${value}`;
    else if (name === "event") event.name = value;
    else if (name === "error") event.error = value;
    else if (name === "" && value !== "") event.comment = value;
    this.#check((event.data ?? "").length);
  }

  /** Comments alone, such as keep-alives, are no event. */
  #dispatch(): void {
    const event = this.#now;
    this.#now = noEvent();
    if (event.data !== null || event.error !== null || event.name !== "") this.#event(event);
  }

  #check(length: number): void {
    if (length > MAX_EVENT_BYTES) throw new RangeError(`an event is longer than ${MAX_EVENT_BYTES} bytes`);
  }
}

function begins(line: Uint8Array, wanted: readonly number[]): boolean {
  return wanted.every((byte, at) => line[at] === byte);
}
