/** One gRPC call: turns the events of its stream into messages and exactly one status. */
import type { CallEvents, ClientCall, ShortageErrno, Status } from "../channel.ts";
import { StatusCode } from "../status.ts";
import type { Connection } from "./connection.ts";
import type { DeadlineQueue, Timed } from "./deadlines.ts";
import type { CallListener, PreparedMethod } from "./call_listener.ts";
import { ErrorCode, errorCodeName } from "./frames.ts";
import { compress, decompress } from "./grpc/gzip.ts";
import { ForeignReply } from "./grpc/foreign_reply.ts";
import { COMPRESSED, MessageReader, type MessageSink, readWhole } from "./grpc/messages.ts";
import type { ReplyBlock } from "./grpc/reply_block.ts";
import { statusOfReset } from "./grpc/status_map.ts";
import { overdueText, type PooledCall } from "./pool.ts";
import { type CloseReason, Outgoing } from "./stream.ts";

/** Queue size of a request stream from which `write` returns false; bytes. */
const QUEUE_HIGH_BYTES = 64 * 1024;
/** Messages of a request stream are kept up to this, so that the call can be retried if it was not processed; bytes. */
const KEPT_MAX_BYTES = 256 * 1024;

/** The shared empty queue; never add to it. */
const NO_MESSAGES: Outgoing[] = [];

/** How a call ends when its connection ends, by cause. */
const LOST_AS = {
  gone: [StatusCode.UNAVAILABLE, "connection"],
  protocol: [StatusCode.INTERNAL, "local"],
  limit: [StatusCode.RESOURCE_EXHAUSTED, "local"],
  closed: [StatusCode.CANCELLED, "cancel"],
} as const;

/** A call in flight, or waiting for a connection. */
export class WireCall implements PooledCall, ClientCall, MessageSink {
  id = 0;
  send_window = 0;
  uncredited_bytes = 0;
  only: Outgoing | null;
  queue = NO_MESSAGES;
  queued_bytes = 0;
  half_closed: boolean;
  end_sent = false;
  deadline_ms = Infinity;
  deadlines: DeadlineQueue | null = null;
  before: Timed | null = null;
  after: Timed | null = null;
  /** The call's connection; null while it waits. */
  connection: Connection | null = null;
  /** The connection that did not process it. */
  refusedBy: Connection | null = null;

  readonly method: PreparedMethod;
  readonly #listener: CallListener<WireCall>;
  readonly #events: CallEvents;
  /** Messages that a request stream has sent and a retry would send again. */
  #kept = NO_MESSAGES;
  #kept_bytes = 0;
  /** The call may still be retried: no sign that it is processed, and all sent messages are kept. */
  #movable: boolean;
  /** Holds the beginning of a message that spans frames; null: none does. */
  #reader: MessageReader | null = null;
  #paused = false;
  #ended = false;
  #cancelled = false;
  #sentTold = false;
  #headersSeen = false;
  /** A failure that the first headers told: the status of a reply that ends without another. */
  #early: Status | null = null;
  /** A reply that is no gRPC, while its body is read; null: it is none. */
  #foreign: ForeignReply | null = null;
  #gzip = false;
  #replies = 0;

  /** @param request the only request message, or null where `write` sends them */
  constructor(
    listener: CallListener<WireCall>,
    method: PreparedMethod,
    request: Uint8Array | null,
    events: CallEvents,
  ) {
    this.#listener = listener;
    this.#movable = listener.transparentRetry;
    this.method = method;
    this.#events = events;
    this.only = request === null ? null : this.#outgoing(request);
    this.half_closed = request !== null;
  }

  #outgoing(bytes: Uint8Array): Outgoing {
    return this.method.spec.gzip === true ? new Outgoing(compress(bytes), true) : new Outgoing(bytes, false);
  }

  /** Whether the call has ended. */
  get ended(): boolean {
    return this.#ended;
  }

  requestBlock(timeout_ms: number): Uint8Array {
    return this.method.head.block(timeout_ms);
  }

  giveUp(details: string, origin: "connection" | "cancel"): void {
    this.fail(origin === "cancel" ? StatusCode.CANCELLED : StatusCode.UNAVAILABLE, details, origin);
  }

  lacks(errno: ShortageErrno): void {
    if (this.#ended || this.#cancelled) return;
    try {
      this.#events.lacking?.(errno);
    } catch (error) {
      reportError(error);
    }
  }

  // Calls of the caller.

  write(bytes: Uint8Array): boolean {
    if (this.#ended || this.#cancelled || this.half_closed) return true;
    const message = this.#outgoing(bytes.slice());
    this.queued_bytes += message.left_bytes;
    if (this.queue === NO_MESSAGES) this.queue = [];
    this.queue.push(message);
    this.#keep(message);
    this.connection?.pump(this);
    if (this.queued_bytes <= QUEUE_HIGH_BYTES) return true;
    this.#paused = true;
    return false;
  }

  halfClose(): void {
    if (this.#ended || this.half_closed) return;
    this.half_closed = true;
    this.connection?.pump(this);
  }

  cancel(): void {
    if (this.#ended || this.#cancelled) return;
    this.#cancelled = true;
    // Not within the caller's own call: a caller that starts a call from `end` would loop forever.
    queueMicrotask(() => this.fail(StatusCode.CANCELLED, "Cancelled by the caller", "cancel"));
  }

  /** Keeps the messages of a request stream until the first sign that it is processed, or until they are too many. */
  #keep(message: Outgoing): void {
    if (!this.#movable) return;
    this.#kept_bytes += message.bytes.length;
    if (this.#kept_bytes > KEPT_MAX_BYTES) return this.#settle();
    if (this.#kept === NO_MESSAGES) this.#kept = [];
    this.#kept.push(message);
  }

  /** From now on the call is not retried. */
  #settle(): void {
    this.#movable = false;
    this.#kept = NO_MESSAGES;
  }

  // Events of the stream. An error in the caller's code is reported as such: it must not look like an error of the
  // connection.

  handedOver(): void {
    if (this.#ended || this.#sentTold) return;
    this.#sentTold = true;
    try {
      this.#events.sent();
    } catch (error) {
      reportError(error);
    }
  }

  progressed(): void {
    if (!this.#paused || this.#ended || this.queued_bytes > QUEUE_HIGH_BYTES / 2) return;
    this.#paused = false;
    try {
      this.#events.drain?.();
    } catch (error) {
      reportError(error);
    }
  }

  block(block: ReplyBlock | null, endStream: boolean): void {
    if (block === null) {
      return this.fail(StatusCode.RESOURCE_EXHAUSTED, "The reply's headers are longer than 64 KiB", "local");
    }
    if (this.#foreign !== null) return this.#finish(this.#foreign.status, endStream);
    const fault = this.#faultOf(block, endStream);
    if (fault !== null) return this.#malformed(fault);
    if (endStream) return this.#finish(block.told_status ?? this.#early ?? block.final_status, true);
    if (block.http_status < 200) return;
    this.#settle();
    if (block.told_status?.code !== StatusCode.OK) this.#early = block.told_status;
    if (block.refusal !== null) return this.#refuse(block, block.refusal);
    this.#headersSeen = true;
    this.#gzip = block.encoding === "gzip";
    if (this.#cancelled) return;
    try {
      this.#events.headers?.(block.metadata);
    } catch (error) {
      reportError(error);
    }
  }

  /** The reply is no gRPC: its body may say why. */
  #refuse(block: ReplyBlock, refusal: Status): void {
    if (performance.now() >= this.deadline_ms) return this.expire();
    const foreign = new ForeignReply(block, refusal, () => this.#finish(foreign.status, false));
    this.#foreign = foreign;
    if (!foreign.expectsBody) this.#finish(this.#early ?? refusal, false);
  }

  #faultOf(block: ReplyBlock, endStream: boolean): string | null {
    if (block.fault !== null) return block.fault;
    if (this.#headersSeen) {
      if (!endStream) return "headers in the middle of the messages";
      return block.http_status === 0 ? null : '":status" in trailers';
    }
    if (block.http_status === 0) return 'no ":status"';
    return block.http_status < 200 && endStream ? "an interim reply that ends the stream" : null;
  }

  data(bytes: Uint8Array, from: number, to: number, endStream: boolean): void {
    const foreign = this.#foreign;
    if (foreign !== null) {
      if (foreign.take(bytes.subarray(from, to)) || endStream) this.#finish(foreign.status, endStream);
      return;
    }
    if (!this.#headersSeen) return this.#malformed("DATA before HEADERS");
    let at = from;
    if (this.#reader === null) {
      at = readWhole(bytes, from, to, this);
      if (at < to && !this.#ended) this.#reader = new MessageReader();
    }
    this.#reader?.read(bytes, at, to, this);
    if (endStream && !this.#ended) {
      const details = "The reply ended without trailers, and so without a grpc-status";
      this.#finish(this.#early ?? { code: StatusCode.UNKNOWN, details, origin: "server", trailers: [] }, true);
    }
  }

  get max_bytes(): number {
    return this.#listener.max_message_bytes;
  }

  message(flags: number, bytes: Uint8Array): boolean {
    if (flags !== 0) return this.#compressedMessage(flags, bytes);
    return this.#deliver(bytes);
  }

  #compressedMessage(flags: number, bytes: Uint8Array): boolean {
    if (flags !== COMPRESSED) {
      this.fail(StatusCode.INTERNAL, `A reply message has flags ${flags}`, "local");
    } else if (!this.#gzip) {
      this.fail(StatusCode.INTERNAL, "A reply message is compressed in a way we did not offer", "local");
    } else {
      const plain = decompress(bytes, this.max_bytes);
      if (plain === "too_large") this.tooLarge(Infinity);
      else if (plain === "malformed") this.fail(StatusCode.INTERNAL, "A reply message is not valid gzip", "local");
      else return this.#deliver(plain);
    }
    return false;
  }

  #deliver(bytes: Uint8Array): boolean {
    if (this.connection !== null) this.connection.tally.received_messages++;
    if (this.#ended || this.#cancelled) return false;
    if (++this.#replies > 1 && !this.method.spec.reply_stream) {
      this.fail(StatusCode.UNIMPLEMENTED, "More than one reply message where the method has one", "local");
      return false;
    }
    try {
      this.#events.message(bytes);
    } catch (error) {
      reportError(error);
    }
    return !this.#ended;
  }

  tooLarge(message_bytes: number): void {
    const size = message_bytes === Infinity
      ? "A compressed reply message"
      : `A reply message of ${message_bytes} bytes`;
    this.fail(
      StatusCode.RESOURCE_EXHAUSTED,
      `${size} is longer than june-load's limit of ${this.max_bytes} bytes`,
      "local",
    );
  }

  reset(code: number, farewell: string): void {
    if (code === ErrorCode.REFUSED_STREAM) return this.#notProcessed("The peer refused the stream (REFUSED_STREAM)");
    // What a server cancels at the deadline, a proxy before it may pass on as an error of its own.
    if (performance.now() >= this.deadline_ms && this.#said === null) return this.expire();
    const details = `The peer reset the stream with ${errorCodeName(code)}${farewell && ` after ${farewell}`}`;
    this.#finish(this.#said ?? { code: statusOfReset(code), details, origin: "server", trailers: [] }, null);
  }

  /** What the server has said of a reply that did not end properly. */
  get #said(): Status | null {
    return this.#foreign?.status ?? this.#early;
  }

  fault(message: string): void {
    this.#finish(local(StatusCode.INTERNAL, `The peer broke a rule of HTTP/2: ${message}`), null);
  }

  lost(loss: CloseReason, unprocessed: boolean): void {
    if (unprocessed) return this.#notProcessed(loss.message);
    if (this.#said !== null && loss.cause === "gone") return this.#finish(this.#said, null);
    const [code, origin] = LOST_AS[loss.cause];
    this.fail(code, loss.message, origin);
  }

  #notProcessed(message: string): void {
    if (this.#moves()) return;
    this.#finish({
      code: StatusCode.UNAVAILABLE,
      details: `${message} and did not process the call`,
      origin: "connection",
      trailers: [],
    }, null);
  }

  /** Retries on another connection, if that is allowed and all sent messages are kept. */
  #moves(): boolean {
    if (!this.#movable || this.#cancelled || this.connection === null) return false;
    this.connection.release(this, null);
    this.refusedBy = this.connection;
    this.connection = null;
    this.id = 0;
    this.end_sent = false;
    this.uncredited_bytes = 0;
    const again = ({ bytes, compressed }: Outgoing) => new Outgoing(bytes, compressed);
    this.only = this.only === null ? null : again(this.only);
    this.queue = this.#kept.map(again);
    this.queued_bytes = this.queue.reduce((sum_bytes, { left_bytes }) => sum_bytes + left_bytes, 0);
    this.#settle();
    return this.#listener.move(this);
  }

  expire(): void {
    if (this.#foreign !== null) return this.#finish(this.#foreign.status, false);
    const details = this.connection !== null ? "The deadline passed" : overdueText("call", this.#listener.lack);
    this.fail(StatusCode.DEADLINE_EXCEEDED, details, "deadline");
  }

  // How the call ends.

  /** Ends the call with a status of our own and cancels the stream. */
  fail(code: number, details: string, origin: Status["origin"]): void {
    this.#end({ code, details, origin, trailers: [] }, ErrorCode.CANCEL);
  }

  #malformed(what: string): void {
    this.#end(local(StatusCode.INTERNAL, `The reply is malformed: ${what}`), ErrorCode.PROTOCOL_ERROR);
  }

  /**
   * Ends the call with the peer's status. `complete`: the peer ended the stream (null: by a reset, which needs no
   * answer).
   */
  #finish(status: Status, complete: boolean | null): void {
    // The server enforces the same deadline and may be faster than our timer, and a proxy makes a page of its own of it:
    // it is still our deadline.
    const overdue = status.code === StatusCode.DEADLINE_EXCEEDED || (status.foreign === true && this.#foreign === null);
    if (overdue && performance.now() >= this.deadline_ms) return this.expire();
    const reset = complete === null || (complete && this.end_sent)
      ? null
      : complete
      ? ErrorCode.NO_ERROR
      : ErrorCode.CANCEL;
    this.#end(status.code === StatusCode.OK ? this.#judge(status) : status, reset);
  }

  /** Keeps status OK only if the right number of messages came. */
  #judge(ok: Status): Status {
    if (this.#reader?.between === false) {
      return local(StatusCode.INTERNAL, "The reply ended inside a message", ok.trailers);
    }
    if (this.#replies === 0 && !this.method.spec.reply_stream) {
      return local(StatusCode.UNIMPLEMENTED, "The reply has status OK and no message", ok.trailers);
    }
    return ok;
  }

  #end(status: Status, reset: number | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#foreign?.close();
    this.connection?.release(this, reset);
    this.#listener.ended(this);
    try {
      this.#events.end(status);
    } catch (error) {
      reportError(error);
    }
  }
}

function local(code: number, details: string, trailers: Status["trailers"] = []): Status {
  return { code, details, origin: "local", trailers };
}
