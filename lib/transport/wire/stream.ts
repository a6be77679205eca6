/** One stream of a connection: what flow control and sending need to know of it, and what it is told. */
import { COMPRESSED, PREFIX_BYTES } from "./grpc/messages.ts";
import type { ReplyBlock } from "./grpc/reply_block.ts";

/** Bytes on their way out as DATA. */
export interface Sendable {
  /** Bytes still to be sent. */
  readonly left_bytes: number;
  /** Copies the next `count` bytes to `into` at `at`. */
  copy(into: Uint8Array, at: number, count: number): void;
}

/** A gRPC message on its way out, framed while it is copied, so that it is never copied twice. */
export class Outgoing implements Sendable {
  /** Bytes sent so far, the five before the message included. */
  sent_bytes = 0;

  /** @param bytes the message; unchanged until it has been sent */
  constructor(readonly bytes: Uint8Array, readonly compressed: boolean) {}

  get left_bytes(): number {
    return PREFIX_BYTES + this.bytes.length - this.sent_bytes;
  }

  copy(into: Uint8Array, at: number, count: number): void {
    let done = 0;
    for (; done < count && this.sent_bytes + done < PREFIX_BYTES; done++) {
      into[at + done] = this.#prefixByte(this.sent_bytes + done);
    }
    const from = this.sent_bytes + done - PREFIX_BYTES;
    const part = count - done;
    if (part === this.bytes.length) into.set(this.bytes, at + done);
    else if (part > 0) into.set(this.bytes.subarray(from, from + part), at + done);
    this.sent_bytes += count;
  }

  #prefixByte(place: number): number {
    if (place === 0) return this.compressed ? COMPRESSED : 0;
    return (this.bytes.length >>> (8 * (PREFIX_BYTES - 1 - place))) & 0xff;
  }
}

/** A stream as its connection sees it. The fields belong to the connection; the methods are what it tells. */
export interface Stream {
  /** 0 while the stream has no connection. */
  id: number;
  /** Bytes the peer lets us send on this stream; may be negative. */
  send_window: number;
  /** Bytes received since the last WINDOW_UPDATE. */
  uncredited_bytes: number;
  /** The only message of a stream that has one; its connection puts it into the queue where it cannot go at once. */
  readonly only: Sendable | null;
  /** Messages not yet sent completely. */
  queue: Sendable[];
  /** Bytes the queue still has to send. */
  queued_bytes: number;
  /** No message follows those in the queue. */
  half_closed: boolean;
  /** END_STREAM has been sent. */
  end_sent: boolean;

  /** HEADERS were handed to the socket. */
  handedOver(): void;
  /** Room for more: some of the queue was sent. */
  progressed(): void;
  /** A header block; null: it was longer than allowed. */
  block(block: ReplyBlock | null, endStream: boolean): void;
  data(bytes: Uint8Array, from: number, to: number, endStream: boolean): void;
  /** The peer reset the stream. */
  reset(code: number): void;
  /** The peer broke a rule on this stream; the connection has reset it. */
  fault(message: string): void;
  /** The connection is gone. `unprocessed`: the peer has said that it did nothing for this stream. */
  lost(loss: CloseReason, unprocessed: boolean): void;
}

/** Why a connection is gone. */
export interface CloseReason {
  /** What happened, naming the address. */
  readonly message: string;
  /** The peer or the network went away; the peer broke a rule of HTTP/2; we closed it. */
  readonly cause: "gone" | "protocol" | "closed";
  /** The error of the socket, where there was one. */
  readonly error?: unknown;
}
