/** HTTP/1.1 with kept connections: requests go to the connection used last, or wait, counted, until one is free. */
import { type ChannelStats, type ConnectError, LocalShortage, type ShortageErrno } from "../channel.ts";
import { connectErrorOf, connectSocket, hostOf, wantsTls } from "../diagnose/connect_socket.ts";
import { backoff } from "../wire/backoff.ts";
import { Deadlines } from "../wire/deadlines.ts";
import { Call, type CallListener, unanswered } from "./call.ts";
import type { HttpCall, HttpChannel, HttpEvents, HttpOptions, HttpRequest } from "./channel.ts";
import { HttpConnection, type HttpConnectionListener, WANTS_TLS } from "./connection.ts";
import { RequestHeads } from "./request_head.ts";

const CLOSED = "The channel was closed";
/** Most connections opened at the same time; more would overflow the peer's accept queue. */
const CONNECTING_AT_ONCE = 32;

/** A pool of connections to one origin. */
export class Http1Channel implements HttpChannel, CallListener, HttpConnectionListener {
  readonly target: string;
  readonly #options: HttpOptions;
  readonly #heads: RequestHeads;
  readonly #connections = new Set<HttpConnection>();
  /** Free connections; the one used last is at the end. */
  #free: HttpConnection[] = [];
  readonly #waiting = new Set<Call>();
  readonly #deadlines = new Deadlines();
  readonly #stop = new AbortController();
  #dialing = 0;
  /** The probe for TLS has been made. */
  #looked = false;
  /** Consecutive failed attempts, and the last error. */
  #failures = 0;
  #error: ConnectError | null = null;
  #not_before_ms = 0;
  #givingUp: ReturnType<typeof setTimeout> | null = null;
  #in_flight = 0;
  /** Connections that have ended without a replacement. */
  #lost = 0;
  #reconnects_total = 0;
  #moves_total = 0;
  #sent_bytes = 0;
  #received_bytes = 0;

  /** @throws {ConnectError} for an address that cannot be read */
  constructor(target: string, options: HttpOptions) {
    this.target = target;
    this.#options = options;
    this.#heads = new RequestHeads(hostOf(target, options.tls));
  }

  async connect(): Promise<void> {
    if (this.#connections.size === 0) await this.#dial();
  }

  request(request: HttpRequest, timeout_ms: number, events: HttpEvents): HttpCall {
    const call = new Call(this, request.method, this.#heads.encode(request), request.body, events);
    this.#in_flight++;
    if (this.#stop.signal.aborted) {
      setTimeout(() => call.fail("cancel", CLOSED));
      return call;
    }
    this.#deadlines.add(call, timeout_ms);
    if (timeout_ms > 0) this.#place(call);
    return call;
  }

  stats(): ChannelStats {
    let [sent_bytes, received_bytes] = [this.#sent_bytes, this.#received_bytes];
    for (const connection of this.#connections) {
      sent_bytes += connection.sent_bytes;
      received_bytes += connection.received_bytes;
    }
    return {
      connections: this.#connections.size,
      streams_in_flight: this.#in_flight - this.#waiting.size,
      waiting: this.#waiting.size,
      reconnects_total: this.#reconnects_total,
      moves_total: this.#moves_total,
      sent_bytes_total: sent_bytes,
      received_bytes_total: received_bytes,
    };
  }

  close(): Promise<void> {
    this.#stop.abort();
    if (this.#givingUp !== null) clearTimeout(this.#givingUp);
    for (const connection of [...this.#connections]) connection.abandon(CLOSED);
    for (const call of [...this.#waiting]) call.fail("cancel", CLOSED);
    this.#deadlines.close();
    return Promise.resolve();
  }

  // Calls.

  /**
   * Assigns a call to a free connection. Without one the call waits, and one more connection opens if the limit allows.
   */
  #place(call: Call): void {
    const connection = this.#free.pop();
    if (connection !== undefined) return this.#put(call, connection);
    this.#waiting.add(call);
    // The next attempt, which may find what was lacking, is not due yet.
    if (this.#lacked !== null && performance.now() < this.#not_before_ms) call.lacks(this.#lacked);
    this.#dialForWaiting();
  }

  #put(call: Call, connection: HttpConnection): void {
    call.connection = connection;
    connection.carry(call, call.method, call.head, call.body);
  }

  ended(call: Call): void {
    this.#in_flight--;
    this.#deadlines.remove(call);
    this.#waiting.delete(call);
  }

  move(call: Call): boolean {
    if (!this.#options.transparentRetry || this.#stop.signal.aborted) return false;
    this.#moves_total++;
    call.moved = true;
    call.connection = null;
    // Other kept connections may have closed too; a new one has not.
    this.#waiting.add(call);
    this.#dialForWaiting();
    if (this.#dialing === 0 && this.#waiting.delete(call)) this.#place(call);
    return true;
  }

  explain(call: Call, details: string): boolean {
    // A TLS server may close a plaintext connection without an answer. Any byte shows that this server does not require
    // TLS.
    if (this.#looked || this.#options.tls !== null || this.stats().received_bytes_total > 0) return false;
    this.#looked = true;
    wantsTls(this.target, this.#options).then(
      (wanted) => call.fail("connection", wanted ? unanswered(this.target, WANTS_TLS) : details),
      () => call.fail("connection", details),
    );
    return true;
  }

  // Connections.

  free(connection: HttpConnection): void {
    this.#free.push(connection);
    this.#useFree();
  }

  /** Assigns waiting calls to free connections. */
  #useFree(): void {
    for (const call of this.#waiting) {
      const connection = this.#free.pop();
      if (connection === undefined) return;
      this.#waiting.delete(call);
      this.#put(call, connection);
    }
  }

  closed(connection: HttpConnection): void {
    if (!this.#connections.delete(connection)) return;
    this.#free = this.#free.filter((free) => free !== connection);
    this.#sent_bytes += connection.sent_bytes;
    this.#received_bytes += connection.received_bytes;
    this.#lost++;
    this.#dialForWaiting();
  }

  #dialForWaiting(): void {
    if (this.#stop.signal.aborted) return;
    const room = Math.min(this.#options.connections - this.#connections.size, CONNECTING_AT_ONCE) - this.#dialing;
    const due = performance.now() >= this.#not_before_ms ? Math.min(room, this.#waiting.size - this.#dialing) : 0;
    for (let count = 0; count < due; count++) this.#dial().catch(() => {});
    this.#giveUpSoon();
  }

  async #dial(): Promise<void> {
    this.#dialing++;
    try {
      const socket = await connectSocket(this.target, this.#options, this.#stop.signal);
      this.#dialing--;
      if (this.#stop.signal.aborted) return socket.close();
      this.#came(new HttpConnection(socket, this));
    } catch (error) {
      this.#dialing--;
      this.#error = connectErrorOf(this.target, error);
      // If several attempts at the same time fail, they count as one.
      if (performance.now() >= this.#not_before_ms) {
        this.#not_before_ms = performance.now() + backoff(++this.#failures, Math.random());
      }
      this.#useFree();
      if (this.#lacked !== null) { for (const call of this.#waiting) call.lacks(this.#lacked); }
      this.#giveUpSoon();
      throw this.#error;
    }
  }

  #came(connection: HttpConnection): void {
    this.#failures = 0;
    this.#not_before_ms = 0;
    this.#connections.add(connection);
    if (this.#lost > 0) {
      this.#lost--;
      this.#reconnects_total++;
    }
    this.free(connection);
    this.#dialForWaiting();
  }

  /** There is no connection and no attempt: waiting calls fail, but not within the call that found this. */
  #giveUpSoon(): void {
    if (this.#waiting.size === 0 || this.#givingUp !== null || this.#hopeful) return;
    this.#givingUp = setTimeout(() => {
      this.#givingUp = null;
      if (this.#hopeful) return;
      const details = this.#error?.message ?? `There is no connection to "${this.target}"`;
      for (const call of [...this.#waiting]) call.fail("connection", details, this.#error?.fault);
    });
  }

  /** What this machine lacked at the last failed attempt, if anything. */
  get #lacked(): ShortageErrno | null {
    return this.#error instanceof LocalShortage ? this.#error.errno : null;
  }

  get #hopeful(): boolean {
    return this.#connections.size > 0 || this.#dialing > 0;
  }
}
