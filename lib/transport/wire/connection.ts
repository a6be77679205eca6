/**
 * One HTTP/2 connection, client side: a tagged state machine over one socket. It handles streams, windows and settings.
 * Streams interpret replies, and the pool chooses connections.
 */
import type { ByteSocket } from "../socket/byte_socket.ts";
import { Answers } from "./answers.ts";
import { FloodMeter } from "./flood_meter.ts";
import { type FrameHandler, FrameReader } from "./frame_reader.ts";
import { ConnectionFault, ErrorCode, errorCodeName, MAX_STREAM_ID, MAX_WINDOW } from "./frames.ts";
import { linger } from "./linger.ts";
import { MAX_HEADER_LIST_BYTES, STREAM_WINDOW, writeOpening } from "./opening.ts";
import { Outbox } from "./outbox.ts";
import { ReplyBlocks } from "./reply_blocks.ts";
import { Settings } from "./settings.ts";
import { type CloseReason, lossOf, type Stream } from "./stream.ts";
import { StreamTable } from "./stream_table.ts";
import { Tally } from "./tally.ts";

/** First and largest size of read buffers, which grow while reads fill them; bytes. Both hold a whole frame. */
const FIRST_BUFFER_BYTES = 32 * 1024;
const LAST_BUFFER_BYTES = 256 * 1024;
/** How long the last frames may take to leave; milliseconds. */
const LAST_WRITE_MS = 500;
/** How long replies are read after a write has failed; milliseconds. */
const LAST_READS_MS = 500;

/** State of a connection. */
export type ConnectionState =
  /** We have sent our preface; the peer's SETTINGS have not come. */
  | { readonly tag: "handshake" }
  | { readonly tag: "open" }
  /** No new streams: the peer sent GOAWAY, the ids are used up, or we are about to close. */
  | { readonly tag: "draining" }
  | { readonly tag: "closed"; readonly loss: CloseReason };

/** Listener of the connection. */
export interface ConnectionListener {
  /** The peer's SETTINGS have come. */
  opened(connection: Connection): void;
  /** A stream ended or the peer allows more. */
  capacityAvailable(): void;
  /** No new stream may be opened; open ones go on. `code`: the peer's reason, if the peer sent GOAWAY. */
  draining(connection: Connection, code: number): void;
  closed(connection: Connection, loss: CloseReason): void;
}

const OPEN: ConnectionState = { tag: "open" };
const DRAINING: ConnectionState = { tag: "draining" };

/** One connection. It begins at once and reports to its listener. */
export class Connection implements FrameHandler {
  state: ConnectionState = { tag: "handshake" };
  /** True once a stream got a reply. */
  gotReply = false;
  /** True if the peer's GOAWAY let open streams go on: it accepted them, although none may have a reply yet. */
  acceptedStreams = false;
  /** Bytes read in total. */
  received_bytes = 0;
  readonly tally: Tally;
  /** `GOAWAY (reason)` once the peer has sent one; empty before. */
  farewell = "";

  readonly #address: string;
  readonly #socket: ByteSocket;
  readonly #listener: ConnectionListener;
  readonly #outbox: Outbox;
  readonly #answers: Answers;
  readonly #reader: FrameReader;
  readonly #blocks = new ReplyBlocks(MAX_HEADER_LIST_BYTES);
  readonly #peer = new Settings();
  readonly #meter = new FloodMeter();
  readonly #streams = new StreamTable();
  #closed: Promise<void> = Promise.resolve();
  #nextId = 1;
  #uncredited_bytes = 0;
  #pongs: (() => void)[] = [];
  #lastReads: ReturnType<typeof setTimeout> | undefined;

  /** @param address for messages */
  constructor(socket: ByteSocket, address: string, listener: ConnectionListener) {
    this.#socket = socket;
    this.#address = address;
    this.#listener = listener;
    this.#outbox = new Outbox(socket, (error) => this.#writeFailed(error));
    this.#answers = new Answers(this.#outbox, () => this.#streams.all().every(({ end_sent }) => end_sent));
    this.#reader = new FrameReader(this);
    this.tally = new Tally(socket.peer ?? address, this, this.#outbox, this.#peer);
    writeOpening(this.#outbox.frames);
    this.#outbox.flush();
    this.#read();
  }

  /** Streams open. */
  get streams(): number {
    return this.#streams.size;
  }

  /** Bytes written in total. */
  get sent_bytes(): number {
    return this.#outbox.sent_bytes;
  }

  /** Whether a stream may be opened now. */
  get hasRoom(): boolean {
    return this.state.tag === "open" && this.#streams.size < this.#peer.max_concurrent_streams && !this.#outbox.full;
  }

  /** Opens a stream; there must be room. */
  open(stream: Stream, block: Uint8Array): void {
    stream.id = this.#nextId;
    stream.send_window = this.#peer.initial_window_size;
    this.#nextId += 2;
    this.#streams.add(stream);
    this.#outbox.open(stream, block);
    if (this.#nextId > MAX_STREAM_ID) this.#drain(ErrorCode.NO_ERROR);
  }

  /** Sends the stream's queue, as far as the windows allow. */
  pump(stream: Stream): void {
    this.#outbox.pump(stream);
  }

  /** The stream has ended for its caller. `code` resets it; null: both sides have ended it. */
  release(stream: Stream, code: number | null): void {
    if (!this.#streams.delete(stream)) return;
    this.#outbox.forget(stream);
    if (code !== null && this.state.tag !== "closed") {
      this.#outbox.frames.reset(stream.id, code);
      this.#outbox.touch();
    }
    if (this.state.tag === "draining" && this.#streams.size === 0) this.#finish();
    else this.#listener.capacityAvailable();
  }

  /** Sends a PING; calls `answered` when the answer comes. */
  probe(answered: () => void): void {
    this.#pongs.push(answered);
    this.#outbox.frames.ping(new Uint8Array(8), 0, false);
    this.#outbox.touch();
  }

  /** Closes the connection at once: its streams fail. */
  abandon(message: string): void {
    this.#fail({ message, cause: "gone" });
  }

  /** Resolves when an ended connection has closed its socket. */
  get closed(): Promise<void> {
    return this.#closed;
  }

  /** Ends the connection: GOAWAY, then close. Open streams fail. */
  close(): Promise<void> {
    if (this.state.tag !== "closed") {
      this.#outbox.frames.goaway(0, ErrorCode.NO_ERROR, "");
      this.#closed = this.#outbox.close(LAST_WRITE_MS).then(() => this.#socket.close());
      const [who, why] = [this.#address, this.#streams.size === 0 && this.farewell];
      this.#end({ message: why ? `${who} sent ${why}` : `Connection to ${who} closed by us`, cause: "closed" });
    }
    return this.#closed;
  }

  async #read(): Promise<void> {
    let buffer = new Uint8Array(FIRST_BUFFER_BYTES);
    let have = 0;
    try {
      while (this.state.tag !== "closed") {
        const count = await this.#socket.read(have === 0 ? buffer : buffer.subarray(have));
        if (count === null) return this.#fail(this.#describe(null));
        have += count;
        this.received_bytes += count;
        const full = have === buffer.length;
        const used = this.#handle(buffer, have);
        have -= used;
        if (full && buffer.length < LAST_BUFFER_BYTES) {
          const larger = new Uint8Array(buffer.length * 2);
          larger.set(buffer.subarray(used, used + have));
          buffer = larger;
        } else if (have > 0 && used > 0) {
          buffer.copyWithin(0, used, used + have);
        }
      }
    } catch (error) {
      if (error instanceof ConnectionFault) this.#refuse(error);
      else this.#fail(this.#describe(error));
    }
  }

  #handle(buffer: Uint8Array, have: number): number {
    const outbox = this.#outbox;
    outbox.corked = true;
    try {
      return this.#reader.read(buffer, 0, have);
    } finally {
      outbox.corked = false;
      outbox.flush();
    }
  }

  /** @internal */
  data(id: number, bytes: Uint8Array, from: number, to: number, flow_bytes: number, endStream: boolean): void {
    this.#uncredited_bytes += flow_bytes;
    if (this.#uncredited_bytes > MAX_WINDOW / 2) {
      this.#outbox.frames.windowUpdate(0, this.#uncredited_bytes);
      this.#uncredited_bytes = 0;
    }
    if (from === to && !endStream) this.#meter.idle();
    const stream = this.#streams.get(id);
    if (stream === undefined) return this.#closedStream(id, "DATA");
    stream.uncredited_bytes += flow_bytes;
    if (stream.uncredited_bytes > STREAM_WINDOW / 2 && !endStream) {
      this.#outbox.frames.windowUpdate(id, stream.uncredited_bytes);
      stream.uncredited_bytes = 0;
    }
    stream.data(bytes, from, to, endStream);
  }

  /** @internal */
  headers(id: number, bytes: Uint8Array, from: number, to: number, endStream: boolean): void {
    const block = this.#blocks.read(bytes, from, to);
    const stream = this.#streams.get(id);
    if (stream === undefined) return this.#closedStream(id, "HEADERS");
    this.gotReply = true;
    this.#meter.useful();
    stream.block(block, endStream);
  }

  /** @internal */
  reset(id: number, code: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return this.#closedStream(id, "RST_STREAM");
    stream.reset(code, this.farewell);
  }

  /** @internal */
  settings(bytes: Uint8Array, from: number, to: number): void {
    this.#meter.settings();
    const before = this.#peer.initial_window_size;
    this.#peer.apply(bytes, from, to);
    this.#outbox.max_frame_size = this.#peer.max_frame_size;
    this.#outbox.header_table_size = this.#peer.header_table_size;
    // Before any frame that the new values allow: the peer holds us to the former ones until it sees this.
    this.#answers.settings();
    const shift = this.#peer.initial_window_size - before;
    if (shift !== 0) this.#shiftWindows(shift);
    if (this.state.tag === "handshake") {
      this.state = OPEN;
      this.#listener.opened(this);
    }
    this.#listener.capacityAvailable();
  }

  #shiftWindows(shift: number): void {
    for (const stream of this.#streams.all()) {
      stream.send_window += shift;
      if (stream.send_window > MAX_WINDOW) {
        throw new ConnectionFault(ErrorCode.FLOW_CONTROL_ERROR, "Setting INITIAL_WINDOW_SIZE overflows a window");
      }
    }
    if (shift < 0) return;
    for (const stream of this.#streams.all()) this.#goOn(stream);
  }

  #goOn(stream: Stream): void {
    if (stream.queue.length === 0) return;
    this.#outbox.pump(stream);
    stream.progressed();
  }

  /** @internal */
  settingsAck(): void {
    this.#meter.idle();
    this.#blocks.setSizeLimit(0);
  }

  /** @internal */
  ping(bytes: Uint8Array, from: number, ack: boolean): void {
    const answered = ack ? this.#pongs.shift() : undefined;
    if (answered !== undefined) return answered();
    this.#meter.idle();
    if (ack) return;
    this.#answers.ping(bytes, from);
  }

  /** @internal */
  goaway(lastStreamId: number, code: number, debug: Uint8Array): void {
    const words = new TextDecoder().decode(debug.subarray(0, 200));
    this.#answers.goaway(lastStreamId);
    const streams = this.#streams.all();
    this.acceptedStreams = streams.some(({ id }) => id <= lastStreamId);
    const farewell = `GOAWAY (${errorCodeName(code)}${words && `: ${words}`})`;
    // Servers that drain say GOAWAY twice; the one with a reason stands.
    if (this.farewell === "" || words !== "" || code !== ErrorCode.NO_ERROR) this.farewell = farewell;
    this.#drain(code);
    const loss: CloseReason = { message: `${this.#address} sent ${farewell}`, cause: "gone" };
    for (const stream of streams.filter(({ id }) => id > lastStreamId)) {
      this.release(stream, null);
      stream.lost(loss, true);
    }
  }

  /** @internal */
  windowUpdate(id: number, increment: number): void {
    if (id === 0) {
      this.#outbox.window += increment;
      if (this.#outbox.window > MAX_WINDOW) {
        throw new ConnectionFault(ErrorCode.FLOW_CONTROL_ERROR, "WINDOW_UPDATE overflows the connection's window");
      }
      this.#outbox.resume();
      return;
    }
    const stream = this.#streams.get(id);
    if (stream === undefined) return this.#closedStream(id, "WINDOW_UPDATE");
    stream.send_window += increment;
    if (stream.send_window > MAX_WINDOW) {
      this.streamFault(id, ErrorCode.FLOW_CONTROL_ERROR, "WINDOW_UPDATE overflows the stream's window");
    } else {
      this.#goOn(stream);
    }
  }

  /** @internal */
  ignored(_type: number): void {
    this.#meter.idle();
  }

  /** @internal */
  streamFault(id: number, code: number, message: string): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return this.#closedStream(id, "frame");
    this.release(stream, code);
    stream.fault(message);
  }

  /** Accepts a frame for an ended stream, since it may cross our reset, but not for a stream that never existed. */
  #closedStream(id: number, what: string): void {
    if (id % 2 === 0 || id >= this.#nextId) {
      throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, `${what} on stream ${id}, which was never opened`);
    }
    this.#meter.idle();
  }

  #drain(code: number): void {
    if (this.state.tag !== "open") return;
    this.state = DRAINING;
    this.#listener.draining(this, code);
    if (this.#streams.size === 0) this.#finish();
  }

  /** Closes a draining connection after its last stream. */
  #finish(): void {
    // Not at once: the caller may be reading frames, or about to open its next stream on another connection.
    queueMicrotask(() => this.close());
  }

  /** The peer broke a rule, or sent too much: sends GOAWAY with the reason, then ends. */
  #refuse(fault: ConnectionFault): void {
    if (this.state.tag === "closed") return;
    this.#outbox.frames.goaway(0, fault.code, fault.message);
    this.#closed = this.#outbox.close(LAST_WRITE_MS).then(() => linger(this.#socket));
    this.#end(fault.closes(this.#address));
  }

  /** A peer may close before it has read everything, and its last replies may have come: the reader decides. */
  #writeFailed(error: unknown): void {
    if (this.state.tag === "closed") return;
    if (this.state.tag === "handshake") return this.#fail(this.#describe(error));
    this.#outbox.abort();
    this.#lastReads = setTimeout(() => this.#fail(this.#describe(error)), LAST_READS_MS);
    this.#drain(ErrorCode.NO_ERROR);
  }

  #fail(loss: CloseReason): void {
    if (this.state.tag === "closed") return;
    this.#outbox.abort();
    this.#end(loss);
    this.#socket.close();
  }

  #end(loss: CloseReason): void {
    this.state = { tag: "closed", loss };
    clearTimeout(this.#lastReads);
    this.#answers.stop();
    this.#reader.stop();
    const streams = this.#streams.all();
    this.tally.cutOff = streams.length > 0;
    this.#streams.clear();
    // The listener first: it must look for another connection before the ends below cause new calls.
    this.#listener.closed(this, loss);
    for (const stream of streams) stream.lost(loss, false);
  }

  #describe(error: unknown): CloseReason {
    return lossOf(this.#address, this.farewell, error);
  }
}
