/**
 * Messages in a stream of DATA payloads: one flag byte, four of length, then the message. Frames may split a message
 * anywhere, also inside these five bytes. Serves both sides.
 */
import { readUint32 } from "../frames.ts";

/** Bytes before each message. */
export const PREFIX_BYTES = 5;
/** Flag of a compressed message. */
export const COMPRESSED = 1;
/**
 * Largest first size of a split message's buffer, which then grows with the bytes that arrive, not with the claimed
 * length.
 */
const FIRST_BUFFER_BYTES = 64 * 1024;

/** Receives complete messages. */
export interface MessageSink {
  /** Longest message accepted; bytes. */
  readonly max_bytes: number;
  /** One message; `bytes` is valid only during the call. False: read no further. */
  message(flags: number, bytes: Uint8Array): boolean;
  /** A message longer than the limit begins; reading stops. */
  tooLarge(message_bytes: number): void;
}

/**
 * Passes the complete messages at the beginning of `bytes[from, to)` to `sink`: nearly always all of them.
 * @returns offset of the first incomplete message; `to` if there is none, or if the sink stops
 */
export function readWhole(bytes: Uint8Array, from: number, to: number, sink: MessageSink): number {
  let at = from;
  while (to - at >= PREFIX_BYTES) {
    const length = readUint32(bytes, at + 1);
    const end = at + PREFIX_BYTES + length;
    if (length > sink.max_bytes) {
      sink.tooLarge(length);
      return to;
    }
    if (end > to) return at;
    if (!sink.message(bytes[at]!, bytes.subarray(end - length, end))) return to;
    at = end;
  }
  return at;
}

/** Joins the payloads of one stream's DATA frames into messages. */
export class MessageReader {
  #prefix_bytes = 0;
  #flags = 0;
  #length = 0;
  #body: Uint8Array | null = null;
  #body_bytes = 0;

  /** True between two messages: a stream may end here. */
  get between(): boolean {
    return this.#prefix_bytes === 0;
  }

  /** Takes one payload, `bytes[from, to)`, and passes each message that it completes to `sink`. */
  read(bytes: Uint8Array, from: number, to: number, sink: MessageSink): void {
    let at = from;
    while (at < to) {
      if (this.#prefix_bytes === 0) {
        at = readWhole(bytes, at, to, sink);
        if (at === to) return;
      }
      if (this.#prefix_bytes < PREFIX_BYTES) {
        this.#prefix(bytes[at++]!);
        if (this.#prefix_bytes < PREFIX_BYTES) continue;
        if (this.#length > sink.max_bytes) return sink.tooLarge(this.#length);
      }
      at = this.#collect(bytes, at, to);
      if (this.#body_bytes === this.#length && !this.#complete(sink)) return;
    }
  }

  #prefix(byte: number): void {
    if (this.#prefix_bytes === 0) {
      this.#flags = byte;
      this.#length = 0;
    } else {
      this.#length = this.#length * 256 + byte;
    }
    this.#prefix_bytes++;
  }

  #collect(bytes: Uint8Array, from: number, to: number): number {
    const count = Math.min(to - from, this.#length - this.#body_bytes);
    const total = this.#body_bytes + count;
    let body = this.#body ?? new Uint8Array(Math.min(this.#length, FIRST_BUFFER_BYTES));
    if (total > body.length) {
      const larger = new Uint8Array(Math.min(this.#length, Math.max(total, body.length * 2)));
      larger.set(body.subarray(0, this.#body_bytes));
      body = larger;
    }
    body.set(bytes.subarray(from, from + count), this.#body_bytes);
    this.#body = body;
    this.#body_bytes = total;
    return from + count;
  }

  #complete(sink: MessageSink): boolean {
    const body = this.#body!;
    this.#prefix_bytes = 0;
    this.#body = null;
    this.#body_bytes = 0;
    return sink.message(this.#flags, body.subarray(0, this.#length));
  }
}
