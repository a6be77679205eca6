/** Splits a file that comes in pieces into its entries; holds only one entry at a time. */
import { joinBytes } from "../../../base/bytes.ts";

/** Receives one entry: its offsets in the file, and its first line (from 1). */
export type Found = (start: number, end: number, line: number) => void;

/** Finds where entries begin and end. Offsets count from the file's beginning. */
export interface Splitter {
  /** Offset of the unfinished entry; Infinity: none. */
  readonly pending: number;
  /** First line of that entry. */
  readonly line: number;
  /**
   * Scans the next bytes, which begin at offset `at`.
   * @throws {FormatError} for a file of another format
   */
  scan(bytes: Uint8Array, at: number, found: Found): void;
  /**
   * The file ends at offset `at`.
   * @throws {FormatError} where the last entry is unfinished
   */
  end(at: number, found: Found): void;
}

/** What is wrong with a file or an entry, without naming the file. */
export class FormatError extends Error {
  override readonly name = "FormatError";
}

const LF = 0x0a;
const QUOTE = 0x22;

/** An entry is a line. */
export class LineSplitter implements Splitter {
  pending = 0;
  line = 1;

  scan(bytes: Uint8Array, at: number, found: Found): void {
    for (let to = bytes.indexOf(LF); to >= 0; to = bytes.indexOf(LF, to + 1)) {
      found(this.pending, at + to, this.line++);
      this.pending = at + to + 1;
    }
  }

  end(at: number, found: Found): void {
    if (at > this.pending) found(this.pending, at, this.line);
  }
}

/** The quotes of a table do not enclose whole fields. */
export class QuoteError extends FormatError {}

/** Where in a row the next byte stands. */
const FIELD_START = 0;
const PLAIN = 1;
const QUOTED = 2;
const AFTER_QUOTE = 3;

const CR = 0x0d;
const BOM = [0xef, 0xbb, 0xbf];

/** An entry is a row of a table: line ends within a quoted field belong to it. Source: RFC 4180. */
export class RowSplitter implements Splitter {
  pending = 0;
  line = 1;
  #state = FIELD_START;
  /** Lines so far. */
  #lines = 1;
  readonly #separator: number;

  /**
   * @param separator between fields; null: none
   * @param strict what follows a closing quote must be the next field
   */
  constructor(separator: string | null, readonly strict: boolean) {
    this.#separator = separator?.charCodeAt(0) ?? -1;
  }

  scan(bytes: Uint8Array, at: number, found: Found): void {
    const separator = this.#separator;
    let state = this.#state;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (byte === LF) {
        this.#lines++;
        if (state === QUOTED) continue;
        this.#endRow(at + i, found);
        state = FIELD_START;
      } else if (state === QUOTED) {
        if (byte === QUOTE) state = AFTER_QUOTE;
      } else if (byte === separator) state = FIELD_START;
      else if (state !== PLAIN) state = this.#begin(byte, at + i, state);
    }
    this.#state = state;
  }

  #endRow(at: number, found: Found): void {
    found(this.pending, at, this.line);
    this.pending = at + 1;
    this.line = this.#lines;
  }

  /** The state after a byte at the beginning of a field or after a quote in it. */
  #begin(byte: number, at: number, state: number): number {
    if (byte === QUOTE) return QUOTED;
    if (byte === BOM[at]) return state;
    if (state === FIELD_START) return PLAIN;
    if (byte === CR) return state;
    if (this.strict) throw new QuoteError(`line ${this.#lines} has text after a quoted field`);
    return PLAIN;
  }

  end(at: number, found: Found): void {
    if (this.#state === QUOTED) throw new QuoteError(`line ${this.line} has a quote that is never closed`);
    if (at > this.pending) found(this.pending, at, this.line);
  }
}

const OPEN = 0x5b;
const CLOSE = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const isBlank = (byte: number) => byte === 0x20 || byte === LF || byte === CR || byte === 0x09;

/** An entry is an element of the list that a JSON file holds. */
export class ElementSplitter implements Splitter {
  pending = Infinity;
  line = 1;
  #lines = 1;
  /** Open brackets; 1 is the list itself. */
  #depth = 0;
  #over = false;
  #text = false;
  #escaped = false;

  scan(bytes: Uint8Array, at: number, found: Found): void {
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (byte === LF) this.#lines++;
      if (this.#text) this.#inText(byte);
      else if (!isBlank(byte)) this.#step(byte, at + i, found);
    }
  }

  #inText(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#text = false;
  }

  #step(byte: number, at: number, found: Found): void {
    if (this.#depth === 0) return this.#outside(byte, at);
    if (this.#depth === 1 && (byte === COMMA || byte === CLOSE)) this.#close(at, found);
    else if (this.pending === Infinity) {
      this.pending = at;
      this.line = this.#lines;
    }
    if (byte === QUOTE) this.#text = true;
    else if (byte === OPEN || byte === OPEN_OBJECT) this.#depth++;
    else if (byte === CLOSE || byte === CLOSE_OBJECT) this.#depth--;
    if (this.#depth === 0) this.#over = true;
  }

  #outside(byte: number, at: number): void {
    if (byte === OPEN && !this.#over) this.#depth = 1;
    else if (at >= BOM.length || byte !== BOM[at]) {
      throw new FormatError(
        this.#over
          ? `line ${this.#lines}: something follows the end of its list`
          : 'it must hold one list: "[" comes first',
      );
    }
  }

  #close(at: number, found: Found): void {
    if (this.pending !== Infinity) found(this.pending, at, this.line);
    this.pending = Infinity;
  }

  end(): void {
    if (!this.#over) throw new FormatError(`line ${this.#lines}: it ends before its list is closed`);
  }
}

/** An entry is an object or a list; they stand one after another, each on any number of lines. */
export class ValueSplitter implements Splitter {
  pending = Infinity;
  line = 1;
  #lines = 1;
  /** Open brackets. */
  #depth = 0;
  #text = false;
  #escaped = false;

  scan(bytes: Uint8Array, at: number, found: Found): void {
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (byte === LF) this.#lines++;
      if (this.#text) this.#inText(byte);
      else if (this.#depth > 0) this.#inside(byte, at + i, found);
      else if (byte === OPEN || byte === OPEN_OBJECT) {
        this.#depth = 1;
        this.pending = at + i;
        this.line = this.#lines;
      } else if (!isBlank(byte) && byte !== COMMA && (at + i >= BOM.length || byte !== BOM[at + i])) {
        throw new FormatError(`line ${this.#lines}: an object is expected, "{" comes first`);
      }
    }
  }

  #inText(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#text = false;
  }

  #inside(byte: number, at: number, found: Found): void {
    if (byte === QUOTE) this.#text = true;
    else if (byte === OPEN || byte === OPEN_OBJECT) this.#depth++;
    else if ((byte === CLOSE || byte === CLOSE_OBJECT) && --this.#depth === 0) {
      found(this.pending, at + 1, this.line);
      this.pending = Infinity;
    }
  }

  end(): void {
    if (this.#depth > 0) throw new FormatError(`line ${this.line}: what begins there is never closed`);
  }
}

/** Receives one entry with its bytes, which are valid only during the call. */
export type TakeRecord = (bytes: Uint8Array, start: number, line: number) => void;

/** Reads a file piece by piece and passes on each entry. */
export class RecordReader {
  /** The bytes of an unfinished entry, and its offset. */
  #held: Uint8Array = new Uint8Array(0);
  #held_at = 0;
  #at = 0;

  /** @param most longest entry; bytes */
  constructor(readonly splitter: Splitter, readonly most: number, readonly take: TakeRecord) {}

  /**
   * Takes the next bytes.
   * @throws {FormatError} for an entry that is too long, or a file of another format
   */
  push(bytes: Uint8Array): void {
    const at = this.#at;
    this.splitter.scan(bytes, at, (start, end, line) => {
      this.#check(end - start, line);
      const early = start < at ? this.#held.subarray(start - this.#held_at) : null;
      const late = bytes.subarray(Math.max(0, start - at), Math.max(0, end - at));
      this.take(early === null ? late : joinBytes(early.subarray(0, end - start), late), start, line);
    });
    this.#hold(bytes);
    this.#at += bytes.length;
  }

  #hold(bytes: Uint8Array): void {
    const { pending, line } = this.splitter;
    const end = this.#at + bytes.length;
    if (pending >= end) this.#held = new Uint8Array(0);
    else {
      this.#check(end - pending, line);
      const early = pending < this.#at ? this.#held.subarray(pending - this.#held_at) : new Uint8Array(0);
      this.#held = joinBytes(early, bytes.subarray(Math.max(0, pending - this.#at)));
    }
    this.#held_at = Math.min(pending, end);
  }

  #check(length: number, line: number): void {
    if (length <= this.most) return;
    const most = `${Math.floor(this.most / (1024 * 1024))} MB`;
    throw new FormatError(`the entry that begins on line ${line} is longer than ${most}; split it or leave it out`);
  }

  /** The file is over. @throws {FormatError} where the last entry is unfinished */
  end(): void {
    this.splitter.end(this.#at, (start, end, line) => {
      this.take(this.#held.subarray(start - this.#held_at, end - this.#held_at), start, line);
    });
  }
}
