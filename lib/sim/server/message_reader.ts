/** Reads and decompresses the messages of one request stream; an unacceptable message ends the call. */
import { StatusCode } from "../../transport/status.ts";
import { decompress } from "../../transport/wire/grpc/gzip.ts";
import { COMPRESSED, MessageReader, type MessageSink } from "../../transport/wire/grpc/messages.ts";

/** Largest request; June's services accept 50 MB. Bytes. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** A request that ends its call. */
export class MessageFault extends Error {
  override readonly name = "MessageFault";
  /** @param code a gRPC status */
  constructor(readonly code: number, message: string) {
    super(message);
  }
}

/** Joins the messages of one stream; a message within one frame is not copied. */
export class RequestReader implements MessageSink {
  readonly max_bytes = MAX_MESSAGE_BYTES;
  readonly #reader = new MessageReader();
  readonly #gzip: boolean;
  readonly #deliver: (message: Uint8Array) => void;

  /** @param deliver receives each complete message, valid only during the call */
  constructor(gzip: boolean, deliver: (message: Uint8Array) => void) {
    this.#gzip = gzip;
    this.#deliver = deliver;
  }

  /** Whether a message has begun and not ended. */
  get unfinished(): boolean {
    return !this.#reader.between;
  }

  /**
   * Takes DATA.
   * @throws {MessageFault} for an unacceptable message
   */
  read(bytes: Uint8Array, from: number, to: number): void {
    this.#reader.read(bytes, from, to, this);
  }

  /** @internal */
  message(flags: number, bytes: Uint8Array): boolean {
    this.#deliver(flags === 0 ? bytes : this.#plain(flags, bytes));
    return true;
  }

  /** @internal */
  tooLarge(message_bytes: number): never {
    const text = `a message of ${message_bytes} bytes is above ${MAX_MESSAGE_BYTES}`;
    throw new MessageFault(StatusCode.RESOURCE_EXHAUSTED, text);
  }

  #plain(flags: number, bytes: Uint8Array): Uint8Array {
    if (flags !== COMPRESSED || !this.#gzip) {
      throw new MessageFault(StatusCode.INTERNAL, `a message has flag ${flags} and no encoding that explains it`);
    }
    const plain = decompress(bytes, MAX_MESSAGE_BYTES);
    if (plain === "too_large") {
      throw new MessageFault(StatusCode.RESOURCE_EXHAUSTED, "a message unzips beyond the limit");
    }
    if (plain === "malformed") throw new MessageFault(StatusCode.INTERNAL, "cannot decompress a message: not gzip");
    return plain;
  }
}
