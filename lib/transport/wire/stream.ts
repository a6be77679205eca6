/** One stream of a connection: its state for flow control and sending, and its events. */
import { errorText } from "../../base/errors.ts";
import { COMPRESSED, PREFIX_BYTES } from "./grpc/messages.ts";
import type { ReplyBlock } from "./grpc/reply_block.ts";

/** Bytes to send as DATA. */
export interface Sendable {
  /** Bytes still to be sent. */
  readonly left_bytes: number;
  /** Copies the next `count` bytes to `into` at `at`. */
  copy(into: Uint8Array, at: number, count: number): void;
}

/** A gRPC message to send, framed while it is copied, so that it is copied only once. */
export class Outgoing implements Sendable {
  /** Bytes sent so far, the five-byte prefix included. */
  sent_bytes = 0;

  /** @param bytes the message; leave it unchanged until it has been sent */
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

/** The part of a stream that its connection uses. The connection sets the fields and calls the methods. */
export interface Stream {
  /** Stream id; 0 while the stream has no connection. */
  id: number;
  /** The peer's window for this stream; bytes, may be negative. */
  send_window: number;
  /** Bytes received since the last WINDOW_UPDATE. */
  uncredited_bytes: number;
  /** The message of a stream with only one. The connection moves it into the queue if it cannot leave at once. */
  readonly only: Sendable | null;
  /** Messages not yet sent completely. */
  queue: Sendable[];
  /** Bytes of the queue still to send. */
  queued_bytes: number;
  /** The queue has the last message. */
  half_closed: boolean;
  /** END_STREAM has been sent. */
  end_sent: boolean;

  /** HEADERS were handed to the socket. */
  handedOver(): void;
  /** Part of the queue was sent, so there is room for more. */
  progressed(): void;
  /** A header block; null: it was longer than allowed. */
  block(block: ReplyBlock | null, endStream: boolean): void;
  data(bytes: Uint8Array, from: number, to: number, endStream: boolean): void;
  /** The peer reset the stream. `farewell`: the reason of a GOAWAY that came before; empty: none did. */
  reset(code: number, farewell: string): void;
  /** The peer broke a rule on this stream; the connection has reset it. */
  fault(message: string): void;
  /** The connection has ended. `unprocessed`: the peer has said that it did not process this stream. */
  lost(loss: CloseReason, unprocessed: boolean): void;
}

/** Why a connection ended. */
export interface CloseReason {
  /** What happened, naming the address. */
  readonly message: string;
  /** `gone`: the peer or the network ended it; `protocol`: the peer broke a rule of HTTP/2; `limit`: it sent more than we read; `closed`: we closed it. */
  readonly cause: "gone" | "protocol" | "limit" | "closed";
  /** The error of the socket, where there was one. */
  readonly error?: unknown;
}

/** Why a connection ended that the peer closed (no error), or that broke. `farewell`: its GOAWAY; empty: none came. */
export function lossOf(who: string, farewell: string, error: unknown): CloseReason {
  const sent = farewell && `sent ${farewell} and `;
  if (error === null) return { message: `${who} ${sent}closed the connection`, cause: "gone" };
  const message = `Connection to ${who} was lost${farewell && ` after ${farewell}`}: ${errorText(error)}`;
  return { message, cause: "gone", error };
}
