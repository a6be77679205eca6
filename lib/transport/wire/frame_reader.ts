/**
 * Reads frames: checks RFC 9113's rules for single frames, joins header blocks, and passes both on. It knows neither
 * streams nor sides. It reads payloads in place and copies only header blocks that came in several frames.
 */
import {
  ConnectionFault,
  DEFAULT_FRAME_SIZE,
  ErrorCode,
  Flag,
  FRAME_HEADER_BYTES,
  FrameType,
  MAX_WINDOW,
  readUint32,
} from "./frames.ts";

/** Handler of frames. `bytes` is the caller's read buffer: valid only during the call. */
export interface FrameHandler {
  /** DATA without its padding; `flow_bytes` is what counts against the windows. */
  data(streamId: number, bytes: Uint8Array, from: number, to: number, flow_bytes: number, endStream: boolean): void;
  /** A whole header block, padding and priority removed. */
  headers(streamId: number, bytes: Uint8Array, from: number, to: number, endStream: boolean): void;
  reset(streamId: number, code: number): void;
  settings(bytes: Uint8Array, from: number, to: number): void;
  settingsAck(): void;
  ping(bytes: Uint8Array, from: number, ack: boolean): void;
  goaway(lastStreamId: number, code: number, debug: Uint8Array): void;
  /** Stream 0 is the connection; the increment is above 0. */
  windowUpdate(streamId: number, increment: number): void;
  /** A frame that we ignore (PRIORITY, unknown types); count it against floods. */
  ignored(type: number): void;
  /** A fault of one stream only: reset it with `code`. */
  streamFault(streamId: number, code: number, message: string): void;
}

/** Limits of a reader. */
export interface FrameLimits {
  /** Our SETTINGS_MAX_FRAME_SIZE; bytes. */
  max_frame_size: number;
  /** Bytes of one header block over all its frames. */
  max_block_bytes: number;
  /** CONTINUATION frames of one block. */
  max_continuations: number;
}

/** Limits far above the needs of a correct peer. */
const FRAME_LIMITS: FrameLimits = {
  max_frame_size: DEFAULT_FRAME_SIZE,
  max_block_bytes: 64 * 1024,
  max_continuations: 64,
};

function protocolFault(message: string): ConnectionFault {
  return new ConnectionFault(ErrorCode.PROTOCOL_ERROR, message);
}

function sizeFault(type: string, length: number): ConnectionFault {
  return new ConnectionFault(ErrorCode.FRAME_SIZE_ERROR, `${type} frame of ${length} bytes`);
}

/** Splits a byte stream into frames. The first frame must be SETTINGS, as RFC 9113 asks of both sides. */
export class FrameReader {
  readonly #handler: FrameHandler;
  readonly #limits: FrameLimits;
  #started = false;
  #stopped = false;
  /** Stream with an unfinished header block; 0: none. */
  #blockStream = 0;
  #blockEnds = false;
  #block = new Uint8Array(0);
  #block_bytes = 0;
  #continuations = 0;

  constructor(handler: FrameHandler, limits: FrameLimits = FRAME_LIMITS) {
    this.#handler = handler;
    this.#limits = limits;
  }

  /** Makes `read` return after the present frame: the connection has ended. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Handles the whole frames in `bytes[from, to)`.
   * @returns where the first incomplete frame begins
   * @throws {ConnectionFault} at the first frame that breaks a rule
   */
  read(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    while (to - at >= FRAME_HEADER_BYTES && !this.#stopped) {
      const length = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
      const type = bytes[at + 3]!;
      const flags = bytes[at + 4]!;
      const streamId = readUint32(bytes, at + 5) & MAX_WINDOW;
      this.#check(length, type, flags, streamId);
      const payload = at + FRAME_HEADER_BYTES;
      const end = payload + length;
      if (end > to) break;
      at = end;
      if (type === FrameType.DATA) this.#data(bytes, payload, end, flags, streamId);
      else if (type === FrameType.HEADERS) this.#headers(bytes, payload, end, flags, streamId);
      else if (streamId === 0) this.#connectionFrame(bytes, payload, end, type, flags);
      else this.#streamFrame(bytes, payload, end, type, flags, streamId);
    }
    return at;
  }

  #check(length: number, type: number, flags: number, streamId: number): void {
    if (length > this.#limits.max_frame_size) {
      throw new ConnectionFault(
        ErrorCode.FRAME_SIZE_ERROR,
        `Frame of ${length} bytes, above the limit of ${this.#limits.max_frame_size}`,
      );
    }
    if (!this.#started) {
      if (type !== FrameType.SETTINGS || (flags & Flag.ACK) !== 0) {
        throw protocolFault(`First frame is of type ${type} and not SETTINGS`);
      }
      this.#started = true;
    }
    if (this.#blockStream !== 0 && (type !== FrameType.CONTINUATION || streamId !== this.#blockStream)) {
      throw protocolFault(`Frame of type ${type} inside the header block of stream ${this.#blockStream}`);
    }
  }

  #data(bytes: Uint8Array, payload: number, end: number, flags: number, streamId: number): void {
    if (streamId === 0) throw protocolFault("DATA frame on stream 0");
    let from = payload;
    let to = end;
    if ((flags & Flag.PADDED) !== 0) {
      if (end === payload) throw sizeFault("Padded DATA", 0);
      from++;
      to -= bytes[payload]!;
      if (to < from) throw protocolFault("DATA frame with more padding than payload");
    }
    this.#handler.data(streamId, bytes, from, to, end - payload, (flags & Flag.END_STREAM) !== 0);
  }

  #headers(bytes: Uint8Array, payload: number, end: number, flags: number, streamId: number): void {
    if (streamId === 0) throw protocolFault("HEADERS frame on stream 0");
    let from = payload;
    let to = end;
    if ((flags & (Flag.PADDED | Flag.PRIORITY)) !== 0) {
      const padded = (flags & Flag.PADDED) !== 0;
      from += (padded ? 1 : 0) + ((flags & Flag.PRIORITY) !== 0 ? 5 : 0);
      if (from > end) throw sizeFault("HEADERS", end - payload);
      if (padded) to -= bytes[payload]!;
      if (to < from) throw protocolFault("HEADERS frame with more padding than payload");
    }
    const endStream = (flags & Flag.END_STREAM) !== 0;
    if ((flags & Flag.END_HEADERS) !== 0) {
      this.#handler.headers(streamId, bytes, from, to, endStream);
      return;
    }
    this.#blockStream = streamId;
    this.#blockEnds = endStream;
    this.#block_bytes = 0;
    this.#continuations = 0;
    this.#keep(bytes, from, to);
  }

  #continuation(bytes: Uint8Array, from: number, to: number, flags: number, streamId: number): void {
    if (this.#blockStream === 0) throw protocolFault("CONTINUATION frame without HEADERS before it");
    if (++this.#continuations > this.#limits.max_continuations) {
      throw new ConnectionFault(
        ErrorCode.ENHANCE_YOUR_CALM,
        `a header block in more than ${this.#limits.max_continuations} CONTINUATION frames`,
      );
    }
    this.#keep(bytes, from, to);
    if ((flags & Flag.END_HEADERS) === 0) return;
    const block = this.#block;
    this.#blockStream = 0;
    this.#block = new Uint8Array(0);
    this.#handler.headers(streamId, block, 0, this.#block_bytes, this.#blockEnds);
  }

  #keep(bytes: Uint8Array, from: number, to: number): void {
    const total = this.#block_bytes + to - from;
    if (total > this.#limits.max_block_bytes) {
      throw new ConnectionFault(
        ErrorCode.ENHANCE_YOUR_CALM,
        `a header block of more than ${this.#limits.max_block_bytes} bytes`,
      );
    }
    if (total > this.#block.length) {
      const larger = new Uint8Array(Math.max(total, this.#block.length * 2));
      larger.set(this.#block.subarray(0, this.#block_bytes));
      this.#block = larger;
    }
    this.#block.set(bytes.subarray(from, to), this.#block_bytes);
    this.#block_bytes = total;
  }

  #connectionFrame(bytes: Uint8Array, from: number, to: number, type: number, flags: number): void {
    const ack = (flags & Flag.ACK) !== 0;
    const length = to - from;
    switch (type) {
      case FrameType.SETTINGS:
        if (ack ? length !== 0 : length % 6 !== 0) throw sizeFault(ack ? "SETTINGS ACK" : "SETTINGS", length);
        if (ack) this.#handler.settingsAck();
        else this.#handler.settings(bytes, from, to);
        return;
      case FrameType.PING:
        if (length !== 8) throw sizeFault("PING", length);
        this.#handler.ping(bytes, from, ack);
        return;
      case FrameType.GOAWAY:
        if (length < 8) throw sizeFault("GOAWAY", length);
        this.#handler.goaway(
          readUint32(bytes, from) & MAX_WINDOW,
          readUint32(bytes, from + 4),
          bytes.subarray(from + 8, to),
        );
        return;
      case FrameType.WINDOW_UPDATE:
        this.#windowUpdate(bytes, from, length, 0);
        return;
      case FrameType.PRIORITY:
      case FrameType.RST_STREAM:
      case FrameType.PUSH_PROMISE:
      case FrameType.CONTINUATION:
        throw protocolFault(`Frame of type ${type} on stream 0`);
      default:
        this.#handler.ignored(type);
    }
  }

  #streamFrame(bytes: Uint8Array, from: number, to: number, type: number, flags: number, streamId: number): void {
    const length = to - from;
    switch (type) {
      case FrameType.RST_STREAM:
        if (length !== 4) throw sizeFault("RST_STREAM", length);
        this.#handler.reset(streamId, readUint32(bytes, from));
        return;
      case FrameType.WINDOW_UPDATE:
        this.#windowUpdate(bytes, from, length, streamId);
        return;
      case FrameType.CONTINUATION:
        this.#continuation(bytes, from, to, flags, streamId);
        return;
      case FrameType.PRIORITY:
        if (length !== 5) {
          this.#handler.streamFault(streamId, ErrorCode.FRAME_SIZE_ERROR, `PRIORITY frame of ${length} bytes`);
        } else {
          this.#handler.ignored(type);
        }
        return;
      case FrameType.SETTINGS:
      case FrameType.PING:
      case FrameType.GOAWAY:
        throw protocolFault(`Frame of type ${type} on stream ${streamId}`);
      case FrameType.PUSH_PROMISE:
        throw protocolFault("PUSH_PROMISE frame although server push is off");
      default:
        this.#handler.ignored(type);
    }
  }

  #windowUpdate(bytes: Uint8Array, from: number, length: number, streamId: number): void {
    if (length !== 4) throw sizeFault("WINDOW_UPDATE", length);
    const increment = readUint32(bytes, from) & MAX_WINDOW;
    if (increment > 0) this.#handler.windowUpdate(streamId, increment);
    else if (streamId === 0) throw protocolFault("WINDOW_UPDATE of 0 for the connection");
    else this.#handler.streamFault(streamId, ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
  }
}
