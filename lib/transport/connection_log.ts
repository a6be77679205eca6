/** What happens to the connections of one channel, by address. Nothing here runs once a call, unless a call waits. */
import { ConnectionNotes, MAX_ADDRESSES, mergeLinks, OTHER_ADDRESSES } from "../measure/connections.ts";
import { type AddressData, type ConnectionDetails, type ConnectionNoteKind } from "../measure/interval.ts";
import { Histogram } from "../measure/histogram.ts";
import type { Target } from "./target.ts";
import { hostPortOf } from "./target.ts";

/** A connection as the log reads it, once a second and at its end. */
export interface Counted {
  /** It takes new calls. */
  readonly accepting: boolean;
  /** Calls on it. */
  readonly streams: number;
  /** Calls that the peer allows on it at a time; Infinity: no limit, or not known. */
  readonly stream_limit: number;
  readonly sent_bytes: number;
  readonly received_bytes: number;
  readonly sent_messages: number;
  readonly received_messages: number;
}

/** How a connection ended: `lost` by the peer or the network, or in order. */
export type LinkEnd = { lost: false } | { lost: true; words: string };

/** Peers that mean no limit write the largest number that SETTINGS can hold, or that an id leaves room for. */
const UNLIMITED = 2 ** 30;

const NO_BYTES = { sent_bytes: 0, received_bytes: 0, sent_messages: 0, received_messages: 0 };

/** The name of a place in figures: the service behind a proxy, not the proxy. */
export function addressOf(place: Target): string {
  if (place.kind === "unix") return `unix:${place.path}`;
  return place.tunnel?.target ?? hostPortOf(place);
}

/** The connections to one address. */
class AddressLog {
  opening = 0;
  readonly live = new Set<Counted>();
  /** Of those that have ended. */
  readonly gone = { ...NO_BYTES };
  reconnects_total = 0;
  lost_total = 0;
  failed_total = 0;
  goaways_total = 0;
  readonly pings = new Histogram();

  constructor(readonly address: string) {}

  end(connection: Counted): boolean {
    if (!this.live.delete(connection)) return false;
    for (const key of Object.keys(NO_BYTES) as (keyof typeof NO_BYTES)[]) this.gone[key] += connection[key];
    return true;
  }

  /** @param counts whether the transport knows bytes and messages */
  take(counts: boolean): AddressData {
    const { address, opening, reconnects_total, lost_total, failed_total, goaways_total, pings } = this;
    const live = [...this.live];
    const accepting = live.filter((one) => one.accepting);
    const limit = accepting.reduce((sum, one) => sum + one.stream_limit, 0);
    const limited = accepting.length > 0 && limit < UNLIMITED;
    const total = (key: keyof typeof NO_BYTES) =>
      counts ? live.reduce((sum, one) => sum + one[key], this.gone[key]) : null;
    const ping = pings.count === 0 ? {} : { ping: pings.toData() };
    pings.clear();
    return {
      address,
      connections: accepting.length,
      opening,
      streams_in_flight: live.reduce((sum, one) => sum + one.streams, 0),
      stream_limit: limited ? limit : null,
      reconnects_total,
      lost_total,
      failed_total,
      goaways_total,
      sent_bytes_total: total("sent_bytes"),
      received_bytes_total: total("received_bytes"),
      sent_messages_total: total("sent_messages"),
      received_messages_total: total("received_messages"),
      ...ping,
    };
  }
}

/**
 * The log of one channel's connections.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const log = new ConnectionLog();
 * const connection = {
 *   accepting: true,
 *   streams: 3,
 *   stream_limit: 100,
 *   sent_bytes: 500,
 *   received_bytes: 900,
 *   sent_messages: 7,
 *   received_messages: 4,
 * };
 * log.came("10.0.0.7:50051", connection, false);
 * log.goaway("10.0.0.7:50051", "GOAWAY (NO_ERROR: max_age)");
 * log.ended("10.0.0.7:50051", connection, { lost: false });
 * const { addresses: [one], notes } = log.take();
 * assert.deepEqual([one?.connections, one?.goaways_total, one?.lost_total, one?.sent_bytes_total], [0, 1, 0, 500]);
 * assert.deepEqual(notes.map(({ kind, text, count }) => [kind, text, count]), [
 *   ["goaway", "GOAWAY (NO_ERROR: max_age)", 1],
 * ]);
 * ```
 */
export class ConnectionLog {
  readonly #addresses = new Map<string, AddressLog>();
  readonly #notes = new ConnectionNotes();
  readonly #waits = new Histogram();
  #failed_total = 0;

  /** @param counts whether the transport knows bytes and messages of its connections */
  constructor(readonly counts = true) {}

  #at(address: string): AddressLog {
    const known = this.#addresses.get(address);
    if (known !== undefined) return known;
    const name = this.#addresses.size < MAX_ADDRESSES ? address : OTHER_ADDRESSES;
    const log = this.#addresses.get(name) ?? new AddressLog(name);
    this.#addresses.set(name, log);
    return log;
  }

  #note(kind: ConnectionNoteKind, address: string, text: string): void {
    const now_ms = performance.now();
    this.#notes.add({ kind, address, text, count: 1, first_ms: now_ms, last_ms: now_ms });
  }

  /** An attempt to reach an address begins; what it returns ends it, `failed` with the address's own failure. */
  dialing(address: string): (failed: boolean) => void {
    const at = this.#at(address);
    at.opening++;
    return (failed) => {
      at.opening--;
      if (failed) at.failed_total++;
    };
  }

  /** No address of the target could be connected to. */
  failed(text: string): void {
    this.#failed_total++;
    this.#note("failed", "", text);
  }

  /** A connection opened. `again`: in place of another. */
  came(address: string, connection: Counted, again: boolean): void {
    const at = this.#at(address);
    at.live.add(connection);
    if (!again) return;
    at.reconnects_total++;
    this.#note("reconnected", address, "");
  }

  /** The peer told a connection to go. */
  goaway(address: string, words: string): void {
    this.#at(address).goaways_total++;
    this.#note("goaway", address, words);
  }

  /** A connection has ended; harmless when repeated. */
  ended(address: string, connection: Counted, end: LinkEnd): void {
    const at = this.#at(address);
    if (!at.end(connection) || !end.lost) return;
    at.lost_total++;
    this.#note("lost", address, end.words);
  }

  /** A call no longer waits for a connection or a stream; since when on the clock of `performance.now`. */
  waited(since_ms: number): void {
    this.#waits.record(1000 * (performance.now() - since_ms));
  }

  /** A ping of ours was answered. */
  answered(address: string, after_ms: number): void {
    this.#at(address).pings.record(1000 * after_ms);
  }

  /**
   * The counters now, and what has happened since they were last taken. The notes' instants are those of
   * `performance.now`.
   * @param opening attempts in progress, where more are so than addresses have: a name is being looked up
   */
  take(opening = 0): ConnectionDetails {
    const addresses = [...this.#addresses.values()].map((one) => one.take(this.counts));
    const notes = this.#notes.list();
    this.#notes.clear();
    const wait = this.#waits.count === 0 ? {} : { wait: this.#waits.toData() };
    this.#waits.clear();
    return {
      ...mergeLinks(addresses),
      opening: Math.max(opening, addresses.reduce((sum, one) => sum + one.opening, 0)),
      failed_total: this.#failed_total,
      ...wait,
      addresses,
      notes,
    };
  }
}
