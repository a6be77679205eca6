/** One WebSocket of a service: opening, open, or closed. It carries one exchange at a time. */
import { READING_MS, STOOD_STILL_MS } from "../../transport/late_timers.ts";
import { errorText } from "../../base/errors.ts";
import { ConnectError, LocalShortage, type ShortageErrno } from "../../transport/channel.ts";
import { StatusCode, statusName } from "../../transport/status.ts";
import type { ConnectionEvents, WebSocketConnection, WebSocketEnd } from "../../transport/websocket/connection.ts";
import { HandshakeRefused } from "../../transport/websocket/open.ts";
import { httpEnding } from "../http/outcome.ts";
import type { Ending } from "../core/outcome.ts";
import { oneLine } from "../core/text.ts";
import type { Outgoing } from "./message.ts";

/** The session's exchange. */
export interface Carried {
  /** The WebSocket is open and free. */
  opened(): void;
  message(data: Outgoing): void;
  /** As `Marks.lacking`. */
  lacking(errno: ShortageErrno): void;
  /** The WebSocket could not be opened, or was lost. */
  lost(ending: Ending): void;
}

/**
 * gRPC's status for a close code, so that reports count both alike. Source: the meanings in RFC 6455, section 7.4.1.
 */
const CODES: Record<number, number> = {
  1003: StatusCode.INVALID_ARGUMENT,
  1007: StatusCode.INVALID_ARGUMENT,
  1008: StatusCode.PERMISSION_DENIED,
  1009: StatusCode.RESOURCE_EXHAUSTED,
  1011: StatusCode.INTERNAL,
};

/** What a session tells of its WebSocket. */
export interface SessionListener {
  opened(connection: WebSocketConnection): void;
  /** A ping was answered. */
  answered(connection: WebSocketConnection, after_ms: number): void;
  /** Called once: the WebSocket is closed or could not be opened (null). */
  over(connection: WebSocketConnection | null, end: WebSocketEnd | null): void;
}

/** A socket with its pings. */
export class Session implements ConnectionEvents {
  #connection: WebSocketConnection | null = null;
  #carried: Carried | null = null;
  readonly #stop = new AbortController();
  #pings: ReturnType<typeof setInterval> | null = null;
  /** When the ping was sent that has no answer yet; null: there is none. */
  #pinged_ms: number | null = null;
  #over = false;

  /**
   * Begins to open the WebSocket.
   * @param open opens the WebSocket; the signal cancels this
   * @param ping_ms interval of pings, null: none. A ping without an answer before the next ends the session.
   */
  constructor(
    open: (events: ConnectionEvents, signal: AbortSignal) => Promise<WebSocketConnection>,
    readonly ping_ms: number | null,
    readonly listener: SessionListener,
  ) {
    open(this, this.#stop.signal).then(
      (connection) => this.#opened(connection),
      (error) => {
        if (error instanceof LocalShortage) this.#carried?.lacking(error.errno);
        this.#end(openingEnding(error));
      },
    );
  }

  /** It is open or opening. */
  get usable(): boolean {
    return !this.#over && (this.#connection === null || this.#connection.open);
  }

  get open(): boolean {
    return this.#connection?.open === true;
  }

  /** Assigns an exchange; `opened` follows, during this call if it is open already. */
  carry(carried: Carried): void {
    this.#carried = carried;
    if (this.#connection !== null) this.#connection.streams = 1;
    if (this.open) carried.opened();
  }

  /** Removes the exchange. */
  release(): void {
    this.#carried = null;
    if (this.#connection !== null) this.#connection.streams = 0;
  }

  /** @param handedOver called when the message's first bytes are handed to the socket */
  send(data: Outgoing, handedOver: () => void): void {
    this.#connection?.send(data, handedOver);
  }

  /** Closes it in order, or at once if it has an exchange, which then fails. */
  close(): void {
    if (this.#connection === null || this.#carried !== null) this.drop();
    else this.#connection.close();
  }

  /** Closes it at once; its exchange fails. */
  drop(): void {
    this.#stop.abort();
    this.#end(GIVEN_UP);
    this.#connection?.abandon();
  }

  #opened(connection: WebSocketConnection): void {
    if (this.#over) return connection.abandon();
    this.#connection = connection;
    connection.streams = this.#carried === null ? 0 : 1;
    this.listener.opened(connection);
    if (this.ping_ms !== null) this.#pings = setInterval(() => this.#ping(connection), this.ping_ms);
    connection.start();
    this.#carried?.opened();
  }

  #ping(connection: WebSocketConnection): void {
    if (this.#pinged_ms === null) {
      this.#pinged_ms = performance.now();
      return connection.ping(new Uint8Array(0));
    }
    const stoodStill = performance.now() - this.#pinged_ms - (this.ping_ms ?? 0) > STOOD_STILL_MS;
    if (!stoodStill) return this.#unanswered(connection);
    // Not the peer but this thread may have kept the answer waiting, which then lies in the socket.
    setTimeout(() => this.#pinged_ms !== null && this.#unanswered(connection), READING_MS);
  }

  #unanswered(connection: WebSocketConnection): void {
    const details = `it did not answer a ping within ${this.ping_ms} ms`;
    this.end({ reason: "connection", by: "peer", code: null, details });
    connection.abandon();
  }

  message(data: Outgoing): void {
    this.#carried?.message(data);
  }

  pong(): void {
    if (this.#pinged_ms !== null && this.#connection !== null) {
      this.listener.answered(this.#connection, performance.now() - this.#pinged_ms);
    }
    this.#pinged_ms = null;
  }

  end(end: WebSocketEnd): void {
    this.#end(lossEnding(end), end);
  }

  #end(ending: Ending, end: WebSocketEnd | null = null): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#pings !== null) clearInterval(this.#pings);
    const carried = this.#carried;
    this.#carried = null;
    this.listener.over(this.#connection, end);
    carried?.lost(ending);
  }
}

const unavailable = (details: string): Ending => ({ ...failed(StatusCode.UNAVAILABLE, details), refused: true });

function failed(code: number, details: string): Ending {
  return { outcome: "failed", code, type: statusName(code), details: oneLine(details) };
}

const GIVEN_UP: Ending = {
  outcome: "cancelled",
  code: StatusCode.CANCELLED,
  type: statusName(StatusCode.CANCELLED),
  details: "june-load closed the WebSocket",
};

function lossEnding({ reason, code, details }: WebSocketEnd): Ending {
  if (reason === "protocol") return failed(StatusCode.INTERNAL, `It broke a rule of WebSocket: ${details}`);
  const words = reason === "closed" ? details : `The WebSocket was lost: ${details}`;
  const known = CODES[code ?? 0];
  return known === undefined ? unavailable(words) : failed(known, words);
}

/** The ending of an exchange whose WebSocket could not be opened. */
export function openingEnding(error: unknown): Ending {
  if (error instanceof HandshakeRefused) {
    const ending = httpEnding(error.status, error.headers, error.body);
    return { ...ending, details: `The WebSocket was not opened: ${refusalWords(error, ending.details)}` };
  }
  if (error instanceof ConnectError) return unavailable(error.message);
  const words = errorText(error);
  return error instanceof TypeError ? failed(StatusCode.INVALID_ARGUMENT, words) : unavailable(words);
}

function refusalWords({ status }: HandshakeRefused, words: string): string {
  if (status === 426) return `HTTP ${status}: the server wants another protocol or version on this path`;
  return status < 300 ? `HTTP ${status}: this path answers as HTTP, not as a WebSocket` : words;
}
