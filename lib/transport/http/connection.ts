/** One kept connection of HTTP/1.1: carries one request at a time and reports its reply as it comes. */
import { errorText } from "../../base/errors.ts";
import { joinBytes } from "../../base/bytes.ts";
import type { Counted } from "../connection_log.ts";
import type { ByteSocket } from "../socket/byte_socket.ts";
import type { HttpHeaders } from "./channel.ts";
import { HttpFault, HttpLimit, ReplyParser, type ReplySink } from "./reply_parser.ts";

/** Bodies up to this size are written together with their heads; bytes. */
const JOINED_BYTES = 64 * 1024;
/** Length of a read buffer; bytes. */
const READ_BYTES = 16 * 1024;
/** How long to wait for a reply after a write has failed. */
const WRITE_FAILED_MS = 50;

/** The message for a peer that answers plaintext with a TLS alert, or not at all. */
export const WANTS_TLS = "it wants TLS, and the connection was plaintext";

/** The request on a connection. */
export interface Carried {
  /** Its first bytes are about to be handed to the socket. */
  handedOver(): void;
  /** Its last bytes were handed to the socket. */
  uploaded(): void;
  headers(status: number, headers: HttpHeaders): void;
  data(bytes: Uint8Array): void;
  /** The reply is complete. */
  complete(trailers: HttpHeaders): void;
  /** We have ended the connection. */
  abandoned(words: string): void;
  /** The connection is lost, its peer broke a rule, or sent more than we read. */
  lost(loss: HttpCloseReason): void;
}

/** Why a connection ended under a request. */
export interface HttpCloseReason {
  reason: "connection" | "protocol" | "limit";
  /** The reason, without the address. */
  words: string;
  /** The error of the socket; null: there was none. */
  error: unknown;
  /**
   * The connection had carried a reply before, and closed before the first byte of this one: a race with its idle
   * timeout.
   */
  stale: boolean;
}

/** Listener of the connection. */
export interface HttpConnectionListener {
  /** A reply is complete and the connection can carry the next request. */
  free(connection: HttpConnection): void;
  /** The connection has ended. */
  closed(connection: HttpConnection): void;
}

/** One connection. It always reads, so that it notices a close while it is idle. */
export class HttpConnection implements ReplySink, Counted {
  readonly #socket: ByteSocket;
  readonly #listener: HttpConnectionListener;
  readonly #parser = new ReplyParser(this);
  #carried: Carried | null = null;
  #closed = false;
  /** It has carried a complete reply. */
  #served = false;
  /** Part of the present reply has come. */
  #answered = false;
  #upload: Upload = "done";
  #whole: Whole | null = null;
  #giveUp: ReturnType<typeof setTimeout> | null = null;
  /** Bytes, requests and replies in total. */
  sent_bytes = 0;
  received_bytes = 0;
  sent_messages = 0;
  received_messages = 0;
  /** A connection carries one request at a time. */
  readonly stream_limit = 1;
  /** Why the peer or the network ended it under a request; null: it goes on, or ended between requests or by us. */
  loss: string | null = null;

  constructor(socket: ByteSocket, listener: HttpConnectionListener) {
    this.#socket = socket;
    this.#listener = listener;
    this.#read();
  }

  get accepting(): boolean {
    return !this.#closed;
  }

  get streams(): number {
    return this.busy ? 1 : 0;
  }

  /** Where it leads, as figures name it. */
  get peer(): string {
    return this.#socket.peer ?? "unknown";
  }

  /** Whether it carries a request. */
  get busy(): boolean {
    return this.#carried !== null;
  }

  /** Sends a request; the connection must be free. */
  carry(carried: Carried, method: string, head: Uint8Array, body: Uint8Array | null): void {
    this.#carried = carried;
    this.#answered = false;
    this.#upload = "begun";
    this.#parser.expect(method);
    this.#write(carried, head, body);
  }

  /** Ends the connection without an event for its request. */
  close(): void {
    this.#end();
  }

  /** Ends the connection and its request from our side. */
  abandon(words: string): void {
    const carried = this.#carried;
    this.#end();
    carried?.abandoned(words);
  }

  async #write(carried: Carried, head: Uint8Array, body: Uint8Array | null): Promise<void> {
    try {
      carried.handedOver();
      if (body === null || body.length === 0) await this.#writeAll(head, true);
      else if (body.length <= JOINED_BYTES) await this.#writeAll(joinBytes(head, body), true);
      else {
        await this.#writeAll(head, false);
        await this.#writeAll(body, true);
      }
      this.#uploaded(carried);
    } catch (error) {
      // A peer may answer and close before it has read everything: the reader decides.
      if (!this.#closed) {
        this.#giveUp = setTimeout(() => this.#fail("connection", errorText(error), error), WRITE_FAILED_MS);
      }
    }
  }

  async #writeAll(bytes: Uint8Array, last: boolean): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#closed;) {
      const part = bytes.subarray(at, at + JOINED_BYTES);
      const writing = this.#socket.write(part);
      if (last && at + part.length === bytes.length) this.#upload = "handed_over";
      const count = await writing;
      at += count;
      this.sent_bytes += count;
    }
  }

  #uploaded(carried: Carried): void {
    this.#upload = "done";
    this.sent_messages++;
    if (this.#closed) return;
    if (this.#carried === carried) carried.uploaded();
    else this.#listener.free(this);
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    try {
      while (!this.#closed) {
        const count = await this.#socket.read(buffer);
        if (this.#closed) return;
        if (count === null) return this.#peerClosed();
        this.received_bytes += count;
        // What comes unasked, as servers do to say that an idle connection has timed out, is not part of a reply.
        if (this.#carried === null) return this.#end();
        if (!this.#answered && count > 1) {
          const foreign = foreignWords(buffer[0], buffer[1]);
          if (foreign !== null) return this.#fail("connection", foreign);
        }
        this.#answered = true;
        const used = this.#parser.push(buffer, count);
        if (this.#whole !== null) this.#settle({ ...this.#whole, keep: this.#whole.keep && used === count });
      }
    } catch (error) {
      if (error instanceof HttpLimit) this.#fail("limit", error.message);
      else if (error instanceof HttpFault) this.#fail("protocol", error.message);
      else this.#fail("connection", errorText(error), error);
    }
  }

  #peerClosed(): void {
    const inside = this.#answered ? this.#parser.close() : null;
    if (this.#whole !== null) return this.#settle(this.#whole);
    this.#fail("connection", `it closed the connection ${inside === null ? "without a reply" : `inside ${inside}`}`);
  }

  #fail(reason: HttpCloseReason["reason"], words: string, error: unknown = null): void {
    const carried = this.#carried;
    if (carried !== null) this.loss = words;
    this.#end();
    carried?.lost({ reason, words, error, stale: this.#served && !this.#answered });
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#carried = null;
    if (this.#giveUp !== null) clearTimeout(this.#giveUp);
    this.#socket.close();
    this.#listener.closed(this);
  }

  /** @internal */
  head(status: number, headers: HttpHeaders): void {
    if (this.#upload === "handed_over") this.#carried?.uploaded();
    this.#carried?.headers(status, headers);
  }

  /** @internal */
  body(bytes: Uint8Array): void {
    this.#carried?.data(bytes);
  }

  /** @internal */
  done(trailers: HttpHeaders, keep: boolean): void {
    this.#whole = { trailers, keep };
  }

  /**
   * A reply is complete. The connection is free before the event, since the listener may send the next request at once.
   */
  #settle({ trailers, keep }: Whole): void {
    const carried = this.#carried;
    this.#whole = null;
    this.#served = true;
    this.received_messages++;
    this.#carried = null;
    // The peer would take the rest of a request that it answered early for the beginning of the next.
    if (!keep || this.#upload === "begun") this.#end();
    else if (this.#upload === "done") this.#listener.free(this);
    carried?.complete(trailers);
  }
}

/** A complete reply. */
interface Whole {
  trailers: HttpHeaders;
  /** The connection can carry another request. */
  keep: boolean;
}

/** Progress of the present request: its last bytes are not written yet, are being written, or were written. */
type Upload = "begun" | "handed_over" | "done";

/**
 * Recognises the first bytes of a TLS alert or an HTTP/2 frame where HTTP/1.1 was expected; returns a message or null.
 */
function foreignWords(first: number | undefined, second: number | undefined): string | null {
  if (first === 0x15 && second === 3) return WANTS_TLS;
  return first === 0 && second === 0 ? "it speaks HTTP/2, as gRPC services do, and not HTTP/1.1" : null;
}
