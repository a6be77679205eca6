/** Reads the frames of a WebSocket server and joins them to messages. Source: RFC 6455, sections 5 to 8. */
import { CloseCode, MAX_CONTROL_BYTES, Opcode } from "./frames.ts";

/** Receives messages in order. The sink may keep the bytes. */
export interface MessageSink {
  text(text: string): void;
  binary(bytes: Uint8Array): void;
  ping(payload: Uint8Array): void;
  pong(payload: Uint8Array): void;
  /** The last event. @param code null: none */
  close(code: number | null, reason: string): void;
}

/** The peer broke a rule. */
export class WebSocketFault extends Error {
  override readonly name = "WebSocketFault";
  /** @param code the close code to send */
  constructor(message: string, readonly code: number) {
    super(message);
  }
}

/** The parsed head of a frame. */
interface Head {
  final: boolean;
  opcode: number;
  /** Bytes of the payload. */
  length: number;
}

const NO_BYTES = new Uint8Array(0);
/** A buffer up to this size is kept for the next message; bytes. */
const KEPT_BYTES = 64 * 1024;
/** Longest head of an unmasked frame; bytes. */
const MAX_HEAD_BYTES = 10;
/** Limit on the upper 32 bits of a length: below it numbers are exact. */
const MAX_HIGH_WORD = 2 ** 21;

/** Parses bytes cut anywhere. */
export class MessageReader {
  readonly #sink: MessageSink;
  readonly #max_bytes: number;
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  readonly #head = new Uint8Array(MAX_HEAD_BYTES);
  #head_bytes = 0;
  #frame: Head | null = null;
  /** Bytes of the frame's payload still to come. */
  #left = 0;
  #control = NO_BYTES;
  /** The message that the frames form; null: none has begun. */
  #opcode: number | null = null;
  /** Holds the message's first `#bytes` bytes; it grows, so that many small pieces cost no more than a large one. */
  #message = NO_BYTES;
  #bytes = 0;
  #closed = false;

  /** @param max_bytes of a message; a larger one is a fault, detected before its bytes come */
  constructor(sink: MessageSink, max_bytes: number) {
    this.#sink = sink;
    this.#max_bytes = max_bytes;
  }

  /**
   * Takes the next bytes; bytes after a close are ignored.
   * @throws {WebSocketFault} when they break a rule; call nothing after that
   */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.#closed;) {
      if (this.#frame === null) {
        this.#head[this.#head_bytes++] = bytes[at++] as number;
        this.#readHead();
      } else {
        const count = Math.min(this.#left, bytes.length - at);
        this.#takePayload(this.#frame, bytes.subarray(at, at + count));
        at += count;
      }
    }
  }

  #readHead(): void {
    if (this.#head_bytes < 2) return;
    const [first, second] = this.#head as unknown as [number, number];
    const short = second & 0x7f;
    const extended = short < 126 ? 0 : short === 126 ? 2 : 8;
    if (this.#head_bytes === 2) this.#check(first, second);
    if (this.#head_bytes < 2 + extended) return;
    const length = extended === 0 ? short : this.#length(extended);
    this.#head_bytes = 0;
    this.#begin({ final: (first & 0x80) !== 0, opcode: first & 0x0f, length });
  }

  /** Checks the first two bytes of a frame. */
  #check(first: number, second: number): void {
    const opcode = first & 0x0f;
    if ((first & 0x70) !== 0) throw broken("a frame uses an extension that was not agreed on (RSV bits)");
    if ((second & 0x80) !== 0) throw broken("a frame is masked, which only a client's may be");
    if (opcode > Opcode.BINARY && (opcode < Opcode.CLOSE || opcode > Opcode.PONG)) {
      throw broken(`a frame has the unknown opcode ${opcode}`);
    }
    if (opcode >= Opcode.CLOSE) {
      if ((first & 0x80) === 0) throw broken("a control frame is cut into fragments");
      if ((second & 0x7f) > MAX_CONTROL_BYTES) throw broken("a control frame is longer than 125 bytes");
    } else if (opcode === Opcode.CONTINUATION && this.#opcode === null) {
      throw broken("a message begins with a continuation frame");
    } else if (opcode !== Opcode.CONTINUATION && this.#opcode !== null) {
      throw broken("a message begins inside another");
    }
  }

  #length(extended: 2 | 8): number {
    const view = new DataView(this.#head.buffer);
    const high = extended === 2 ? 0 : view.getUint32(2);
    if (high >= MAX_HIGH_WORD) throw tooBig(this.#max_bytes);
    const length = extended === 2 ? view.getUint16(2) : high * 2 ** 32 + view.getUint32(6);
    if (length < (extended === 2 ? 126 : 65_536)) throw broken("a length takes more bytes than it needs");
    return length;
  }

  #begin(frame: Head): void {
    if (frame.opcode < Opcode.CLOSE) {
      if (this.#bytes + frame.length > this.#max_bytes) throw tooBig(this.#max_bytes);
      this.#opcode ??= frame.opcode;
    } else this.#control = new Uint8Array(frame.length);
    this.#frame = frame;
    this.#left = frame.length;
    if (this.#left === 0) this.#frameEnds(frame);
  }

  #takePayload(frame: Head, part: Uint8Array): void {
    if (frame.opcode >= Opcode.CLOSE) this.#control.set(part, frame.length - this.#left);
    else {
      this.#grow(this.#bytes + part.length);
      this.#message.set(part, this.#bytes);
      this.#bytes += part.length;
    }
    this.#left -= part.length;
    if (this.#left === 0) this.#frameEnds(frame);
  }

  #grow(bytes: number): void {
    if (bytes <= this.#message.length) return;
    const larger = new Uint8Array(Math.max(bytes, Math.min(2 * this.#message.length, this.#max_bytes)));
    larger.set(this.#message.subarray(0, this.#bytes));
    this.#message = larger;
  }

  #frameEnds({ opcode, final }: Head): void {
    this.#frame = null;
    switch (opcode) {
      case Opcode.PING:
        return this.#sink.ping(this.#control);
      case Opcode.PONG:
        return this.#sink.pong(this.#control);
      case Opcode.CLOSE:
        return this.#close(this.#control);
    }
    if (final) this.#messageEnds();
  }

  #messageEnds(): void {
    const bytes = this.#message.subarray(0, this.#bytes);
    const isText = this.#opcode === Opcode.TEXT;
    this.#opcode = null;
    this.#bytes = 0;
    if (this.#message.length > KEPT_BYTES || !isText) this.#message = NO_BYTES;
    if (isText) this.#sink.text(this.#decode(bytes, "a text message"));
    else this.#sink.binary(bytes);
  }

  #close(payload: Uint8Array): void {
    this.#closed = true;
    if (payload.length === 0) return this.#sink.close(null, "");
    if (payload.length === 1) throw broken("a close frame has half a code");
    const code = new DataView(payload.buffer).getUint16(0);
    if (!isCloseCode(code)) throw broken(`a close frame has the code ${code}, which may not be sent`);
    this.#sink.close(code, this.#decode(payload.subarray(2), "a close frame's reason"));
  }

  #decode(bytes: Uint8Array, what: string): string {
    try {
      return this.#utf8.decode(bytes);
    } catch {
      throw new WebSocketFault(`${what} is not UTF-8`, CloseCode.BAD_DATA);
    }
  }
}

const broken = (words: string): WebSocketFault => new WebSocketFault(words, CloseCode.PROTOCOL_ERROR);

const tooBig = (max_bytes: number): WebSocketFault =>
  new WebSocketFault(`a message is larger than ${max_bytes} bytes`, CloseCode.TOO_BIG);

/** Codes that a frame may carry: not 1004 to 1006 and 1015; those below 3000 must be registered. */
function isCloseCode(code: number): boolean {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}
