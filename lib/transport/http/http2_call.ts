/** One request over HTTP/2: a stream like gRPC's, with a plain body instead of messages. */
import { certificateFault } from "../faults.ts";
import type { ConnectFault, ShortageErrno } from "../channel.ts";
import type { Connection } from "../wire/connection.ts";
import type { DeadlineQueue, Timed } from "../wire/deadlines.ts";
import { ErrorCode, errorCodeName } from "../wire/frames.ts";
import type { ReplyBlock } from "../wire/grpc/reply_block.ts";
import { overdueText, type PooledCall } from "../wire/pool.ts";
import type { CloseReason, Sendable } from "../wire/stream.ts";
import { overLimit } from "./call.ts";
import type { HttpCall, HttpEnd, HttpEvents, HttpHeaders } from "./channel.ts";

/** What a request needs from its channel. */
export interface Http2CallListener {
  readonly target: string;
  readonly transparentRetry: boolean;
  /** As in `CallListener` of gRPC. */
  readonly lack: string;
  ended(call: Http2Call): void;
  /** The request was provably not processed. False: it may not be sent again. */
  move(call: Http2Call): boolean;
}

const NO_TRAILERS: HttpHeaders = [];
/** How a request ends when its connection ends, by cause. */
const LOST_AS = { gone: "connection", protocol: "protocol", limit: "limit", closed: "cancel" } as const;

/** A body to send. */
class Body implements Sendable {
  #sent_bytes = 0;

  constructor(readonly bytes: Uint8Array) {}

  get left_bytes(): number {
    return this.bytes.length - this.#sent_bytes;
  }

  copy(into: Uint8Array, at: number, count: number): void {
    into.set(this.bytes.subarray(this.#sent_bytes, this.#sent_bytes + count), at);
    this.#sent_bytes += count;
  }
}

/** A request in flight, or waiting for a connection. */
export class Http2Call implements PooledCall, HttpCall {
  id = 0;
  send_window = 0;
  uncredited_bytes = 0;
  only: Body | null;
  queue: Sendable[] = [];
  queued_bytes = 0;
  readonly half_closed = true;
  end_sent = false;
  deadline_ms = Infinity;
  deadlines: DeadlineQueue | null = null;
  before: Timed | null = null;
  after: Timed | null = null;
  connection: Connection | null = null;
  refusedBy: Connection | null = null;

  readonly #listener: Http2CallListener;
  readonly #block: Uint8Array;
  readonly #payload: Uint8Array | null;
  readonly #bodyless: boolean;
  readonly #events: HttpEvents;
  #movable: boolean;
  #ended = false;
  #cancelled = false;
  #sentTold = false;
  #uploadTold = false;
  #headersSeen = false;
  /** Bytes of the body still to come; null: unknown. */
  #left_bytes: number | null = null;

  /** @param block encoded header block of the request */
  constructor(
    listener: Http2CallListener,
    method: string,
    block: Uint8Array,
    payload: Uint8Array | null,
    events: HttpEvents,
  ) {
    this.#listener = listener;
    this.#block = block;
    this.#payload = payload;
    this.#bodyless = method === "HEAD";
    this.#events = events;
    this.#movable = listener.transparentRetry;
    this.only = this.#body();
  }

  #body(): Body | null {
    return this.#payload === null || this.#payload.length === 0 ? null : new Body(this.#payload);
  }

  requestBlock(): Uint8Array {
    return this.#block;
  }

  cancel(): void {
    if (this.#ended || this.#cancelled) return;
    this.#cancelled = true;
    // Not within the caller's own call: a caller that starts a request from `end` would loop forever.
    queueMicrotask(() => this.#fail("cancel", "Cancelled by the caller"));
  }

  giveUp(details: string, origin: "connection" | "cancel"): void {
    this.#fail(origin, details);
  }

  expire(): void {
    this.#fail(
      "deadline",
      this.connection !== null ? "The deadline passed" : overdueText("request", this.#listener.lack),
    );
  }

  // Events of the stream.

  handedOver(): void {
    if (!this.#ended && !this.#sentTold) {
      this.#sentTold = true;
      if (this.connection !== null && this.only === null) this.connection.tally.bodyless++;
      this.#tell(() => this.#events.sent());
    }
    this.progressed();
  }

  progressed(): void {
    if (!this.end_sent || !this.#sentTold || this.#uploadTold || this.#silent) return;
    this.#uploadTold = true;
    this.#tell(() => this.#events.uploaded?.());
  }

  block(block: ReplyBlock | null, endStream: boolean): void {
    if (block === null) {
      return this.#fail("limit", overLimit(this.#listener.target, "its header block is longer than 64 KiB"));
    }
    const fault = this.#faultOf(block, endStream);
    if (fault !== null) return this.#broken(fault);
    if (this.#headersSeen) return this.#complete(block.headers);
    if (block.http_status < 200) return;
    this.#headersSeen = true;
    this.#movable = false;
    this.#left_bytes = this.#lengthOf(block);
    if (Number.isNaN(this.#left_bytes)) return this.#broken("content-length is malformed");
    if (!this.#silent) this.#tell(() => this.#events.headers(block.http_status, block.headers));
    if (endStream) this.#complete(NO_TRAILERS);
  }

  #faultOf(block: ReplyBlock, endStream: boolean): string | null {
    if (block.fault !== null) return block.fault;
    if (this.#headersSeen) return endStream ? null : "headers in the middle of the body";
    if (block.http_status === 0) return 'no ":status"';
    return block.http_status < 200 && endStream ? "an interim reply that ends the stream" : null;
  }

  #lengthOf({ http_status, headers }: ReplyBlock): number | null {
    const length = headers.find(([name]) => name === "content-length")?.[1];
    if (length === undefined || this.#bodyless || http_status === 204 || http_status === 304) return null;
    return /^[0-9]{1,15}$/.test(length) ? Number(length) : NaN;
  }

  data(bytes: Uint8Array, from: number, to: number, endStream: boolean): void {
    if (!this.#headersSeen) return this.#broken("DATA before HEADERS");
    if (this.#left_bytes !== null) {
      this.#left_bytes -= to - from;
      if (this.#left_bytes < 0) return this.#broken("its body is longer than content-length says");
    }
    if (to > from && !this.#silent) this.#tell(() => this.#events.data(bytes.subarray(from, to)));
    if (endStream) this.#complete(NO_TRAILERS);
  }

  reset(code: number, farewell: string): void {
    if (code === ErrorCode.REFUSED_STREAM) return this.#notProcessed("the stream was refused (REFUSED_STREAM)");
    const words = `it reset the stream with ${errorCodeName(code)}${farewell && ` after ${farewell}`}`;
    this.#end({ reason: "connection", details: this.#say(words) }, null);
  }

  fault(message: string): void {
    this.#end({ reason: "protocol", details: this.#say(message, "broke a rule of HTTP/2") }, null);
  }

  lost({ message, cause, error }: CloseReason, unprocessed: boolean): void {
    if (unprocessed) return this.#notProcessed(message);
    const certificate = error === undefined ? null : certificateFault(this.#listener.target, error);
    this.#fail(LOST_AS[cause], certificate?.message ?? message, certificate?.fault);
  }

  #notProcessed(words: string): void {
    if (this.#moves()) return;
    this.#end({ reason: "connection", details: this.#say(`${words}, and it did not process the request`) }, null);
  }

  #moves(): boolean {
    if (!this.#movable || this.#cancelled || this.connection === null) return false;
    this.#movable = false;
    this.connection.release(this, null);
    this.refusedBy = this.connection;
    this.connection = null;
    this.id = 0;
    this.end_sent = false;
    this.uncredited_bytes = 0;
    this.only = this.#body();
    this.queue = [];
    this.queued_bytes = 0;
    return this.#listener.move(this);
  }

  lacks(errno: ShortageErrno): void {
    if (!this.#silent) this.#tell(() => this.#events.lacking?.(errno));
  }

  // How the request ends.

  get #silent(): boolean {
    return this.#ended || this.#cancelled;
  }

  #say(words: string, what = "did not answer the request"): string {
    return `"${this.#listener.target}" ${what}: ${words}`;
  }

  #complete(trailers: HttpHeaders): void {
    if (this.#left_bytes !== null && this.#left_bytes > 0) {
      return this.#broken("its body is shorter than content-length says");
    }
    if (this.connection !== null) this.connection.tally.received_messages++;
    const reset = this.end_sent ? null : ErrorCode.NO_ERROR;
    this.#end({ reason: "complete", details: "" }, reset, trailers);
  }

  #broken(rule: string): void {
    this.#end({ reason: "protocol", details: this.#say(rule, "broke a rule of HTTP/2") }, ErrorCode.PROTOCOL_ERROR);
  }

  #fail(reason: HttpEnd["reason"], details: string, fault?: ConnectFault): void {
    this.#end({ reason, details, fault }, ErrorCode.CANCEL);
  }

  #end(end: Omit<HttpEnd, "trailers">, reset: number | null, trailers = NO_TRAILERS): void {
    if (this.#ended) return;
    this.#ended = true;
    this.connection?.release(this, reset);
    this.#listener.ended(this);
    this.#tell(() => this.#events.end({ ...end, trailers }));
  }

  /** An error in the caller's code is reported as such: it must not look like an error of the connection. */
  #tell(event: () => void): void {
    try {
      event();
    } catch (error) {
      reportError(error);
    }
  }
}
