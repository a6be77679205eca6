/** One HTTP/2 connection from the server's side (RFC 9113): the effect of each frame, and the limits on clients. */
import {
  ConnectionFault,
  DEFAULT_WINDOW,
  ErrorCode,
  MAX_WINDOW,
  PREFACE,
  SettingId,
} from "../../transport/wire/frames.ts";
import { type FrameHandler, FrameReader } from "../../transport/wire/frame_reader.ts";
import { HpackDecoder } from "../../transport/wire/hpack/decoder.ts";
import { Settings } from "../../transport/wire/settings.ts";
import { type RequestHead, RequestHeadReader } from "./request_headers.ts";
import { httpStatus } from "./response_headers.ts";
import type { Handle } from "./server.ts";
import { type OutputListener, WireOutput } from "./wire_output.ts";
import { WireStream } from "./wire_stream.ts";

/** Our window for each stream; bytes. */
const STREAM_WINDOW = 1024 * 1024;
/** Our window for the connection; bytes. */
const CONNECTION_WINDOW = 16 * 1024 * 1024;
/** Most calls in flight on one connection. */
const MAX_STREAMS = 20_000;
/** Size of collected output from which reading stops, answers to PING and SETTINGS included; bytes. */
const STOP_READING_BYTES = 1024 * 1024;
/** Most PING, SETTINGS, RST_STREAM, PRIORITY, empty DATA and unknown frames of a client in a second. */
const MAX_CONTROL_PER_S = 50_000;
const READ_BUFFER_BYTES = 32 * 1024;
/** How long a client may take to send the HTTP/2 preface. */
const GREETING_MS = 10_000;
/** How long an ended connection waits for the client to close, so that the client can read our GOAWAY. */
const LINGER_MS = 1000;

/** The part of the server that connections use. */
export interface ConnectionServer {
  /** The handler of this path. */
  handlerFor(path: string): Handle;
}

/** A connection; `run` lives as long as it does. */
export class WireConnection implements FrameHandler, OutputListener {
  readonly #conn: Deno.Conn;
  readonly #server: ConnectionServer;
  readonly #output: WireOutput;
  readonly #reader = new FrameReader(this);
  readonly #heads = new RequestHeadReader(new HpackDecoder());
  readonly #peer = new Settings();
  readonly #streams = new Map<number, WireStream>();
  /** Streams that we have ended and the client has not: reset unless the client's end comes in the same read. */
  #early: WireStream[] = [];
  #receive_window = CONNECTION_WINDOW;
  #lastStream = 0;
  #goingAway = false;
  /** Timer that closes a connection that does not begin, or does not end. */
  #patience: ReturnType<typeof setTimeout> | null = null;
  #hungUp = false;
  #closed = false;
  #control = 0;
  #control_since_ms = performance.now();

  constructor(conn: Deno.Conn, server: ConnectionServer) {
    this.#conn = conn;
    this.#server = server;
    this.#output = new WireOutput(conn, this);
  }

  /** Calls in flight. */
  get calls(): number {
    return this.#streams.size;
  }

  /** Serves until the connection ends. */
  async run(): Promise<void> {
    try {
      await this.#serve();
    } catch (error) {
      if (error instanceof ConnectionFault) await this.#sayWhy(error);
      else if (!isSocketError(error)) throw error;
    } finally {
      this.drop();
    }
  }

  /** Sends GOAWAY; the connection closes once the calls in flight have ended. */
  sendAway(): void {
    if (this.#closed || this.#goingAway) return;
    this.#goingAway = true;
    this.#output.writer.goaway(this.#lastStream, ErrorCode.NO_ERROR, "");
    this.#output.plan();
    this.#closeIfDone();
  }

  /** Closes the connection at once; its calls are cancelled. */
  drop(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#patience !== null) clearTimeout(this.#patience);
    this.#reader.stop();
    this.#output.close();
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    for (const stream of streams) stream.abort();
    this.#conn.close();
  }

  async #serve(): Promise<void> {
    this.#greet();
    const bytes = new Uint8Array(READ_BUFFER_BYTES);
    let have = 0;
    let greeted = false;
    while (!this.#closed) {
      const count = await this.#conn.read(bytes.subarray(have));
      if (count === null) return;
      have += count;
      let at = 0;
      if (!greeted) {
        if (!isPreface(bytes, Math.min(have, PREFACE.length))) return;
        if (have < PREFACE.length) continue;
        greeted = true;
        at = PREFACE.length;
        if (!this.#hungUp) this.#wait(null);
      }
      at = this.#reader.read(bytes, at, have);
      if (at < have) bytes.copyWithin(0, at, have);
      have -= at;
      this.#output.plan();
      while (this.#output.writer.length > STOP_READING_BYTES && !this.#closed) await this.#output.flushed();
    }
  }

  #greet(): void {
    const { writer } = this.#output;
    writer.settings([
      [SettingId.MAX_CONCURRENT_STREAMS, MAX_STREAMS],
      [SettingId.INITIAL_WINDOW_SIZE, STREAM_WINDOW],
    ]);
    writer.windowUpdate(0, CONNECTION_WINDOW - DEFAULT_WINDOW);
    this.#output.plan();
    this.#wait(GREETING_MS);
  }

  /** Sets the timer that closes the connection; null: stops it. */
  #wait(limit_ms: number | null): void {
    if (this.#patience !== null) clearTimeout(this.#patience);
    this.#patience = limit_ms === null ? null : setTimeout(() => this.drop(), limit_ms);
  }

  /** Ends the connection with a reason for the client. */
  async #sayWhy(fault: ConnectionFault): Promise<void> {
    if (this.#closed) return;
    this.#output.writer.goaway(this.#lastStream, fault.code, fault.message);
    await this.#hangUp();
    const rest = new Uint8Array(READ_BUFFER_BYTES);
    try {
      while (!this.#closed && await this.#conn.read(rest) !== null);
    } catch (error) {
      if (!isSocketError(error)) throw error;
    }
  }

  /** Closes our side; the client has a moment to close its own. */
  async #hangUp(): Promise<void> {
    this.#hungUp = true;
    this.#wait(LINGER_MS);
    await this.#output.flushed();
    if (!this.#closed) await this.#conn.closeWrite().catch(() => this.drop());
  }

  #closeIfDone(): void {
    if (this.#goingAway && this.#streams.size === 0 && !this.#hungUp) void this.#hangUp();
  }

  // Frames of the client.

  data(streamId: number, bytes: Uint8Array, from: number, to: number, flow_bytes: number, endStream: boolean): void {
    this.#credit(flow_bytes);
    if (flow_bytes === 0 && !endStream) this.#countControl();
    const stream = this.#known(streamId);
    if (stream === undefined) return;
    stream.receive_window -= flow_bytes;
    if (stream.remote_closed || stream.receive_window < 0) {
      return this.streamFault(streamId, stream.remote_closed ? ErrorCode.STREAM_CLOSED : ErrorCode.FLOW_CONTROL_ERROR);
    }
    if (stream.receive_window < STREAM_WINDOW / 2 && !endStream) {
      this.#output.writer.windowUpdate(streamId, STREAM_WINDOW - stream.receive_window);
      stream.receive_window = STREAM_WINDOW;
    }
    stream.remote_closed = endStream;
    if (to > from) stream.receive(bytes, from, to);
    if (endStream) stream.halfClose();
  }

  headers(streamId: number, bytes: Uint8Array, from: number, to: number, endStream: boolean): void {
    const head = this.#heads.read(bytes, from, to);
    if (streamId <= this.#lastStream) return this.#moreHeaders(streamId, endStream);
    if (streamId % 2 === 0) throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, `A client opened stream ${streamId}`);
    this.#lastStream = streamId;
    if (this.#goingAway) return;
    if (this.#streams.size >= MAX_STREAMS) return this.#output.writer.reset(streamId, ErrorCode.REFUSED_STREAM);
    this.#open(streamId, head, endStream);
  }

  reset(streamId: number): void {
    this.#countControl();
    const stream = this.#known(streamId);
    if (stream !== undefined) this.#abort(stream);
  }

  settings(bytes: Uint8Array, from: number, to: number): void {
    this.#countControl();
    const before = this.#peer.initial_window_size;
    this.#peer.apply(bytes, from, to);
    if (this.#peer.header_table_size < 4096) this.#output.shrinkTable();
    const grown = this.#peer.initial_window_size - before;
    for (const stream of this.#streams.values()) {
      stream.send_window += grown;
      if (stream.send_window > MAX_WINDOW) {
        throw new ConnectionFault(ErrorCode.FLOW_CONTROL_ERROR, `The window of stream ${stream.id} is above 2^31-1`);
      }
    }
    this.#output.writer.settingsAck();
    if (grown > 0) this.#output.pumpWaiting();
  }

  settingsAck(): void {
    this.#countControl();
  }

  ping(bytes: Uint8Array, from: number, ack: boolean): void {
    this.#countControl();
    if (!ack) this.#output.writer.ping(bytes, from, true);
  }

  /** GOAWAY of a client needs no action: we open no streams. */
  goaway(): void {
    this.#countControl();
  }

  windowUpdate(streamId: number, increment: number): void {
    if (streamId === 0) return this.#output.widen(increment);
    const stream = this.#known(streamId);
    if (stream === undefined) return;
    stream.send_window += increment;
    if (stream.send_window > MAX_WINDOW) return this.streamFault(streamId, ErrorCode.FLOW_CONTROL_ERROR);
    this.#output.pump(stream);
  }

  ignored(): void {
    this.#countControl();
  }

  streamFault(streamId: number, code: number): void {
    const stream = this.#known(streamId);
    this.#output.writer.reset(streamId, code);
    if (stream !== undefined) this.#abort(stream);
  }

  #open(streamId: number, head: RequestHead, endStream: boolean): void {
    if (head.kind === "malformed") return this.#output.writer.reset(streamId, ErrorCode.PROTOCOL_ERROR);
    if (head.kind === "http_status") {
      this.#output.sendHeaders(streamId, httpStatus(head.status), true);
      if (!endStream) this.#output.writer.reset(streamId, ErrorCode.NO_ERROR);
      return;
    }
    const windows = { send: this.#peer.initial_window_size, receive: STREAM_WINDOW };
    const stream = new WireStream(this.#output, streamId, head, windows);
    stream.remote_closed = endStream;
    this.#streams.set(streamId, stream);
    stream.begin(this.#server.handlerFor(head.path));
    if (endStream) stream.halfClose();
  }

  /** Trailers of a request must end it; those of an ended stream are ignored. */
  #moreHeaders(streamId: number, endStream: boolean): void {
    const stream = this.#known(streamId);
    if (stream === undefined) return this.#countControl();
    if (!endStream || stream.remote_closed) return this.streamFault(streamId, ErrorCode.PROTOCOL_ERROR);
    stream.remote_closed = true;
    stream.halfClose();
  }

  /** Counts DATA of any stream against the connection's window, and opens it again. */
  #credit(flow_bytes: number): void {
    this.#receive_window -= flow_bytes;
    if (this.#receive_window < 0) {
      throw new ConnectionFault(ErrorCode.FLOW_CONTROL_ERROR, "More data than the connection's window allows");
    }
    if (this.#receive_window >= CONNECTION_WINDOW / 2) return;
    this.#output.writer.windowUpdate(0, CONNECTION_WINDOW - this.#receive_window);
    this.#receive_window = CONNECTION_WINDOW;
  }

  /** The stream, or undefined if it has ended. A stream that never existed is an error of the client. */
  #known(streamId: number): WireStream | undefined {
    const stream = this.#streams.get(streamId);
    if (stream === undefined && (streamId > this.#lastStream || streamId % 2 === 0)) {
      throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, `Frame on stream ${streamId}, which is idle`);
    }
    return stream;
  }

  #countControl(): void {
    if (++this.#control < MAX_CONTROL_PER_S) return;
    const now_ms = performance.now();
    if (now_ms - this.#control_since_ms < 1000) {
      throw new ConnectionFault(ErrorCode.ENHANCE_YOUR_CALM, `More than ${MAX_CONTROL_PER_S} control frames a second`);
    }
    this.#control_since_ms = now_ms;
    this.#control = 0;
  }

  // Events on our side.

  beforeWrite(): void {
    for (const stream of this.#early) {
      if (!stream.remote_closed) this.#output.writer.reset(stream.id, ErrorCode.NO_ERROR);
      this.#forget(stream);
    }
    this.#early.length = 0;
  }

  streamFinished(stream: WireStream): void {
    if (stream.remote_closed) this.#forget(stream);
    else this.#early.push(stream);
  }

  writeFailed(): void {
    this.drop();
  }

  #abort(stream: WireStream): void {
    this.#forget(stream);
    stream.abort();
  }

  #forget(stream: WireStream): void {
    this.#output.forget(stream);
    this.#streams.delete(stream.id);
    this.#closeIfDone();
  }
}

function isPreface(bytes: Uint8Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (bytes[i] !== PREFACE[i]) return false;
  return true;
}

/** Whether an error only means that the connection has ended. */
export function isSocketError(error: unknown): boolean {
  return error instanceof Error && Object.values(Deno.errors).some((kind) => error instanceof kind);
}
