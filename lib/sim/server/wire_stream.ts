/** One HTTP/2 stream from the server's side, as a gRPC call. */
import type { Metadata } from "../../transport/channel.ts";
import { StatusCode } from "../../transport/status.ts";
import { DEFAULT_FRAME_SIZE, Flag, FrameType, writeUint32 } from "../../transport/wire/frames.ts";
import type { FrameWriter } from "../../transport/wire/frame_writer.ts";
import { PREFIX_BYTES } from "../../transport/wire/grpc/messages.ts";
import { MessageFault, RequestReader } from "./message_reader.ts";
import type { HeaderField } from "../../transport/wire/hpack/encoder.ts";
import { REPLY_HEADERS, trailers, trailersOnly } from "./response_headers.ts";
import type { CallHandler, Handle, ServerCall } from "./server.ts";

/** Queue size of a call from which `write` returns false; bytes. */
const HIGH_WATER_BYTES = 64 * 1024;

/** The part of a connection that its streams use. */
export interface StreamHost {
  readonly writer: FrameWriter;
  /** Room in the connection's window and its write buffer; bytes. */
  room(): number;
  /** Takes from the connection's window. */
  spend(bytes: number): void;
  /** Sends a header block. */
  sendHeaders(streamId: number, block: Uint8Array, endStream: boolean): void;
  /** The stream has output without room: call `pump` when there is room. */
  waitForRoom(stream: WireStream): void;
  /** The stream's last frame has been collected. */
  finished(stream: WireStream): void;
}

/** A call. */
export class WireStream implements ServerCall {
  readonly id: number;
  readonly path: string;
  readonly metadata: Metadata;
  readonly timeout_ms: number | null;
  /** The client's window for this stream; may be negative after new SETTINGS. Bytes. */
  send_window: number;
  /** Our window for the client; bytes. */
  receive_window: number;
  /** The client has ended its side. */
  remote_closed = false;
  readonly #host: StreamHost;
  readonly #reader: RequestReader;
  #handler: CallHandler | null = null;
  #headers_sent = false;
  /** Output without room; the first `#offset` bytes of its head are sent. */
  #queue: Uint8Array[] = [];
  #offset = 0;
  #queued_bytes = 0;
  #drain_wanted = false;
  /** Set by `end`; sent once the queue is empty. */
  #ending: { code: number; details: string; more: readonly HeaderField[] } | null = null;
  #done = false;

  constructor(
    host: StreamHost,
    id: number,
    head: { path: string; metadata: Metadata; timeout_ms: number | null; gzip: boolean },
    windows: { send: number; receive: number },
  ) {
    this.#host = host;
    this.id = id;
    this.path = head.path;
    this.metadata = head.metadata;
    this.timeout_ms = head.timeout_ms;
    this.send_window = windows.send;
    this.receive_window = windows.receive;
    this.#reader = new RequestReader(head.gzip, this.#deliver);
  }

  /** Passes the call to its handler. */
  begin(handle: Handle): void {
    this.#guard(() => this.#handler = handle(this));
  }

  /** DATA came. */
  receive(bytes: Uint8Array, from: number, to: number): void {
    this.#guard(() => this.#reader.read(bytes, from, to));
  }

  /** The client ended its side. */
  halfClose(): void {
    if (this.#ending !== null || this.#done) return;
    this.#guard(() => {
      if (this.#reader.unfinished) throw new MessageFault(StatusCode.INTERNAL, "the stream ended inside a message");
      this.#handler?.halfClose();
    });
  }

  /** The client or the connection has gone: stops sending. */
  abort(): void {
    if (this.#done) return;
    this.#done = true;
    this.#queue = [];
    if (this.#ending === null) this.#handler?.cancel();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ending !== null || this.#done) return true;
    if (!this.#headers_sent) {
      this.#headers_sent = true;
      this.#host.sendHeaders(this.id, REPLY_HEADERS, false);
    }
    const total = PREFIX_BYTES + bytes.length;
    if (this.#queue.length === 0 && total <= this.#frameRoom()) {
      this.#sendWhole(bytes, total);
      return true;
    }
    const framed = new Uint8Array(total);
    writeUint32(framed, 1, bytes.length);
    framed.set(bytes, PREFIX_BYTES);
    this.#queue.push(framed);
    this.#queued_bytes += total;
    this.pump();
    this.#drain_wanted = this.#queued_bytes > HIGH_WATER_BYTES;
    return !this.#drain_wanted;
  }

  end(code: number, details: string, more: readonly HeaderField[] = []): void {
    if (this.#ending !== null || this.#done) return;
    this.#ending = { code, details, more };
    if (this.#queue.length === 0) this.#finish();
  }

  /** Sends output that has room now. */
  pump(): void {
    if (this.#done) return;
    while (this.#queue.length > 0) {
      const head = this.#queue[0]!;
      const count = Math.min(head.length - this.#offset, this.#frameRoom());
      if (count <= 0) return this.#host.waitForRoom(this);
      this.#sendPart(head.subarray(this.#offset, this.#offset + count));
      this.#offset += count;
      if (this.#offset < head.length) continue;
      this.#queue.shift();
      this.#offset = 0;
    }
    if (this.#ending !== null) return this.#finish();
    if (!this.#drain_wanted) return;
    this.#drain_wanted = false;
    this.#handler?.drain();
  }

  /** An error in a call's bytes or handler ends only this call. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#handler?.cancel();
      if (error instanceof MessageFault) this.end(error.code, error.message);
      else this.end(StatusCode.INTERNAL, `the simulator failed: ${(error as Error).message}`);
    }
  }

  readonly #deliver = (message: Uint8Array): void => {
    if (this.#ending === null && !this.#done) this.#handler?.message(message);
  };

  /** Largest DATA frame allowed now; every peer accepts frames of the default size. */
  #frameRoom(): number {
    return Math.min(this.send_window, this.#host.room(), DEFAULT_FRAME_SIZE);
  }

  /** Sends a message with its prefix in one frame, the way of nearly every message. */
  #sendWhole(bytes: Uint8Array, total: number): void {
    const { writer } = this.#host;
    writer.header(total, FrameType.DATA, Flag.NONE, this.id);
    const out = writer.reserve(total);
    out[writer.length] = 0;
    writeUint32(out, writer.length + 1, bytes.length);
    out.set(bytes, writer.length + PREFIX_BYTES);
    writer.length += total;
    this.#spend(total);
  }

  #sendPart(part: Uint8Array): void {
    const { writer } = this.#host;
    writer.header(part.length, FrameType.DATA, Flag.NONE, this.id);
    writer.raw(part);
    this.#queued_bytes -= part.length;
    this.#spend(part.length);
  }

  #spend(bytes: number): void {
    this.send_window -= bytes;
    this.#host.spend(bytes);
  }

  #finish(): void {
    const { code, details, more } = this.#ending!;
    this.#done = true;
    const block = this.#headers_sent ? trailers(code, details, more) : trailersOnly(code, details, more);
    this.#host.sendHeaders(this.id, block, true);
    this.#host.finished(this);
  }
}
