/**
 * A pool of HTTP/2 connections to one target: a call goes to the connection with the fewest streams, and waits,
 * counted, while none has room. Calls may be gRPC or plain HTTP.
 */
import {
  type ChannelOptions,
  type ChannelStats,
  type ConnectError,
  LocalShortage,
  type ShortageErrno,
} from "../channel.ts";
import { bookOf, hasSeveral, KnownAddresses, spreadOver } from "../socket/addresses.ts";
import { systemLookup } from "../socket/dial.ts";
import { hostPortOf, parseTarget, type Target } from "../target.ts";
import type { Connection } from "./connection.ts";
import { Deadlines, type Timed } from "./deadlines.ts";
import { type Peer, placesOf } from "./establish.ts";
import { Slot, type SlotListener } from "./slot.ts";
import type { Stream } from "./stream.ts";

/** Most connections opened at the same time; more would overflow the peer's accept queue. */
const CONNECTING_AT_ONCE = 32;

/** Most addresses that get a connection of their own where fewer connections are asked for. */
const MAX_ADDRESSES = 256;

/** How often a name is looked up again for addresses that it has gained. gRPC's clients wait as long between look-ups. */
const LOOK_AGAIN_MS = 30_000;

/** The part of a call that its pool uses. */
export interface PooledCall extends Stream, Timed {
  /** The call's connection; null while it waits. */
  connection: Connection | null;
  /** The connection that did not process it. */
  refusedBy: Connection | null;
  /** The header block of its request for the time left; milliseconds, Infinity: no limit. */
  requestBlock(timeout_ms: number): Uint8Array;
  /** Ends it because there is no connection (`connection`) or the pool is closed (`cancel`). */
  giveUp(details: string, origin: "connection" | "cancel"): void;
  /** This machine lacks something for the connection that the call waits for. */
  lacks(errno: ShortageErrno): void;
}

/** The pool. */
export class ConnectionPool<Call extends PooledCall> implements SlotListener {
  readonly target: string;
  readonly peer: Peer;
  /** Whether a call that was provably not processed is retried. */
  readonly transparentRetry: boolean;
  keepalive: ChannelOptions["keepalive"];
  /** Value of `:authority`. */
  readonly authority: string;
  readonly #slots: Slot[];
  /** Every open connection, draining ones included. */
  readonly #connections = new Set<Connection>();
  /** Connections that are closing. */
  readonly #leaving = new Set<Promise<void>>();
  readonly #waiting = new Set<Call>();
  /** Calls that a GOAWAY refused; they wait for the next connection. */
  readonly #moving = new Set<Call>();
  readonly #deadlines = new Deadlines();
  /** Connections that accept new streams. */
  #open: Connection[] = [];
  #turn = 0;
  readonly #known = new KnownAddresses();
  #looking: ReturnType<typeof setInterval> | null = null;
  /** What this machine lacked at the last attempt to connect, if anything. */
  #lacked: ShortageErrno | null = null;
  #givingUp: ReturnType<typeof setTimeout> | null = null;
  #closed = false;
  /** Why the last connection ended; empty: none has. */
  #lastLoss = "";
  #reconnects_total = 0;
  #moves_total = 0;
  #sent_bytes = 0;
  #received_bytes = 0;

  constructor(
    target: string,
    options: ChannelOptions,
    refine: Peer["refine"] = (error) => error,
    lookup: Peer["lookup"] = systemLookup,
  ) {
    const parsed = parseTarget(target);
    this.target = target;
    this.peer = { text: target, target: parsed, options, lookup, refine };
    this.transparentRetry = options.transparentRetry;
    this.keepalive = options.keepalive;
    this.authority = options.tls?.server_name ?? (hostPortOf(parsed) || "localhost");
    this.#slots = Array.from({ length: options.connections }, () => new Slot(this));
  }

  /**
   * Opens all connections and finishes their handshakes.
   * @throws {ConnectError} when one cannot be opened in time
   */
  async connect(): Promise<void> {
    await this.#reachAll();
    const slots = this.#slots.values();
    const openOneByOne = async () => {
      for (const slot of slots) await slot.ready();
    };
    await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, openOneByOne));
  }

  /** Makes room for a connection to each address over which they are spread. */
  async #reachAll(): Promise<void> {
    const { addresses = "spread" } = this.peer.options;
    if (addresses === "pick_first" || !hasSeveral(this.peer.target)) return;
    const places = await this.#lookUp();
    this.#known.add(places);
    const wanted = Math.min(MAX_ADDRESSES, places.length);
    while (this.#slots.length < wanted) this.#slots.push(new Slot(this));
    if (!this.#closed) this.#looking ??= setInterval(() => void this.lookAgain(), LOOK_AGAIN_MS);
  }

  /** None for a name that is not known, which the attempt to connect tells. */
  async #lookUp(): Promise<readonly Target[]> {
    return spreadOver(await placesOf(this.peer).catch(() => []));
  }

  /**
   * Opens a connection to each address that the name has gained, as to a server that was started during the load. Those
   * that it has lost keep theirs until the server ends them.
   */
  async lookAgain(): Promise<void> {
    const places = await this.#lookUp();
    const most = this.peer.options.connections + Math.min(MAX_ADDRESSES, places.length);
    for (const place of this.#known.add(places)) {
      // A connection that was replaced meanwhile may have found it already.
      if (this.#closed || this.#slots.length >= most || bookOf(this.peer.text).uses(place) > 0) continue;
      const slot = new Slot(this);
      this.#slots.push(slot);
      slot.ready().catch(() => {}); // It tries again by itself, and when calls wait.
    }
  }

  /** `https` where connections are secured. */
  get scheme(): "http" | "https" {
    return this.peer.options.tls === null ? "http" : "https";
  }

  /** Counters. */
  stats(): ChannelStats {
    let [streams, sent_bytes, received_bytes] = [0, this.#sent_bytes, this.#received_bytes];
    for (const connection of this.#connections) {
      streams += connection.streams;
      sent_bytes += connection.sent_bytes;
      received_bytes += connection.received_bytes;
    }
    return {
      connections: this.#open.length,
      streams_in_flight: streams,
      waiting: this.#waiting.size + this.#moving.size,
      reconnects_total: this.#reconnects_total,
      moves_total: this.#moves_total,
      sent_bytes_total: sent_bytes,
      received_bytes_total: received_bytes,
    };
  }

  /** Ends idle connections gracefully; calls still open are cancelled. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#looking !== null) clearInterval(this.#looking);
    for (const slot of this.#slots) slot.close();
    if (this.#givingUp !== null) clearTimeout(this.#givingUp);
    for (const call of [...this.#moving, ...this.#waiting]) call.giveUp(CLOSED, "cancel");
    for (const connection of [...this.#connections]) connection.close();
    await Promise.all(this.#leaving);
    this.#deadlines.close();
  }

  // Calls.

  /** Begins a call: starts its deadline, and sends it as soon as a connection has room. */
  begin(call: Call, timeout_ms: number): void {
    if (this.#closed) {
      setTimeout(() => call.giveUp(CLOSED, "cancel"));
      return;
    }
    this.#deadlines.add(call, timeout_ms);
    // A call without time left ends by its deadline and is not sent: a server might report the deadline first.
    if (timeout_ms <= 0) return;
    if (this.#waiting.size > 0 || !this.#dispatch(call, timeout_ms)) this.#wait(call);
  }

  /** Assigns the call to a connection; false if none has room. */
  #dispatch(call: Call, timeout_ms: number): boolean {
    const connection = this.#pick(call.refusedBy) ?? (call.refusedBy === null ? null : this.#pick(null));
    if (connection === null) return false;
    this.#put(call, connection, timeout_ms);
    return true;
  }

  #put(call: Call, connection: Connection, timeout_ms: number): void {
    call.connection = connection;
    connection.open(call, call.requestBlock(timeout_ms));
  }

  /** The connection with the fewest streams; equal ones alternate. */
  #pick(avoid: Connection | null): Connection | null {
    const open = this.#open;
    let best: Connection | null = null;
    let fewest = Infinity;
    this.#turn++;
    for (let step = 0; step < open.length && fewest > 0; step++) {
      const connection = open[(this.#turn + step) % open.length]!;
      if (connection.streams < fewest && connection.hasRoom && connection !== avoid) {
        best = connection;
        fewest = connection.streams;
      }
    }
    return best;
  }

  #wait(call: Call): void {
    this.#waiting.add(call);
    if (this.#lacked !== null) call.lacks(this.#lacked);
    if (this.#open.length > 0) return;
    for (const slot of this.#slots) slot.demand();
    this.#settle();
  }

  /** A call has ended, waiting or on a connection. */
  ended(call: Call): void {
    this.#deadlines.remove(call);
    if (this.#waiting.size > 0) this.#waiting.delete(call);
    if (this.#moving.size > 0) this.#moving.delete(call);
  }

  /** A call was provably not processed: retries it on another connection. False: it may not be retried. */
  move(call: Call): boolean {
    if (this.#closed) return false;
    this.#moves_total++;
    // A proxy that counts requests closes connections of the same age together, and a call is retried only once.
    if (call.refusedBy?.state.tag === "draining" && this.#connecting) this.#moving.add(call);
    else this.#dispatchOrWait(call);
    return true;
  }

  #dispatchOrWait(call: Call): void {
    if (!this.#dispatch(call, timeLeft(call))) this.#wait(call);
  }

  // Connections.

  capacityAvailable(): void {
    if (this.#waiting.size === 0) return;
    for (const call of this.#waiting) {
      if (!this.#dispatch(call, timeLeft(call))) return;
      this.#waiting.delete(call);
    }
  }

  came(_slot: Slot, connection: Connection, again: boolean): void {
    if (again) this.#reconnects_total++;
    this.#lacked = null;
    this.#connections.add(connection);
    this.#open.push(connection);
    for (const call of this.#moving) {
      this.#moving.delete(call);
      if (connection.hasRoom) this.#put(call, connection, timeLeft(call));
      else this.#wait(call);
    }
    this.capacityAvailable();
  }

  left(connection: Connection): void {
    this.#open = this.#open.filter((open) => open !== connection);
  }

  gone(connection: Connection): void {
    this.left(connection);
    if (connection.state.tag === "closed") this.#lastLoss = connection.state.loss.message;
    if (!this.#connections.delete(connection)) return;
    this.#sent_bytes += connection.sent_bytes;
    this.#received_bytes += connection.received_bytes;
    const { closed } = connection;
    this.#leaving.add(closed);
    closed.then(() => this.#leaving.delete(closed));
  }

  failed(error: ConnectError | null): void {
    this.#lacked = error instanceof LocalShortage ? error.errno : null;
    if (this.#lacked !== null) { for (const call of [...this.#moving, ...this.#waiting]) call.lacks(this.#lacked); }
    this.#settle();
  }

  /** Nothing may come of waiting: then calls are given up. */
  #settle(): void {
    if (!this.#connecting) {
      for (const call of this.#moving) {
        this.#moving.delete(call);
        this.#dispatchOrWait(call);
      }
    }
    if (this.#waiting.size === 0 || this.#givingUp !== null || this.#hopeful) return;
    // Not within the call that found this: a caller that starts a call from `end` would loop forever.
    this.#givingUp = setTimeout(() => {
      this.#givingUp = null;
      if (!this.#hopeful) this.#giveUp();
    });
  }

  get #hopeful(): boolean {
    return this.#open.length > 0 || this.#connecting;
  }

  get #connecting(): boolean {
    return this.#slots.some((slot) => slot.state.tag === "connecting");
  }

  #giveUp(): void {
    const error = this.#slots.find((slot) => slot.error !== null)?.error;
    const last = this.#lastLoss && ` (the last one ended: ${this.#lastLoss})`;
    const details = error?.message ??
      `There is no connection to "${this.target}"${last}, and it is too early for the next attempt`;
    for (const call of [...this.#waiting]) call.giveUp(details, "connection");
  }

  calm(): void {
    const { keepalive } = this;
    if (keepalive !== null) this.keepalive = { ...keepalive, interval_ms: keepalive.interval_ms * 2 };
  }
}

const CLOSED = "The channel was closed";

/**
 * Time left of a call that has waited, in milliseconds: rounded up in coarse steps, so that calls with similar waits
 * share one header block. We enforce the deadline, not the peer.
 */
function timeLeft(call: Timed): number {
  if (call.deadlines === null) return Infinity;
  const step_ms = Math.max(1, call.deadlines.timeout_ms / 50);
  return Math.max(1, Math.ceil(Math.ceil((call.deadline_ms - performance.now()) / step_ms) * step_ms));
}
