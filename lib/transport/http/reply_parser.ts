/**
 * Parses replies of HTTP/1.1 from pieces cut anywhere, strictly: it refuses a reply with an ambiguous length. Source:
 * RFC 9112. Own code instead of a library: the well-known ones in JavaScript are lenient by design, copy what they
 * read, and are larger than these rules.
 */
import type { HttpHeaders } from "./channel.ts";

/** Status line and headers, or all trailers; bytes. */
const MAX_HEAD_BYTES = 64 * 1024;
/** Size line of a chunk with its extensions; bytes. */
const MAX_CHUNK_LINE_BYTES = 4096;
/** Interim replies before the real one. */
const MAX_INTERIM = 100;

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9][0-9]{2})(?: .*)?$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const BAD_VALUE = /[\0\r\n]/;
const CHUNK_SIZE = /^([0-9A-Fa-f]{1,13})[ \t]*(?:;.*)?$/;

const LF = 0x0a;
const CR = 0x0d;

/** The peer broke a rule of HTTP; the message says which, without a name or an address. */
export class HttpFault extends Error {
  override readonly name: string = "HttpFault";
}

/** A part of the reply is longer than june-load reads: no fault of the peer's. The message says which part. */
export class HttpLimit extends HttpFault {
  override readonly name = "HttpLimit";
}

/** Receives the parts of a reply. */
export interface ReplySink {
  head(status: number, headers: HttpHeaders): void;
  /** Bytes of the body; valid only until this returns. */
  body(bytes: Uint8Array): void;
  /** The reply is complete. `keep`: the connection can carry another request. */
  done(trailers: HttpHeaders, keep: boolean): void;
}

type State =
  | "idle"
  | "status"
  | "headers"
  | "length"
  | "until_close"
  | "chunk_size"
  | "chunk"
  | "chunk_end"
  | "trailers";

/** Parses the replies of one connection, one request at a time. */
export class ReplyParser {
  readonly #sink: ReplySink;
  #state: State = "idle";
  #head = false;
  #status = 0;
  #minor = 1;
  #fields: [string, string][] = [];
  #keep = true;
  /** Bytes of the body, or of the chunk, still to come. */
  #left = 0;
  /** The beginning of an unfinished line. */
  #line = "";
  #head_bytes = 0;
  #interim = 0;

  constructor(sink: ReplySink) {
    this.#sink = sink;
  }

  /** True between two replies, where no byte may come. */
  get idle(): boolean {
    return this.#state === "idle";
  }

  /** Prepares for the reply to a request. `method` decides whether a body follows. */
  expect(method: string): void {
    this.#state = "status";
    this.#head = method === "HEAD";
    this.#interim = 0;
    this.#begin();
  }

  #begin(): void {
    this.#state = "status";
    this.#fields = [];
    this.#head_bytes = 0;
    this.#line = "";
  }

  /**
   * Takes `bytes[0, to)`.
   * @returns how many bytes belong to the reply; fewer than `to` when it ended before
   * @throws {HttpFault} for a malformed reply
   */
  push(bytes: Uint8Array, to: number): number {
    let at = 0;
    while (at < to && this.#state !== "idle") {
      switch (this.#state) {
        case "length":
        case "chunk":
          at = this.#counted(bytes, at, to);
          break;
        case "until_close":
          this.#sink.body(bytes.subarray(at, to));
          at = to;
          break;
        default:
          at = this.#readLine(bytes, at, to);
      }
    }
    return at;
  }

  /** The peer sends no more. Returns the part that is unfinished, or null for a complete reply. */
  close(): string | null {
    if (this.#state === "until_close") this.#done(false);
    if (this.#state === "idle") return null;
    return this.#state === "status" || this.#state === "headers" ? "the reply's headers" : "the reply's body";
  }

  #counted(bytes: Uint8Array, at: number, to: number): number {
    const count = Math.min(this.#left, to - at);
    this.#left -= count;
    if (count > 0) this.#sink.body(bytes.subarray(at, at + count));
    if (this.#left === 0) {
      if (this.#state === "chunk") this.#state = "chunk_end";
      else this.#done(this.#keep);
    }
    return at + count;
  }

  #readLine(bytes: Uint8Array, from: number, to: number): number {
    const end = bytes.indexOf(LF, from);
    const stop = end < 0 || end >= to ? to : end;
    const inChunk = this.#state === "chunk_size" || this.#state === "chunk_end";
    const limit = inChunk ? MAX_CHUNK_LINE_BYTES : MAX_HEAD_BYTES;
    this.#head_bytes += stop - from + 1;
    if (this.#head_bytes > limit) {
      throw new HttpLimit(`${inChunk ? "the size line of a chunk" : "its header block"} is longer than ${limit} bytes`);
    }
    this.#line += latin1(bytes, from, stop);
    if (stop === to) return to;
    const line = this.#line.charCodeAt(this.#line.length - 1) === CR ? this.#line.slice(0, -1) : this.#line;
    this.#line = "";
    this.#take(line);
    return stop + 1;
  }

  #take(line: string): void {
    switch (this.#state) {
      case "status":
        return this.#statusLine(line);
      case "headers":
        return line === "" ? this.#headEnds() : this.#field(line);
      case "chunk_size":
        return this.#chunkSize(line);
      case "chunk_end":
        if (line !== "") throw new HttpFault("a chunk is longer than its size says");
        this.#state = "chunk_size";
        this.#head_bytes = 0;
        return;
      default:
        return line === "" ? this.#done(this.#keep) : this.#field(line);
    }
  }

  #statusLine(line: string): void {
    const match = STATUS_LINE.exec(line);
    if (match === null) {
      throw new HttpFault(`the reply does not begin as HTTP does: ${JSON.stringify(line.slice(0, 40))}`);
    }
    this.#minor = Number(match[1]);
    this.#status = Number(match[2]);
    this.#state = "headers";
  }

  #field(line: string): void {
    const first = line.charCodeAt(0);
    const last = this.#fields.at(-1);
    if ((first === 0x20 || first === 0x09) && last !== undefined) {
      last[1] = `${last[1]} ${this.#value(line)}`.trim();
      return;
    }
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon));
    if (!NAME.test(name)) throw new HttpFault(`a header line is malformed: ${JSON.stringify(name.slice(0, 40))}`);
    this.#fields.push([name.toLowerCase(), this.#value(line.slice(colon + 1))]);
  }

  #value(text: string): string {
    if (BAD_VALUE.test(text)) throw new HttpFault("a header's value has a control character");
    return text.trim();
  }

  #headEnds(): void {
    const status = this.#status;
    if (status === 101) throw new HttpFault("it switches protocols (101) without being asked");
    if (status < 200) {
      if (++this.#interim > MAX_INTERIM) throw new HttpFault(`more than ${MAX_INTERIM} interim replies came`);
      return this.#begin();
    }
    const framing = framingOf(this.#fields);
    this.#keep = this.#mayKeep(framing.chunked);
    const headers = this.#fields;
    this.#fields = [];
    this.#head_bytes = 0;
    this.#choose(framing);
    this.#sink.head(status, headers);
    const bodyless = this.#head || status === 204 || status === 304 || (framing.length === 0 && !framing.chunked);
    if (bodyless) this.#done(this.#keep);
  }

  #choose({ chunked, length }: Framing): void {
    this.#left = length ?? 0;
    this.#state = chunked ? "chunk_size" : length !== null ? "length" : "until_close";
    if (this.#state === "until_close") {
      this.#keep = this.#keep && (this.#head || this.#status === 204 || this.#status === 304);
    }
  }

  #mayKeep(chunked: boolean): boolean {
    const options = valuesOf(this.#fields, "connection").flatMap((value) => value.toLowerCase().split(","))
      .map((option) => option.trim());
    if (options.includes("close")) return false;
    return this.#minor === 1 || (options.includes("keep-alive") && !chunked);
  }

  #chunkSize(line: string): void {
    const match = CHUNK_SIZE.exec(line);
    if (match === null) throw new HttpFault(`a chunk's size is malformed: ${JSON.stringify(line.slice(0, 40))}`);
    this.#left = parseInt(match[1] as string, 16);
    this.#head_bytes = 0;
    this.#state = this.#left > 0 ? "chunk" : "trailers";
  }

  #done(keep: boolean): void {
    const trailers = this.#fields;
    this.#state = "idle";
    this.#sink.done(trailers, keep);
  }
}

interface Framing {
  chunked: boolean;
  /** Length of the body in the headers; null: none; bytes. */
  length: number | null;
}

function valuesOf(fields: HttpHeaders, name: string): string[] {
  return fields.filter(([field]) => field === name).map(([, value]) => value);
}

/** Length of the body; throws {@linkcode HttpFault} where it is ambiguous. */
function framingOf(fields: HttpHeaders): Framing {
  const codings = valuesOf(fields, "transfer-encoding").join(",").toLowerCase().trim();
  const lengths = valuesOf(fields, "content-length").flatMap((value) => value.split(",")).map((value) => value.trim());
  if (codings !== "") {
    if (codings !== "chunked") {
      throw new HttpFault(`transfer-encoding ${JSON.stringify(codings.slice(0, 40))} is not known`);
    }
    if (lengths.length > 0) throw new HttpFault("both content-length and transfer-encoding are given");
    return { chunked: true, length: null };
  }
  const [length] = lengths;
  if (length === undefined) return { chunked: false, length: null };
  if (!/^[0-9]{1,15}$/.test(length) || lengths.some((other) => other !== length)) {
    throw new HttpFault(`content-length is malformed: ${JSON.stringify(lengths.join(", ").slice(0, 40))}`);
  }
  return { chunked: false, length: Number(length) };
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at] as number);
  return text;
}
