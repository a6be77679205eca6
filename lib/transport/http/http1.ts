/** HTTP/1.1 with kept connections: requests go to the connection used last, or wait, counted, until one is free. */
import { type ChannelStats, type ConnectError, LocalShortage, type ShortageErrno } from "../channel.ts";
import { AttemptPace } from "../attempt_pace.ts";
import { ConnectionLog } from "../connection_log.ts";
import { connectErrorOf, connectSocket, hostOf, wantsTls } from "../diagnose/connect_socket.ts";
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
  /** Requests that wait for a connection, each with the instant since when; milliseconds. */
  readonly #waiting = new Map<Call, number>();
  readonly #log = new ConnectionLog();
  readonly #deadlines = new Deadlines();
  readonly #stop = new AbortController();
  #dialing = 0;
  /** The probe for TLS has been made. */
  #looked = false;
  readonly #pace = new AttemptPace();
  /** Why the last attempt failed; null: it did not. */
  #error: ConnectError | null = null;
  /** Dials for waiting requests once it is not too early. */
  #later: ReturnType<typeof setTimeout> | null = null;
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
      details: () => this.#log.take(this.#dialing),
    };
  }

  close(): Promise<void> {
    this.#stop.abort();
    if (this.#later !== null) clearTimeout(this.#later);
    for (const connection of [...this.#connections]) connection.abandon(CLOSED);
    for (const call of [...this.#waiting.keys()]) call.fail("cancel", CLOSED);
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
    this.#waiting.set(call, performance.now());
    // The next attempt, which may find what was lacking, is not due yet.
    if (this.#lacked !== null && this.#pace.early_ms() > 0) call.lacks(this.#lacked);
    this.#dialForWaiting();
  }

  #put(call: Call, connection: HttpConnection): void {
    call.connection = connection;
    connection.carry(call, call.method, call.head, call.body);
  }

  ended(call: Call): void {
    this.#in_flight--;
    this.#deadlines.remove(call);
    this.#leave(call);
  }

  /** A request no longer waits. False: it did not. */
  #leave(call: Call): boolean {
    const since_ms = this.#waiting.get(call);
    if (since_ms === undefined) return false;
    this.#waiting.delete(call);
    this.#log.waited(since_ms);
    return true;
  }

  get lack(): string {
    return this.#connections.size > 0 ? "" : this.#error?.message ?? "";
  }

  move(call: Call): boolean {
    if (!this.#options.transparentRetry || this.#stop.signal.aborted) return false;
    this.#moves_total++;
    call.moved = true;
    call.connection = null;
    // Other kept connections may have closed too; a new one has not.
    this.#waiting.set(call, performance.now());
    this.#dialForWaiting();
    if (this.#dialing === 0 && this.#free.length > 0 && this.#leave(call)) this.#place(call);
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
    for (const call of this.#waiting.keys()) {
      const connection = this.#free.pop();
      if (connection === undefined) return;
      this.#leave(call);
      this.#put(call, connection);
    }
  }

  closed(connection: HttpConnection): void {
    if (!this.#connections.delete(connection)) return;
    this.#free = this.#free.filter((free) => free !== connection);
    this.#sent_bytes += connection.sent_bytes;
    this.#received_bytes += connection.received_bytes;
    const { loss, peer } = connection;
    this.#log.ended(peer, connection, loss === null ? { lost: false } : { lost: true, words: loss });
    this.#lost++;
    this.#dialForWaiting();
  }

  #dialForWaiting(): void {
    if (this.#stop.signal.aborted) return;
    const room = Math.min(this.#options.connections - this.#connections.size, CONNECTING_AT_ONCE) - this.#dialing;
    const wanted = Math.min(room, this.#waiting.size - this.#dialing);
    const early_ms = this.#pace.early_ms();
    if (early_ms > 0 && wanted > 0) return this.#dialLater(early_ms);
    for (let count = 0; count < wanted; count++) this.#dial().catch(() => {});
  }

  #dialLater(wait_ms: number): void {
    this.#later ??= setTimeout(() => {
      this.#later = null;
      this.#dialForWaiting();
    }, wait_ms);
  }

  async #dial(): Promise<void> {
    this.#dialing++;
    const began_ms = performance.now();
    try {
      const socket = await connectSocket(this.target, this.#options, this.#stop.signal, this.#log);
      this.#dialing--;
      if (this.#stop.signal.aborted) return socket.close();
      this.#came(new HttpConnection(socket, this));
    } catch (error) {
      this.#dialing--;
      this.#dialFailed(connectErrorOf(this.target, error), began_ms);
      throw this.#error;
    }
  }

  #dialFailed(error: ConnectError, began_ms: number): void {
    this.#error = error;
    if (this.#stop.signal.aborted) return;
    this.#log.failed(error.message);
    this.#pace.failed(began_ms);
    this.#useFree();
    if (this.#lacked !== null) { for (const call of this.#waiting.keys()) call.lacks(this.#lacked); }
    // The attempt that requests waited for has failed. Those that come later wait for the next.
    if (!this.#hopeful && !this.#options.waitForReady) {
      for (const call of [...this.#waiting.keys()]) call.fail("connection", error.message, error.fault);
    }
    this.#dialForWaiting();
  }

  #came(connection: HttpConnection): void {
    this.#pace.worked();
    this.#error = null;
    this.#connections.add(connection);
    const again = this.#lost > 0;
    if (again) {
      this.#lost--;
      this.#reconnects_total++;
    }
    this.#log.came(connection.peer, connection, again);
    this.free(connection);
    this.#dialForWaiting();
  }

  /** What this machine lacked at the last failed attempt, if anything. */
  get #lacked(): ShortageErrno | null {
    return this.#error instanceof LocalShortage ? this.#error.errno : null;
  }

  get #hopeful(): boolean {
    return this.#connections.size > 0 || this.#dialing > 0;
  }
}
