/** gRPC messages out of DATA: a flag, a length and the bytes, cut at any place. */
import { gunzipSync } from "node:zlib";
import { StatusCode } from "../../transport/status.ts";
import { readUint32 } from "../../transport/wire/frames.ts";

/** Bytes before each message. */
export const PREFIX_BYTES = 5;
/** Largest request; June's services take 50 MB. Bytes. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

const EMPTY = new Uint8Array(0);

/** A request that ends its call. */
export class MessageFault extends Error {
  override readonly name = "MessageFault";
  /** @param code a gRPC status */
  constructor(readonly code: number, message: string) {
    super(message);
  }
}

/** Puts the messages of one stream together; one that lies whole in its frame is not copied. */
export class MessageReader {
  readonly #gzip: boolean;
  #partial: Uint8Array = EMPTY;
  #partial_bytes = 0;

  constructor(gzip: boolean) {
    this.#gzip = gzip;
  }

  /** Whether a message has begun and not ended. */
  get unfinished(): boolean {
    return this.#partial_bytes > 0;
  }

  /**
   * Takes DATA; `deliver` gets each message that is complete, valid only during the call.
   * @throws {MessageFault} for a message that cannot be taken.
   */
  read(bytes: Uint8Array, from: number, to: number, deliver: (message: Uint8Array) => void): void {
    let at = from;
    while (at < to) {
      if (this.#partial_bytes > 0 || to - at < PREFIX_BYTES) {
        at = this.#gather(bytes, at, to, deliver);
        continue;
      }
      const end = at + PREFIX_BYTES + lengthAt(bytes, at);
      if (end > to) {
        at = this.#gather(bytes, at, to, deliver);
        continue;
      }
      deliver(this.#plain(bytes[at]!, bytes.subarray(at + PREFIX_BYTES, end)));
      at = end;
    }
  }

  /** Adds to the unfinished message; returns how far it has read. */
  #gather(bytes: Uint8Array, from: number, to: number, deliver: (message: Uint8Array) => void): number {
    let at = this.#keep(bytes, from, Math.min(to, from + Math.max(0, PREFIX_BYTES - this.#partial_bytes)));
    if (this.#partial_bytes < PREFIX_BYTES) return at;
    const total = PREFIX_BYTES + lengthAt(this.#partial, 0);
    at = this.#keep(bytes, at, Math.min(to, at + total - this.#partial_bytes));
    if (this.#partial_bytes < total) return at;
    const message = this.#plain(this.#partial[0]!, this.#partial.subarray(PREFIX_BYTES, total));
    this.#partial = EMPTY;
    this.#partial_bytes = 0;
    deliver(message);
    return at;
  }

  /** Grows with what arrives, never by what a prefix announces. */
  #keep(bytes: Uint8Array, from: number, to: number): number {
    const needed = this.#partial_bytes + to - from;
    if (needed > this.#partial.length) {
      const larger = new Uint8Array(Math.max(needed, this.#partial.length * 2));
      larger.set(this.#partial.subarray(0, this.#partial_bytes));
      this.#partial = larger;
    }
    this.#partial.set(bytes.subarray(from, to), this.#partial_bytes);
    this.#partial_bytes = needed;
    return to;
  }

  #plain(flag: number, message: Uint8Array): Uint8Array {
    if (flag === 0) return message;
    if (flag !== 1 || !this.#gzip) {
      throw new MessageFault(StatusCode.INTERNAL, `a message has flag ${flag} and no encoding that explains it`);
    }
    try {
      return gunzipSync(message, { maxOutputLength: MAX_MESSAGE_BYTES });
    } catch (error) {
      throw new MessageFault(StatusCode.INTERNAL, `cannot decompress a message: ${(error as Error).message}`);
    }
  }
}

function lengthAt(bytes: Uint8Array, at: number): number {
  const length = readUint32(bytes, at + 1);
  if (length <= MAX_MESSAGE_BYTES) return length;
  throw new MessageFault(StatusCode.RESOURCE_EXHAUSTED, `a message of ${length} bytes is above ${MAX_MESSAGE_BYTES}`);
}
