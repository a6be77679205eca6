/**
 * The sending half of a connection: collects the frames of all streams into few writes, within the client's windows.
 */
import {
  ConnectionFault,
  DEFAULT_FRAME_SIZE,
  DEFAULT_WINDOW,
  ErrorCode,
  MAX_WINDOW,
} from "../../transport/wire/frames.ts";
import { FrameWriter } from "../../transport/wire/frame_writer.ts";
import { afterTableUpdate } from "../../transport/wire/hpack/encoder.ts";
import type { StreamHost, WireStream } from "./wire_stream.ts";

/** Size of collected output from which streams keep theirs; bytes. */
const HIGH_WATER_BYTES = 256 * 1024;

/** Listener of the output. */
export interface OutputListener {
  /** Last chance to add frames to the next write. */
  beforeWrite(): void;
  /** The stream's last frame has been collected. */
  streamFinished(stream: WireStream): void;
  /** The socket failed. */
  writeFailed(): void;
}

/** Collects frames and writes them in the next microtask, so the frames of one turn leave in one write. */
export class WireOutput implements StreamHost {
  readonly writer = new FrameWriter();
  readonly #conn: Deno.Conn;
  readonly #listener: OutputListener;
  /** Streams whose output waits for the connection's window, their own window, or the socket. */
  #waiting = new Set<WireStream>();
  #window = DEFAULT_WINDOW;
  #tableShrunk = false;
  #planned = false;
  #writing: Promise<void> | null = null;
  #closed = false;

  constructor(conn: Deno.Conn, listener: OutputListener) {
    this.#conn = conn;
    this.#listener = listener;
  }

  room(): number {
    return Math.min(this.#window, HIGH_WATER_BYTES - this.writer.length);
  }

  spend(bytes: number): void {
    this.#window -= bytes;
    this.plan();
  }

  sendHeaders(streamId: number, block: Uint8Array, endStream: boolean): void {
    let sent = block;
    if (this.#tableShrunk) {
      this.#tableShrunk = false;
      sent = afterTableUpdate(block);
    }
    this.writer.headers(streamId, sent, endStream, DEFAULT_FRAME_SIZE);
    this.plan();
  }

  waitForRoom(stream: WireStream): void {
    this.#waiting.add(stream);
    this.plan();
  }

  finished(stream: WireStream): void {
    this.#waiting.delete(stream);
    this.#listener.streamFinished(stream);
  }

  /** The client made its header table smaller: the next block must begin with a size update. */
  shrinkTable(): void {
    this.#tableShrunk = true;
  }

  /** @throws {ConnectionFault} when the window grows beyond what HTTP/2 allows. */
  widen(increment: number): void {
    this.#window += increment;
    if (this.#window > MAX_WINDOW) {
      throw new ConnectionFault(ErrorCode.FLOW_CONTROL_ERROR, "The connection's window is above 2^31-1");
    }
    this.pumpWaiting();
  }

  /** Lets every waiting stream try again. */
  pumpWaiting(): void {
    if (this.#waiting.size === 0) return;
    const streams = this.#waiting;
    this.#waiting = new Set();
    for (const stream of streams) stream.pump();
  }

  /** Lets one stream try again, if it waits. */
  pump(stream: WireStream): void {
    if (this.#waiting.delete(stream)) stream.pump();
  }

  /** Removes an ended stream. */
  forget(stream: WireStream): void {
    this.#waiting.delete(stream);
  }

  /** Schedules a write after the present turn. */
  plan(): void {
    if (this.#planned || this.#writing !== null || this.#closed) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      this.#begin();
    });
  }

  /** Starts a write unless one is in progress; it ends at once if there is nothing to write. */
  #begin(): void {
    if (this.#writing !== null) return;
    const writing = this.#write().then(() => {
      if (this.#writing === writing) this.#writing = null;
      // Frames collected while this promise settled have no write yet.
      if (this.writer.length > 0 && !this.#closed) this.#begin();
    });
    this.#writing = writing;
  }

  /** Resolves when all frames are written, or the socket has failed. */
  async flushed(): Promise<void> {
    this.#begin();
    while (this.#writing !== null) await this.#writing;
  }

  /** Stops writing. */
  close(): void {
    this.#closed = true;
    this.#waiting.clear();
  }

  async #write(): Promise<void> {
    try {
      this.#listener.beforeWrite();
      while (this.writer.length > 0 && !this.#closed) {
        const bytes = this.writer.take();
        for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
        this.writer.give(bytes);
        this.pumpWaiting();
        this.#listener.beforeWrite();
      }
    } catch {
      // A socket fails in many ways, and all mean that the client has gone.
      this.#listener.writeFailed();
    }
  }
}
