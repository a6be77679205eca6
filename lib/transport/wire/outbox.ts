/**
 * The sending half of a connection: collects the frames of all streams and writes once per turn, within the peer's
 * windows.
 *
 * When the windows or this buffer are full, DATA waits in its stream, so a slow peer costs no memory here. Frames leave
 * in the order in which they are added: servers that drain take our PING answer as "all streams have come", and a
 * setting is in force once acknowledged.
 */
import type { ByteSocket } from "../socket/byte_socket.ts";
import { DEFAULT_FRAME_SIZE, DEFAULT_WINDOW, Flag, FRAME_HEADER_BYTES, FrameType, writeFrameHeader } from "./frames.ts";
import { FrameWriter } from "./frame_writer.ts";
import { afterTableUpdate } from "./hpack/encoder.ts";
import type { Stream } from "./stream.ts";

/** Buffer size from which no DATA is added; bytes. */
const HIGH_WATER_BYTES = 256 * 1024;
/** Buffer size from which no stream is opened, since the socket is blocked; bytes. */
const FULL_BYTES = 1024 * 1024;
/** Initial SETTINGS_HEADER_TABLE_SIZE (RFC 9113 section 6.5.2); bytes. */
const DEFAULT_TABLE_BYTES = 4096;

/** Frames to one socket. */
export class Outbox {
  readonly #socket: ByteSocket;
  readonly #failed: (error: unknown) => void;
  readonly #frames = new FrameWriter();
  /** Streams with DATA that waits for the connection's window or this buffer. */
  readonly #held = new Set<Stream>();
  /** Streams whose HEADERS are in the next write; two lists alternate. */
  #opened: Stream[] = [];
  #openedBefore: Stream[] = [];
  #writing: Promise<void> | null = null;
  #scheduled = false;
  #closed = false;
  /** True while frames are read: their results leave in one write after the last frame. */
  corked = false;
  /** The peer's window for the whole connection; bytes. */
  window = DEFAULT_WINDOW;
  /** The peer's SETTINGS_MAX_FRAME_SIZE; bytes. */
  max_frame_size = DEFAULT_FRAME_SIZE;
  /** Bytes written in total. */
  sent_bytes = 0;
  /** Messages of which the last byte was collected, in total. */
  sent_messages = 0;
  /** Bytes of PING answers that wait for the peer to read. */
  pong_bytes = 0;
  /** The acknowledged size of the peer's header table, which our blocks never use; bytes. */
  #table_bytes = DEFAULT_TABLE_BYTES;
  #tableUpdateDue = false;

  /** @param failed called when a write fails */
  constructor(socket: ByteSocket, failed: (error: unknown) => void) {
    this.#socket = socket;
    this.#failed = failed;
  }

  /** Frames to append to; call `touch` afterwards. */
  get frames(): FrameWriter {
    return this.#frames;
  }

  /** True if the peer has stopped reading, so no stream should be opened. */
  get full(): boolean {
    return this.#frames.length > FULL_BYTES;
  }

  /**
   * The peer's SETTINGS_HEADER_TABLE_SIZE: after a decrease the next block must acknowledge it (RFC 7541 section 4.2).
   */
  set header_table_size(bytes: number) {
    if (bytes < this.#table_bytes) this.#tableUpdateDue = true;
  }

  /** Answers a PING: after the frames that were there before it. */
  pong(bytes: Uint8Array, from: number): void {
    const before = this.#frames.length;
    this.#frames.ping(bytes, from, true);
    this.pong_bytes += this.#frames.length - before;
    this.touch();
  }

  /** Opens a stream: sends its HEADERS and as much of its queue as allowed. */
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
      if (left <= this.#room(stream)) {
        this.#data(stream, only, left, true);
        this.sent_messages++;
      } else {
        stream.queue = [only];
      }
    }
    if (stream.queue.length > 0 || stream.half_closed) this.pump(stream);
    else this.touch();
  }

  /** Bytes of DATA allowed in one frame now; 0 or less: none. */
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
      if (count < left) continue;
      queue.shift();
      this.sent_messages++;
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

  /** Continues waiting streams: the window or the buffer has room again. */
  resume(): void {
    for (const stream of this.#held) {
      if (this.window <= 0 || this.#frames.length >= HIGH_WATER_BYTES) return;
      this.#held.delete(stream);
      this.pump(stream);
      stream.progressed();
    }
  }

  /** The stream has ended: drops its queue. */
  forget(stream: Stream): void {
    if (this.#held.size > 0) this.#held.delete(stream);
  }

  /** Schedules a write at the end of this turn. */
  touch(): void {
    if (this.corked || this.#scheduled || this.#writing !== null || this.#closed) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  /** Writes the collected frames, or leaves them to the write in progress. */
  flush(): void {
    if (this.#writing !== null || this.#closed || this.#frames.length === 0) return;
    this.#writing = this.#write();
  }

  async #write(): Promise<void> {
    try {
      while (this.#frames.length > 0 && !this.#closed) {
        this.#announce();
        const bytes = this.#frames.take();
        this.pong_bytes = 0;
        let at = await this.#socket.write(bytes);
        while (at < bytes.length) at += await this.#socket.write(bytes.subarray(at));
        this.sent_bytes += bytes.length;
        this.#frames.give(bytes);
        if (this.#held.size > 0) this.resume();
      }
      this.#writing = null;
    } catch (error) {
      this.#writing = null;
      this.#failed(error);
    }
  }

  #announce(): void {
    if (this.#opened.length === 0) return;
    const opened = this.#opened;
    this.#opened = this.#openedBefore;
    this.#openedBefore = opened;
    for (const stream of opened) stream.handedOver();
    opened.length = 0;
  }

  /** The socket failed: stops writing. */
  abort(): void {
    this.#closed = true;
  }

  /** Writes the collected frames, waits at most `limit_ms` for the peer to take them, then stops. */
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
