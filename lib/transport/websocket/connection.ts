/** One open WebSocket. */
import { errorText } from "../../base/errors.ts";
import type { Counted } from "../connection_log.ts";
import type { ByteSocket } from "../socket/byte_socket.ts";
import { CloseCode, closePayload, encodeFrame, Opcode } from "./frames.ts";
import { MessageReader, type MessageSink, WebSocketFault } from "./message_reader.ts";

/** How a WebSocket ended. */
export interface WebSocketEnd {
  /**
   * `closed`: one side closed it in order. `connection`: the connection was lost. `protocol`: the peer broke a rule.
   */
  reason: "closed" | "connection" | "protocol";
  /** Who ended it. */
  by: "us" | "peer";
  /** The peer's close code; null: none. */
  code: number | null;
  /** What happened, for people; may contain the peer's text. */
  details: string;
}

/** Events of a connection. */
export interface ConnectionEvents {
  message(data: string | Uint8Array): void;
  pong(payload: Uint8Array): void;
  /** Exactly once, last. */
  end(end: WebSocketEnd): void;
}

/** A frame to send. */
interface Outgoing {
  bytes: Uint8Array;
  /** Called when its first bytes are handed to the socket. */
  handedOver: (() => void) | null;
}

/** How long the peer may take to answer a close and to close the connection; milliseconds. */
const CLOSE_MS = 1000;
/** How long messages are read after a write has failed; milliseconds. */
const LAST_READS_MS = 500;
/** Length of a read buffer; bytes. */
const READ_BYTES = 16 * 1024;

/** A connection after its handshake. Once started it always reads, so that it notices a close while it is idle. */
export class WebSocketConnection implements Counted {
  readonly #socket: ByteSocket;
  readonly #events: ConnectionEvents;
  readonly #reader: MessageReader;
  readonly #first: Uint8Array;
  #outgoing: Outgoing[] = [];
  #writing = false;
  /**
   * If several pings come before a pong can leave, only the last is answered: the RFC allows it, and a flood costs
   * nothing.
   */
  #pong: Uint8Array | null = null;
  /** A close frame was queued: nothing may follow it. */
  #closing = false;
  #ended = false;
  /** A write has failed. */
  #broken = false;
  #hung_up = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** Bytes, after the handshake, and messages in total. */
  sent_bytes = 0;
  received_bytes = 0;
  sent_messages = 0;
  received_messages = 0;
  /** An exchange at a time. */
  readonly stream_limit = 1;
  /** Exchanges on it; its session sets them. */
  streams = 0;

  /**
   * @param max_message_bytes largest message accepted
   * @param first bytes that came after the handshake
   */
  constructor(socket: ByteSocket, events: ConnectionEvents, max_message_bytes: number, first: Uint8Array) {
    this.#socket = socket;
    this.#events = events;
    this.#reader = new MessageReader(this.#sink(), max_message_bytes);
    this.#first = first;
  }

  /** Begins to read and to report events; call it once. Before that the only event is the end by `abandon`. */
  start(): void {
    this.#read(this.#first);
  }

  get accepting(): boolean {
    return this.open;
  }

  /** Where it leads, as figures name it. */
  get peer(): string {
    return this.#socket.peer ?? "unknown";
  }

  /** Whether it accepts messages. */
  get open(): boolean {
    return !this.#closing && !this.#ended && !this.#broken;
  }

  /**
   * Sends a message; ignored once the socket is closing.
   * @param handedOver called when its first bytes are handed to the socket
   */
  send(data: string | Uint8Array, handedOver: () => void): void {
    const isText = typeof data === "string";
    const payload = isText ? new TextEncoder().encode(data) : data;
    if (!this.open) return;
    this.sent_messages++;
    this.#write(encodeFrame(isText ? Opcode.TEXT : Opcode.BINARY, payload), handedOver);
  }

  /** Sends a ping of at most 125 bytes; the answer comes as `pong`. */
  ping(payload: Uint8Array): void {
    if (this.open) this.#write(encodeFrame(Opcode.PING, payload), null);
  }

  /** Closes in order: sends a close frame and waits a little for the peer's. `end` follows. */
  close(): void {
    if (!this.open) return;
    this.#sayClose(CloseCode.NORMAL, "");
    this.#timer = setTimeout(() => this.#end(END_BY_US), CLOSE_MS);
  }

  /** Closes the connection at once, without a close frame. `end` follows within this call. */
  abandon(): void {
    this.#end(END_BY_US);
  }

  #sink(): MessageSink {
    // An error in the listener's code is reported as such: it must not look like an error of the connection.
    const tell = (event: () => void) => {
      if (this.#ended) return;
      try {
        event();
      } catch (error) {
        reportError(error);
      }
    };
    return {
      text: (text) => {
        this.received_messages++;
        tell(() => this.#events.message(text));
      },
      binary: (bytes) => {
        this.received_messages++;
        tell(() => this.#events.message(bytes));
      },
      pong: (payload) => tell(() => this.#events.pong(payload)),
      ping: (payload) => {
        if (!this.open) return;
        this.#pong = payload;
        if (!this.#writing) this.#writeAll();
      },
      close: (code, reason) => this.#peerCloses(code, reason),
    };
  }

  #sayClose(code: number, reason: string): void {
    if (!this.open) return;
    this.#closing = true;
    this.#write(encodeFrame(Opcode.CLOSE, closePayload(code, reason)), null);
  }

  #write(bytes: Uint8Array, handedOver: (() => void) | null): void {
    this.#outgoing.push({ bytes, handedOver });
    if (!this.#writing) this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    this.#writing = true;
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) {
        next.handedOver?.();
        for (let at = 0; at < next.bytes.length && !this.#hung_up;) {
          const count = await this.#socket.write(next.bytes.subarray(at));
          at += count;
          this.sent_bytes += count;
        }
      }
    } catch (error) {
      this.#writeFailed(errorText(error));
    }
    this.#writing = false;
    if (this.#ended) this.#hangUp();
  }

  /** A peer may close before it has read everything, and its last words may have come: the reader decides. */
  #writeFailed(words: string): void {
    if (this.#ended || this.#closing) return this.#fail(words);
    this.#broken = true;
    this.#outgoing = [];
    this.#timer ??= setTimeout(() => this.#fail(words), LAST_READS_MS);
  }

  #next(): Outgoing | undefined {
    if (this.#pong === null || this.#closing) return this.#outgoing.shift();
    const bytes = encodeFrame(Opcode.PONG, this.#pong);
    this.#pong = null;
    return { bytes, handedOver: null };
  }

  async #read(first: Uint8Array): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    try {
      this.#reader.push(first);
      while (!this.#ended) {
        const count = await this.#socket.read(buffer);
        if (this.#ended) return;
        if (count === null) return this.#fail("it closed the connection without a close frame");
        this.received_bytes += count;
        this.#reader.push(buffer.subarray(0, count));
      }
    } catch (error) {
      if (error instanceof WebSocketFault) this.#refuse(error);
      else this.#fail(errorText(error));
    }
  }

  /** The peer broke a rule: sends it a close frame, if possible. */
  #refuse({ message, code }: WebSocketFault): void {
    this.#sayClose(code, message);
    this.#end({ reason: "protocol", by: "peer", code: null, details: message }, true);
  }

  #peerCloses(code: number | null, reason: string): void {
    // The answer to our close. The server must close the connection (RFC 6455, section 7.1.1), so that its port on our
    // side is free at once. A client that closes first can open only some 470 connections a second.
    if (this.#closing) return;
    this.#sayClose(code ?? CloseCode.NORMAL, "");
    const details = `The server closed the WebSocket${code === null ? "" : ` with code ${code}`}${
      reason && `: ${reason}`
    }`;
    this.#end({ reason: "closed", by: "peer", code, details }, true);
  }

  #fail(words: string): void {
    this.#end(this.#closing ? END_BY_US : { reason: "connection", by: "peer", code: null, details: words });
  }

  /** @param politely a write in progress may finish first */
  #end(end: WebSocketEnd, politely = false): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (politely && this.#writing) this.#timer = setTimeout(() => this.#hangUp(), CLOSE_MS);
    else this.#hangUp();
    this.#events.end(end);
  }

  #hangUp(): void {
    if (this.#hung_up) return;
    this.#hung_up = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#outgoing = [];
    this.#socket.close();
  }
}

const END_BY_US: WebSocketEnd = { reason: "closed", by: "us", code: null, details: "" };
