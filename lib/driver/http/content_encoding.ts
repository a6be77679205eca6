/** Replies whose body is compressed, read as if it were not. Source: RFC 9110, section 8.4. */
import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import { errorText } from "../../base/errors.ts";
import type { ShortageErrno } from "../../plan/shortages.ts";
import type { ChannelStats } from "../../transport/channel.ts";
import type {
  HttpCall,
  HttpChannel,
  HttpEnd,
  HttpEvents,
  HttpHeaders,
  HttpRequest,
} from "../../transport/http/channel.ts";

/** A decoder that is written to and tells what it made of it. */
type Decoder = zlib.Gunzip | zlib.BrotliDecompress;

/**
 * Decoders by the name of their encoding; the `x-` name is that of RFC 9110, section 8.4.1.3. They are made when the
 * first bytes come: of `deflate`, servers send zlib's form, which the RFC asks for, or the bare stream.
 */
const DECODERS: Readonly<Record<string, (first: Uint8Array) => Decoder>> = {
  gzip: () => zlib.createGunzip(),
  "x-gzip": () => zlib.createGunzip(),
  deflate: (first) => isZlib(first) ? zlib.createInflate() : zlib.createInflateRaw(),
  br: () => zlib.createBrotliDecompress(),
};

/** Whether bytes begin with zlib's header. Source: RFC 1950, section 2.2. */
function isZlib([cmf = 0, flags = 0]: Uint8Array): boolean {
  return (cmf & 0x0f) === 8 && (cmf * 256 + flags) % 31 === 0;
}

/** A channel whose replies reach their receivers decompressed. june-load asks for none, but a scenario's headers may. */
export class DecodingHttp implements HttpChannel {
  constructor(readonly inner: HttpChannel) {}

  get target(): string {
    return this.inner.target;
  }

  connect(): Promise<void> {
    return this.inner.connect();
  }

  request(request: HttpRequest, timeout_ms: number, events: HttpEvents): HttpCall {
    const decoded = new Decoded(events);
    decoded.call = this.inner.request(request, timeout_ms, decoded);
    return decoded;
  }

  stats(): ChannelStats {
    return this.inner.stats();
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}

/** Stands between the transport and the receiver of one reply. */
class Decoded implements HttpEvents, HttpCall {
  /** The request in the transport. */
  call: HttpCall | null = null;
  readonly #events: HttpEvents;
  #encoding = "";
  #decoder: Decoder | null = null;
  /** The transport's end, kept until all is decoded. */
  #end: HttpEnd | null = null;
  #over = false;

  constructor(events: HttpEvents) {
    this.#events = events;
  }

  cancel(): void {
    this.call?.cancel();
  }

  sent(): void {
    this.#events.sent();
  }

  lacking(errno: ShortageErrno): void {
    this.#events.lacking?.(errno);
  }

  uploaded(): void {
    this.#events.uploaded?.();
  }

  headers(status: number, headers: HttpHeaders): void {
    this.#encoding = encodingOf(headers);
    this.#events.headers(status, headers);
  }

  data(bytes: Uint8Array): void {
    if (this.#over) return;
    if (this.#encoding === "") return this.#events.data(bytes);
    const decoder = this.#decoder ??= this.#begin(bytes);
    // The transport's bytes are only lent.
    decoder?.write(Buffer.from(bytes));
  }

  #begin(first: Uint8Array): Decoder | null {
    const make = Object.hasOwn(DECODERS, this.#encoding) ? DECODERS[this.#encoding] : undefined;
    if (make === undefined) {
      this.#fail(`its content-encoding is "${this.#encoding.slice(0, 40)}", which june-load cannot read`);
      return null;
    }
    return make(first)
      .on("data", (bytes: Uint8Array) => this.#decoded(bytes))
      .on(
        "error",
        (error: Error) =>
          this.#fail(`its body is not the ${this.#encoding} that its content-encoding says: ${errorText(error)}`),
      )
      .on("end", () => this.#finish(this.#end));
  }

  #decoded(bytes: Uint8Array): void {
    if (!this.#over) this.#events.data(bytes);
  }

  #fail(why: string): void {
    this.#finish({ reason: "protocol", details: `Cannot read the reply: ${why}`, trailers: [] });
    this.call?.cancel();
  }

  end(end: HttpEnd): void {
    this.#end = end;
    if (this.#decoder !== null && end.reason === "complete") this.#decoder.end();
    else this.#finish(end);
  }

  #finish(end: HttpEnd | null): void {
    if (this.#over || end === null) return;
    this.#over = true;
    this.#events.end(end);
  }
}

/** The reply's encoding in lower case; empty: none. Several are as good as an unknown one. */
function encodingOf(headers: HttpHeaders): string {
  const named = headers.filter(([name]) => name === "content-encoding").map(([, value]) => value).join(", ");
  const encoding = named.trim().toLowerCase();
  return encoding === "identity" ? "" : encoding;
}
