/** The sending half of a connection: frames of all streams gathered into few writes, within the client's windows. */
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

/** Gathered output beyond which streams keep theirs; bytes. */
const HIGH_WATER_BYTES = 256 * 1024;

/** Who owns the connection. */
export interface OutputOwner {
  /** The last chance to add to the write that is about to be made. */
  beforeWrite(): void;
  /** The stream's last frame has been gathered. */
  streamFinished(stream: WireStream): void;
  /** The socket takes nothing more. */
  writeFailed(): void;
}

/** Gathers, and writes in the next microtask: what one turn of the event loop brings leaves in one write. */
export class WireOutput implements StreamHost {
  readonly writer = new FrameWriter();
  readonly #conn: Deno.Conn;
  readonly #owner: OutputOwner;
  /** Streams whose output waits for the connection's window, for their own, or for the socket. */
  #waiting = new Set<WireStream>();
  #window = DEFAULT_WINDOW;
  #tableShrunk = false;
  #planned = false;
  #writing: Promise<void> | null = null;
  #closed = false;

  constructor(conn: Deno.Conn, owner: OutputOwner) {
    this.#conn = conn;
    this.#owner = owner;
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
    this.#owner.streamFinished(stream);
  }

  /** The client has made its header table smaller: the next block must begin by saying so. */
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

  /** The stream is gone. */
  forget(stream: WireStream): void {
    this.#waiting.delete(stream);
  }

  /** Writes what has been gathered once the present turn is over. */
  plan(): void {
    if (this.#planned || this.#writing !== null || this.#closed) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      this.#begin();
    });
  }

  /** Starts writing unless a write is under way; it may end at once, when there is nothing to write. */
  #begin(): void {
    if (this.#writing !== null) return;
    const writing = this.#write().then(() => {
      if (this.#writing === writing) this.#writing = null;
      // What was gathered while this promise settled had no write of its own.
      if (this.writer.length > 0 && !this.#closed) this.#begin();
    });
    this.#writing = writing;
  }

  /** Resolves when nothing gathered is left, or the socket has failed. */
  async flushed(): Promise<void> {
    this.#begin();
    while (this.#writing !== null) await this.#writing;
  }

  /** Writes nothing more. */
  close(): void {
    this.#closed = true;
    this.#waiting.clear();
  }

  async #write(): Promise<void> {
    try {
      this.#owner.beforeWrite();
      while (this.writer.length > 0 && !this.#closed) {
        const bytes = this.writer.take();
        for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
        this.writer.give(bytes);
        this.pumpWaiting();
        this.#owner.beforeWrite();
      }
    } catch {
      // A socket fails in many ways, and all mean the same: the client is gone.
      this.#owner.writeFailed();
    }
  }
}
