/** What is counted of connections, by service and by address, and how the counts of several pools add up. */
import { Histogram } from "./histogram.ts";
import type { AddressData, ConnectionNote, HistogramData, LinkFigures } from "./interval.ts";
import { patternOf } from "./failures.ts";

/** Addresses of a service that are kept apart in one pool; the rest are counted together as {@linkcode OTHER_ADDRESSES}. */
export const MAX_ADDRESSES = 32;
/** The name of all addresses beyond the first 32. */
export const OTHER_ADDRESSES = "(others)";
/** Kinds of notes kept apart for a service; further ones are counted in a last one of their own kind. */
export const MAX_NOTES = 50;
/** Longest text of a note that is kept; characters. */
const MAX_TEXT = 300;

/** A sum in which something unknown makes all of it unknown. */
function sumKnown(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>((sum, value) => sum === null || value === null ? null : sum + value, 0);
}

/** Where no connection is open nothing is allowed, and nothing known. */
function mergeLimits(open: readonly LinkFigures[]): number | null {
  return open.length === 0 ? null : sumKnown(open.map((one) => one.stream_limit));
}

/** Several histograms as one; undefined: there is none. */
export function mergeHistograms(parts: readonly (HistogramData | undefined)[]): HistogramData | undefined {
  const known = parts.filter((part) => part !== undefined);
  if (known.length < 2) return known[0];
  const all = new Histogram();
  for (const part of known) all.mergeData(part);
  return all.toData();
}

/** Adds up the counters of several pools, or of several addresses. */
export function mergeLinks(parts: readonly (LinkFigures & { connections: number })[]): LinkFigures {
  const sum = (pick: (part: LinkFigures) => number) => parts.reduce((total, part) => total + pick(part), 0);
  const known = (pick: (part: LinkFigures) => number | null) => sumKnown(parts.map(pick));
  const ping = mergeHistograms(parts.map((part) => part.ping));
  return {
    opening: sum((one) => one.opening),
    stream_limit: mergeLimits(parts.filter(({ connections }) => connections > 0)),
    lost_total: sum((one) => one.lost_total),
    failed_total: sum((one) => one.failed_total),
    goaways_total: sum((one) => one.goaways_total),
    sent_bytes_total: known((one) => one.sent_bytes_total),
    received_bytes_total: known((one) => one.received_bytes_total),
    sent_messages_total: known((one) => one.sent_messages_total),
    received_messages_total: known((one) => one.received_messages_total),
    ...(ping !== undefined && { ping }),
  };
}

/** The addresses of several pools, in the order in which they came; at most {@linkcode MAX_ADDRESSES} and the others. */
export function mergeAddresses(list: readonly AddressData[]): AddressData[] {
  const names = [...new Set(list.map(({ address }) => address))].filter((name) => name !== OTHER_ADDRESSES);
  const kept = new Set(names.slice(0, MAX_ADDRESSES));
  const groups = Map.groupBy(list, ({ address }) => kept.has(address) ? address : OTHER_ADDRESSES);
  return [...groups].map(([address, group]) => ({
    address,
    connections: group.reduce((total, one) => total + one.connections, 0),
    streams_in_flight: group.reduce((total, one) => total + one.streams_in_flight, 0),
    reconnects_total: group.reduce((total, one) => total + one.reconnects_total, 0),
    ...mergeLinks(group),
  }));
}

/**
 * Notes grouped by kind, address and text, in a list that cannot grow without bound. Texts that differ only in numbers
 * and ids are one; the first stands.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const notes = new ConnectionNotes();
 * for (const at_ms of [1000, 2000]) {
 *   const text = `GOAWAY (NO_ERROR: age ${at_ms})`;
 *   notes.add({ kind: "goaway", address: "10.0.0.7:50051", text, count: 1, first_ms: at_ms, last_ms: at_ms });
 * }
 * const [note] = notes.list();
 * assert.deepEqual([note?.text, note?.count, note?.last_ms], ["GOAWAY (NO_ERROR: age 1000)", 2, 2000]);
 * ```
 */
export class ConnectionNotes {
  readonly #groups = new Map<string, ConnectionNote>();

  /** Adds one, or a group of them. */
  add(note: ConnectionNote): void {
    const key = `${note.kind}\n${note.address}\n${patternOf(note.text)}`;
    const group = this.#groups.get(key);
    if (group !== undefined) return join(group, note);
    if (this.#groups.size < MAX_NOTES) {
      return void this.#groups.set(key, { ...note, text: note.text.slice(0, MAX_TEXT) });
    }
    const restKey = `rest\n${note.kind}`;
    const rest = this.#groups.get(restKey);
    if (rest !== undefined) return join(rest, note);
    this.#groups.set(restKey, { ...note, address: OTHER_ADDRESSES, text: "(more kinds)" });
  }

  /** All groups, in the order in which they came. */
  list(): ConnectionNote[] {
    return [...this.#groups.values()];
  }

  /** Forgets all groups. */
  clear(): void {
    this.#groups.clear();
  }
}

function join(group: ConnectionNote, note: ConnectionNote): void {
  group.count += note.count;
  if (note.first_ms < group.first_ms) {
    group.first_ms = note.first_ms;
    group.text = note.text.slice(0, MAX_TEXT);
  }
  group.last_ms = Math.max(group.last_ms, note.last_ms);
}
