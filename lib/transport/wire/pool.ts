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
import { ConnectionLog } from "../connection_log.ts";
import { bookOf, hasSeveral, KnownAddresses, spreadOver } from "../socket/addresses.ts";
import { systemLookup } from "../socket/dial.ts";
import { hostPortOf, parseTarget, type Target } from "../target.ts";
import type { Connection } from "./connection.ts";
import { Deadlines, type Timed } from "./deadlines.ts";
import { type Peer, placesOf } from "./establish.ts";
import { ErrorCode } from "./frames.ts";
import { Slot, type SlotListener } from "./slot.ts";
import type { CloseReason, Stream } from "./stream.ts";

/** Most connections opened at the same time; more would overflow the peer's accept queue. */
const CONNECTING_AT_ONCE = 32;

/** Most addresses that get a connection of their own where fewer connections are asked for. */
const MAX_ADDRESSES = 256;

/** Least time between two failed attempts that waiting calls fail by, however many connections are tried; milliseconds. */
const LEAST_BETWEEN_MS = 500;

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
  /** Calls that wait for a connection or a stream, each with the instant since when; milliseconds. */
  readonly #waiting = new Map<Call, number>();
  /** Calls that a GOAWAY refused; they wait for the next connection. */
  readonly #moving = new Map<Call, number>();
  readonly #log = new ConnectionLog();
  readonly #deadlines = new Deadlines();
  /** Connections that accept new streams. */
  #open: Connection[] = [];
  #turn = 0;
  readonly #known = new KnownAddresses();
  #looking: ReturnType<typeof setInterval> | null = null;
  /** What this machine lacked at the last attempt to connect, if anything. */
  #lacked: ShortageErrno | null = null;
  /** Why the last attempt failed; null: it did not. */
  #error: ConnectError | null = null;
  /** When calls last failed by a failed attempt. */
  #gaveUp_ms = -Infinity;
  #closed = false;
  /** Why the last connection ended; empty: none has. */
  #lastLoss = "";
  /** What a peer said of an error when it last told a connection to go: `GOAWAY (reason)`; empty: nothing. */
  #lastFarewell = "";
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
    this.peer = { text: target, target: parsed, options, lookup, refine, log: this.#log };
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
      details: () => this.#log.take(this.#slots.filter(({ state }) => state.tag === "connecting").length),
    };
  }

  /** Ends idle connections gracefully; calls still open are cancelled. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#looking !== null) clearInterval(this.#looking);
    for (const slot of this.#slots) slot.close();
    for (const call of this.#all()) call.giveUp(CLOSED, "cancel");
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

  #wait(call: Call, since_ms = performance.now()): void {
    this.#waiting.set(call, since_ms);
    if (this.#lacked !== null) call.lacks(this.#lacked);
    if (this.#open.length === 0) this.#demand();
  }

  /** A place without a connection tries to get one, at once or as soon as it may. */
  #demand(): void {
    for (const slot of this.#slots) slot.demand();
  }

  #all(): Call[] {
    return [...this.#moving.keys(), ...this.#waiting.keys()];
  }

  /** A call no longer waits, if it did. */
  #leave(those: Map<Call, number>, call: Call): void {
    const since_ms = those.get(call);
    if (since_ms === undefined) return;
    those.delete(call);
    this.#log.waited(since_ms);
  }

  /** Why there is no connection, for a call that waits for one; empty: there is one, or none has failed. */
  get lack(): string {
    if (this.#open.length > 0) return "";
    const { message } = this.#error ?? {};
    if (message === undefined) return this.#lastLoss;
    return this.#lastFarewell === "" ? message : `${message} (the last connection ended by ${this.#lastFarewell})`;
  }

  /** A call has ended, waiting or on a connection. */
  ended(call: Call): void {
    this.#deadlines.remove(call);
    if (this.#waiting.size > 0) this.#leave(this.#waiting, call);
    if (this.#moving.size > 0) this.#leave(this.#moving, call);
  }

  /** A call was provably not processed: retries it on another connection. False: it may not be retried. */
  move(call: Call): boolean {
    if (this.#closed) return false;
    this.#moves_total++;
    // A proxy that counts requests closes connections of the same age together, and a call is retried only once.
    if (call.refusedBy?.state.tag === "draining" && this.#connecting) this.#moving.set(call, performance.now());
    else this.#dispatchOrWait(call);
    return true;
  }

  #dispatchOrWait(call: Call, since_ms?: number): void {
    if (!this.#dispatch(call, timeLeft(call))) this.#wait(call, since_ms);
    else if (since_ms !== undefined) this.#log.waited(since_ms);
  }

  // Connections.

  capacityAvailable(): void {
    if (this.#waiting.size === 0) return;
    for (const call of this.#waiting.keys()) {
      if (!this.#dispatch(call, timeLeft(call))) return;
      this.#leave(this.#waiting, call);
    }
  }

  came(_slot: Slot, connection: Connection, again: boolean): void {
    if (again) this.#reconnects_total++;
    this.#lacked = null;
    this.#error = null;
    this.#connections.add(connection);
    this.#log.came(connection.tally.address, connection.tally, again);
    this.#open.push(connection);
    for (const [call, since_ms] of this.#moving) {
      this.#moving.delete(call);
      if (connection.hasRoom) {
        this.#put(call, connection, timeLeft(call));
        this.#log.waited(since_ms);
      } else {
        this.#wait(call, since_ms);
      }
    }
    this.capacityAvailable();
  }

  left(connection: Connection): void {
    this.#open = this.#open.filter((open) => open !== connection);
  }

  gone(connection: Connection): void {
    this.left(connection);
    if (connection.state.tag === "closed") this.#noteEnd(connection, connection.state.loss);
    if (!this.#connections.delete(connection)) return;
    this.#sent_bytes += connection.sent_bytes;
    this.#received_bytes += connection.received_bytes;
    const { closed } = connection;
    this.#leaving.add(closed);
    closed.then(() => this.#leaving.delete(closed));
  }

  #noteEnd(connection: Connection, { message, cause }: CloseReason): void {
    this.#lastLoss = message;
    // One that ended before its place knew of it never came.
    const { tally, farewell } = connection;
    if (!this.#connections.has(connection)) this.#log.came(tally.address, tally, false);
    const lost = cause !== "closed" && (farewell === "" || tally.cutOff);
    this.#log.ended(tally.address, tally, lost ? { lost, words: message } : { lost });
  }

  toldToGo({ tally, farewell }: Connection, code: number): void {
    if (code !== ErrorCode.NO_ERROR) this.#lastFarewell = farewell;
    this.#log.goaway(tally.address, farewell);
  }

  answered({ tally }: Connection, after_ms: number): void {
    this.#log.answered(tally.address, after_ms);
  }

  failed(error: ConnectError | null): void {
    if (error !== null) {
      this.#error = error;
      this.#log.failed(error.message);
    }
    this.#lacked = error instanceof LocalShortage ? error.errno : null;
    if (this.#lacked !== null) { for (const call of this.#all()) call.lacks(this.#lacked); }
    if (this.#connecting) return;
    for (const [call, since_ms] of this.#moving) {
      this.#moving.delete(call);
      this.#dispatchOrWait(call, since_ms);
    }
    if (this.#open.length > 0 || this.#waiting.size === 0) return;
    if (error !== null && !this.peer.options.waitForReady) this.#giveUp();
    if (this.#waiting.size > 0) this.#demand();
  }

  get #connecting(): boolean {
    return this.#slots.some((slot) => slot.state.tag === "connecting");
  }

  /**
   * The attempt that calls waited for has failed: so do they, with its reason. Calls that come later wait for the next
   * attempt, so that a service that is gone fails each user once an attempt and not as often as it can ask.
   */
  #giveUp(): void {
    const now_ms = performance.now();
    if (now_ms - this.#gaveUp_ms < LEAST_BETWEEN_MS) return;
    this.#gaveUp_ms = now_ms;
    const details = this.lack;
    for (const call of [...this.#waiting.keys()]) call.giveUp(details, "connection");
  }

  calm(): void {
    const { keepalive } = this;
    if (keepalive !== null) this.keepalive = { ...keepalive, interval_ms: keepalive.interval_ms * 2 };
  }
}

const CLOSED = "The channel was closed";

/** What is said of a call whose deadline passed while it waited. `lack`: why there is no connection; empty: there is one. */
export function overdueText(call: "call" | "request", lack: string): string {
  const words = `The deadline passed while the ${call} waited for a connection`;
  return lack === "" ? `${words} or a stream slot` : `${words}: ${lack}`;
}

/**
 * Time left of a call that has waited, in milliseconds: rounded up in coarse steps, so that calls with similar waits
 * share one header block. We enforce the deadline, not the peer.
 */
function timeLeft(call: Timed): number {
  if (call.deadlines === null) return Infinity;
  const step_ms = Math.max(1, call.deadlines.timeout_ms / 50);
  return Math.max(1, Math.ceil(Math.ceil((call.deadline_ms - performance.now()) / step_ms) * step_ms));
}
