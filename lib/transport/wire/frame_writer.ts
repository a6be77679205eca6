/**
 * Collects frames, so that the frames of many streams leave in one write. Serves both sides.
 *
 * It has two buffers: while the socket writes one, frames go into the other.
 */
import { Flag, FRAME_HEADER_BYTES, FrameType, writeFrameHeader, writeUint32 } from "./frames.ts";

/** A larger buffer is released after the burst that needed it; bytes. */
const KEEP_BYTES = 512 * 1024;

/** Collects frames; `take` returns them. */
export class FrameWriter {
  #bytes: Uint8Array;
  #spare: Uint8Array | null = null;
  readonly #initial_bytes: number;
  /** Bytes collected and not yet taken. */
  length = 0;

  /** @param initial_bytes first size of the buffers */
  constructor(initial_bytes = 4096) {
    this.#initial_bytes = initial_bytes;
    this.#bytes = new Uint8Array(initial_bytes);
  }

  /** Makes room for `count` bytes and returns the buffer. The caller fills it from `length` on and adds to `length`. */
  reserve(count: number): Uint8Array {
    const needed = this.length + count;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.length));
      this.#bytes = larger;
    }
    return this.#bytes;
  }

  /** Returns the collected bytes; they stay valid until `give` or the second `take` after this one. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.length);
    this.#bytes = this.#spare ?? new Uint8Array(this.#initial_bytes);
    this.#spare = null;
    this.length = 0;
    return taken;
  }

  /** Gives back the bytes of `take`, once they are written, for reuse. */
  give(taken: Uint8Array): void {
    if (taken.buffer.byteLength > KEEP_BYTES) return;
    this.#spare = new Uint8Array(taken.buffer as ArrayBuffer);
  }

  /** Appends a frame header. */
  header(payload_bytes: number, type: number, flags: number, streamId: number): void {
    writeFrameHeader(this.reserve(FRAME_HEADER_BYTES), this.length, payload_bytes, type, flags, streamId);
    this.length += FRAME_HEADER_BYTES;
  }

  /** Appends raw bytes. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length).set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Appends an unsigned 32-bit number. */
  uint32(value: number): void {
    writeUint32(this.reserve(4), this.length, value);
    this.length += 4;
  }

  /** Appends a header block as HEADERS and, where it is longer than one frame may be, CONTINUATIONs. */
  headers(streamId: number, block: Uint8Array, endStream: boolean, maxFrameSize: number): void {
    const ending = endStream ? Flag.END_STREAM : Flag.NONE;
    if (block.length <= maxFrameSize) {
      const bytes = this.reserve(FRAME_HEADER_BYTES + block.length);
      writeFrameHeader(bytes, this.length, block.length, FrameType.HEADERS, ending | Flag.END_HEADERS, streamId);
      bytes.set(block, this.length + FRAME_HEADER_BYTES);
      this.length += FRAME_HEADER_BYTES + block.length;
      return;
    }
    this.header(maxFrameSize, FrameType.HEADERS, ending, streamId);
    this.raw(block.subarray(0, maxFrameSize));
    for (let at = maxFrameSize; at < block.length; at += maxFrameSize) {
      const part = block.subarray(at, at + maxFrameSize);
      const last = at + part.length === block.length;
      this.header(part.length, FrameType.CONTINUATION, last ? Flag.END_HEADERS : Flag.NONE, streamId);
      this.raw(part);
    }
  }

  /** Appends SETTINGS. */
  settings(values: readonly (readonly [id: number, value: number])[]): void {
    this.header(values.length * 6, FrameType.SETTINGS, Flag.NONE, 0);
    for (const [id, value] of values) {
      const bytes = this.reserve(6);
      bytes[this.length] = id >>> 8;
      bytes[this.length + 1] = id;
      writeUint32(bytes, this.length + 2, value);
      this.length += 6;
    }
  }

  /** Appends the acknowledgement of SETTINGS. */
  settingsAck(): void {
    this.header(0, FrameType.SETTINGS, Flag.ACK, 0);
  }

  /** Appends PING with eight bytes of `opaque` from `at`. */
  ping(opaque: Uint8Array, at: number, ack: boolean): void {
    this.header(8, FrameType.PING, ack ? Flag.ACK : Flag.NONE, 0);
    this.raw(opaque.subarray(at, at + 8));
  }

  /** Appends WINDOW_UPDATE; stream 0 is the connection. */
  windowUpdate(streamId: number, increment: number): void {
    this.header(4, FrameType.WINDOW_UPDATE, Flag.NONE, streamId);
    this.uint32(increment);
  }

  /** Appends RST_STREAM. */
  reset(streamId: number, code: number): void {
    this.header(4, FrameType.RST_STREAM, Flag.NONE, streamId);
    this.uint32(code);
  }

  /** Appends GOAWAY; the peer gets `debug` unchanged. */
  goaway(lastStreamId: number, code: number, debug: string): void {
    const words = new TextEncoder().encode(debug);
    this.header(8 + words.length, FrameType.GOAWAY, Flag.NONE, 0);
    this.uint32(lastStreamId);
    this.uint32(code);
    this.raw(words);
  }
}
