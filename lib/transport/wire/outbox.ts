/**
 * The sending half of a connection: frames of all streams gathered and written once per turn, within the peer's windows.
 *
 * DATA waits with its stream when the windows or this buffer are full, so a peer that reads slowly holds streams, not
 * memory. PING answers overtake what is buffered.
 */
import type { ByteSocket } from "../socket/byte_socket.ts";
import { DEFAULT_FRAME_SIZE, DEFAULT_WINDOW, Flag, FRAME_HEADER_BYTES, FrameType, writeFrameHeader } from "./frames.ts";
import { FrameWriter } from "./frame_writer.ts";
import { afterTableUpdate } from "./hpack/encoder.ts";
import type { Stream } from "./stream.ts";

/** No DATA is added beyond this; bytes. */
const HIGH_WATER_BYTES = 256 * 1024;
/** No stream is opened beyond this: the socket is stuck; bytes. */
const FULL_BYTES = 1024 * 1024;
/** SETTINGS_HEADER_TABLE_SIZE before any is told (RFC 9113 section 6.5.2); bytes. */
const DEFAULT_TABLE_BYTES = 4096;

/** Up to this, frames are copied behind PING answers to save a write; bytes. */
const JOINED_BYTES = 16 * 1024;

/** Frames on their way to one socket. */
export class Outbox {
  readonly #socket: ByteSocket;
  readonly #failed: (error: unknown) => void;
  readonly #frames = new FrameWriter();
  readonly #urgent = new FrameWriter(64);
  /** Streams with DATA that the connection's window or this buffer holds up. */
  readonly #held = new Set<Stream>();
  /** Streams whose HEADERS are in what is written next; two lists take turns. */
  #opened: Stream[] = [];
  #openedBefore: Stream[] = [];
  #writing: Promise<void> | null = null;
  #scheduled = false;
  #closed = false;
  /** True while frames are being read: what they cause leaves in one write after the last of them. */
  corked = false;
  /** The peer's window for the whole connection; bytes. */
  window = DEFAULT_WINDOW;
  /** The peer's SETTINGS_MAX_FRAME_SIZE; bytes. */
  max_frame_size = DEFAULT_FRAME_SIZE;
  /** Bytes written in total. */
  sent_bytes = 0;
  /** The size of the peer's header table that we have agreed to; our blocks never use it. */
  #table_bytes = DEFAULT_TABLE_BYTES;
  #tableUpdateDue = false;

  /** @param failed told once a write fails */
  constructor(socket: ByteSocket, failed: (error: unknown) => void) {
    this.#socket = socket;
    this.#failed = failed;
  }

  /** Frames to append to; call `touch` afterwards. */
  get frames(): FrameWriter {
    return this.#frames;
  }

  /** True when the peer has stopped reading, so that no stream should be opened. */
  get full(): boolean {
    return this.#frames.length > FULL_BYTES;
  }

  /** Bytes of PING answers the peer has not taken. */
  get urgent_bytes(): number {
    return this.#urgent.length;
  }

  /** The peer's SETTINGS_HEADER_TABLE_SIZE: where it shrinks, the next block must say so (RFC 7541 section 4.2). */
  set header_table_size(bytes: number) {
    if (bytes < this.#table_bytes) this.#tableUpdateDue = true;
  }

  /** Answers a PING ahead of everything buffered. */
  pong(bytes: Uint8Array, from: number): void {
    this.#urgent.ping(bytes, from, true);
    this.touch();
  }

  /** Opens a stream: its HEADERS, and as much of its queue as may be sent. */
  open(stream: Stream, block: Uint8Array): void {
    this.#frames.headers(
      stream.id,
      this.#tableUpdateDue ? this.#updateTable(block) : block,
      false,
      this.max_frame_size,
    );
    this.#opened.push(stream);
    const { only } = stream;
    if (only !== null) {
      const left = only.left_bytes;
      stream.queued_bytes = left;
      if (left <= this.#room(stream)) this.#data(stream, only, left, true);
      else stream.queue = [only];
    }
    if (stream.queue.length > 0 || stream.half_closed) this.pump(stream);
    else this.touch();
  }

  /** Bytes of DATA that may go in one frame now; not above 0: none. */
  #room(stream: Stream): number {
    const buffer = HIGH_WATER_BYTES - this.#frames.length;
    return Math.min(stream.send_window, this.window, this.max_frame_size, buffer);
  }

  #updateTable(block: Uint8Array): Uint8Array {
    this.#table_bytes = 0;
    this.#tableUpdateDue = false;
    return afterTableUpdate(block);
  }

  /** Sends as much of the stream's queue as the windows and the buffer take. */
  pump(stream: Stream): void {
    const { queue } = stream;
    while (queue.length > 0) {
      const message = queue[0]!;
      const left = message.left_bytes;
      const count = Math.min(left, this.#room(stream));
      if (count <= 0) {
        if (stream.send_window > 0) this.#held.add(stream);
        break;
      }
      const ends = stream.half_closed && count === left && queue.length === 1;
      this.#data(stream, message, count, ends);
      if (count === left) queue.shift();
    }
    if (stream.half_closed && queue.length === 0 && !stream.end_sent) {
      this.#frames.header(0, FrameType.DATA, Flag.END_STREAM, stream.id);
      stream.end_sent = true;
    }
    this.touch();
  }

  #data(stream: Stream, message: Stream["queue"][number], count: number, ends: boolean): void {
    const frames = this.#frames;
    const bytes = frames.reserve(FRAME_HEADER_BYTES + count);
    writeFrameHeader(bytes, frames.length, count, FrameType.DATA, ends ? Flag.END_STREAM : Flag.NONE, stream.id);
    message.copy(bytes, frames.length + FRAME_HEADER_BYTES, count);
    frames.length += FRAME_HEADER_BYTES + count;
    stream.send_window -= count;
    stream.queued_bytes -= count;
    this.window -= count;
    if (ends) stream.end_sent = true;
  }

  /** Lets held streams go on: the window or the buffer has room again. */
  resume(): void {
    for (const stream of this.#held) {
      if (this.window <= 0 || this.#frames.length >= HIGH_WATER_BYTES) return;
      this.#held.delete(stream);
      this.pump(stream);
      stream.progressed();
    }
  }

  /** The stream has ended: nothing of its queue is sent any more. */
  forget(stream: Stream): void {
    if (this.#held.size > 0) this.#held.delete(stream);
  }

  /** Sees to it that what is gathered is written at the end of this turn. */
  touch(): void {
    if (this.corked || this.#scheduled || this.#writing !== null || this.#closed) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  /** Writes what is gathered, unless a write is going on, after which it will be written. */
  flush(): void {
    if (this.#writing !== null || this.#closed || this.#frames.length + this.#urgent.length === 0) return;
    this.#writing = this.#write();
  }

  async #write(): Promise<void> {
    try {
      while (this.#frames.length + this.#urgent.length > 0 && !this.#closed) {
        this.#announce();
        const source = this.#next();
        const bytes = source.take();
        let at = await this.#socket.write(bytes);
        while (at < bytes.length) at += await this.#socket.write(bytes.subarray(at));
        this.sent_bytes += bytes.length;
        source.give(bytes);
        if (this.#held.size > 0) this.resume();
      }
      this.#writing = null;
    } catch (error) {
      this.#writing = null;
      this.#failed(error);
    }
  }

  /** What to write next: answers to PINGs first, and with them all else where that is little. */
  #next(): FrameWriter {
    if (this.#urgent.length === 0) return this.#frames;
    if (this.#frames.length > 0 && this.#frames.length <= JOINED_BYTES) {
      const rest = this.#frames.take();
      this.#urgent.raw(rest);
      this.#frames.give(rest);
    }
    return this.#urgent;
  }

  #announce(): void {
    if (this.#opened.length === 0 || (this.#urgent.length > 0 && this.#frames.length > JOINED_BYTES)) return;
    const opened = this.#opened;
    this.#opened = this.#openedBefore;
    this.#openedBefore = opened;
    for (const stream of opened) stream.handedOver();
    opened.length = 0;
  }

  /** The socket is gone: nothing is written any more. */
  abort(): void {
    this.#closed = true;
  }

  /** Writes what is gathered, gives the peer `limit_ms` to take it, then ends: nothing is sent any more. */
  async close(limit_ms: number): Promise<void> {
    if (this.#closed) return;
    this.flush();
    const writing = this.#writing;
    if (writing !== null) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      await Promise.race([writing, new Promise((resolve) => timer = setTimeout(resolve, limit_ms))]);
      clearTimeout(timer);
    }
    this.#closed = true;
  }
}
