/** One place in a pool: keeps one connection open, and replaces it after a loss, with a delay where needed. */
import type { ConnectError } from "../channel.ts";
import { backoff } from "./backoff.ts";
import type { Connection, ConnectionListener } from "./connection.ts";
import { establish, type Peer } from "./establish.ts";
import { ErrorCode } from "./frames.ts";
import { Keepalive } from "./keepalive.ts";

/** A connection that lived this long counts as useful, even without replies; milliseconds. */
const LONG_LIFE_MS = 10_000;

/** State of a place. */
export type SlotState =
  /** No connection yet, or the first attempt failed; the next call has it try again, not before `not_before_ms`. */
  | { readonly tag: "idle"; readonly error: ConnectError | null; readonly not_before_ms: number }
  | { readonly tag: "connecting" }
  | { readonly tag: "up"; readonly connection: Connection; readonly since_ms: number }
  /** A timer will start the next attempt: the connection was lost, or a call waits. */
  | { readonly tag: "backoff"; readonly error: ConnectError | null; readonly timer: ReturnType<typeof setTimeout> }
  | { readonly tag: "closed" };

/** Listener of the places. */
export interface SlotListener {
  readonly peer: Peer;
  /** A connection opened. `again`: it is not this place's first. */
  came(slot: Slot, connection: Connection, again: boolean): void;
  /** A connection takes no new streams, but stays until its streams have ended. */
  left(connection: Connection): void;
  /** A connection ended. */
  gone(connection: Connection): void;
  /** The peer told a connection to go. */
  toldToGo(connection: Connection, code: number): void;
  /** A keepalive ping was answered. */
  answered(connection: Connection, after_ms: number): void;
  /** An attempt failed (with the error) or was delayed. */
  failed(error: ConnectError | null): void;
  capacityAvailable(): void;
  /** The peer reports that our keepalive pings are too frequent. */
  calm(): void;
  readonly keepalive: Peer["options"]["keepalive"];
}

/** One place. */
export class Slot implements ConnectionListener {
  state: SlotState = { tag: "idle", error: null, not_before_ms: 0 };
  readonly #listener: SlotListener;
  /** Consecutive failed attempts and useless connections. */
  #failures = 0;
  /** When the last attempt began. */
  #began_ms = -Infinity;
  /** Whether the last connection that has ended kept what it promised. */
  #trusts = true;
  #attempting: Promise<void> = Promise.resolve();
  #wasUp = false;
  #keepalive: Keepalive | null = null;
  readonly #stop = new AbortController();

  constructor(listener: SlotListener) {
    this.#listener = listener;
  }

  /** The connection that accepts streams, or null. */
  get connection(): Connection | null {
    return this.state.tag === "up" ? this.state.connection : null;
  }

  /** Why there is no connection; null if there is one, one is opening, or none was tried. */
  get error(): ConnectError | null {
    return this.state.tag === "idle" || this.state.tag === "backoff" ? this.state.error : null;
  }

  /** A call needs a connection: tries again, as soon as it is not too early. */
  demand(): void {
    if (this.state.tag !== "idle") return;
    const { error, not_before_ms } = this.state;
    const wait_ms = not_before_ms - performance.now();
    if (wait_ms > 0) this.#pause(error, wait_ms);
    else this.#attemptAlone();
  }

  #pause(error: ConnectError | null, wait_ms: number): void {
    const timer = setTimeout(() => this.#attemptAlone(), wait_ms);
    this.state = { tag: "backoff", error, timer };
  }

  /**
   * Resolves when a connection is open.
   * @throws {ConnectError} when the present attempt, or one made now, fails
   */
  ready(): Promise<void> {
    if (this.state.tag === "backoff") clearTimeout(this.state.timer);
    if (this.state.tag === "idle" || this.state.tag === "backoff") this.#attempting = this.#attempt();
    return this.#attempting;
  }

  /** Tries to connect without a waiting caller; the listener gets the result. */
  #attemptAlone(): void {
    this.#attempting = this.#attempt();
    this.#attempting.catch(() => {});
  }

  async #attempt(): Promise<void> {
    this.state = { tag: "connecting" };
    this.#began_ms = performance.now();
    try {
      const connection = await establish(this.#listener.peer, this, this.#stop.signal);
      if (this.#isClosed) return await connection.close();
      this.#up(connection);
    } catch (error) {
      if (this.#isClosed) return;
      this.#failures = Math.max(1, this.#failures);
      this.#down(error as ConnectError);
      throw error;
    }
  }

  /** Stops; the caller closes the connection, if any. */
  close(): void {
    if (this.state.tag === "backoff") clearTimeout(this.state.timer);
    this.#keepalive?.stop();
    this.state = { tag: "closed" };
    this.#stop.abort();
  }

  get #isClosed(): boolean {
    return this.state.tag === "closed";
  }

  #up(connection: Connection): void {
    // It may have opened and ended before this runs.
    if (connection.state.tag !== "open") return this.#away(connection, performance.now());
    this.state = { tag: "up", connection, since_ms: performance.now() };
    const { keepalive } = this.#listener;
    if (keepalive !== null) {
      const answered = (after_ms: number) => this.#listener.answered(connection, after_ms);
      this.#keepalive = new Keepalive(connection, keepalive, answered);
    }
    const again = this.#wasUp;
    this.#wasUp = true;
    this.#listener.came(this, connection, again);
  }

  #down(error: ConnectError | null): void {
    this.#keepalive?.stop();
    this.#keepalive = null;
    const now_ms = performance.now();
    const wait_ms = Math.max(0, this.#began_ms + backoff(this.#failures, Math.random()) - now_ms);
    this.#failures++;
    if (wait_ms === 0 && error === null) return this.#attemptAlone();
    if (this.#wasUp) this.#pause(error, wait_ms);
    else this.state = { tag: "idle", error, not_before_ms: now_ms + wait_ms };
    this.#listener.failed(error);
  }

  /** The connection takes no more streams: opens the next one, at once if this one was useful. */
  #away(connection: Connection, since_ms: number): void {
    const useful = connection.gotReply || performance.now() - since_ms > LONG_LIFE_MS;
    // A proxy that counts requests may send GOAWAY on a busy connection before the first reply.
    if (useful || (connection.acceptedStreams && this.#trusts)) this.#failures = 0;
    this.#wasUp = true;
    this.#down(null);
  }

  // Events of the connection.

  opened(): void {}

  capacityAvailable(): void {
    this.#listener.capacityAvailable();
  }

  draining(connection: Connection, code: number): void {
    if (code === ErrorCode.ENHANCE_YOUR_CALM) this.#listener.calm();
    if (connection.farewell !== "") this.#listener.toldToGo(connection, code);
    this.#listener.left(connection);
    if (this.state.tag === "up" && this.state.connection === connection) {
      this.#away(connection, this.state.since_ms);
    }
  }

  closed(connection: Connection): void {
    this.#trusts = connection.gotReply;
    this.#listener.gone(connection);
    if (this.state.tag === "up" && this.state.connection === connection) {
      this.#away(connection, this.state.since_ms);
    }
  }
}
