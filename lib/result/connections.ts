/** The connections of a run, folded from its seconds: what they did in all, and the most at a time. */
import { ConnectionNotes, MAX_ADDRESSES, OTHER_ADDRESSES } from "../measure/connections.ts";
import { type AddressData, type ConnectionNote, type LinkFigures } from "../measure/interval.ts";
import type { ConnectionData, HistogramData } from "../measure/interval.ts";
import { addHistograms, packHistogram } from "./sparse.ts";

/** Totals of connections that a run may have; null: not known, as in results of older builds. */
export const LINK_TOTALS = [
  "lost_total",
  "failed_total",
  "goaways_total",
  "sent_bytes_total",
  "received_bytes_total",
  "sent_messages_total",
  "received_messages_total",
] as const satisfies readonly (keyof LinkFigures)[];
/** One of them. */
export type LinkTotal = typeof LINK_TOTALS[number];

/** The connections to a service, or to one of its addresses, over a whole run. */
export interface LinkSummary extends Record<LinkTotal, number | null> {
  /** The most that were open at the end of a second. */
  connections_peak: number;
  /** The most calls on them at the end of a second, and the most that the peers then allowed; null: no limit known. */
  streams_peak: number;
  stream_limit: number | null;
  /** Connections opened in place of others. */
  reconnects_total: number;
  /** Round trips of pings; microseconds, null: none was answered. */
  ping: HistogramData | null;
}

/** The connections to one address. */
export interface AddressSummary extends LinkSummary {
  address: string;
}

/** The connections to one service. */
export interface ConnectionSummary extends LinkSummary {
  service: string;
  /** Calls moved to another connection because the first provably did not process them. */
  moves_total: number;
  /** The most calls seen waiting for a connection or a free stream at the end of a second. */
  waiting_peak: number;
  /** Waits for a connection or a stream; microseconds, null: no call waited, or not known. */
  wait: HistogramData | null;
  /** In the order in which they were first used. */
  addresses: AddressSummary[];
  /** What happened, grouped. */
  notes: ConnectionNote[];
}

/** A summary of nothing. */
export function noConnections(service: string): ConnectionSummary {
  return { service, moves_total: 0, waiting_peak: 0, wait: null, addresses: [], notes: [], ...noLinks() };
}

function noLinks(): LinkSummary {
  return {
    connections_peak: 0,
    streams_peak: 0,
    stream_limit: null,
    reconnects_total: 0,
    ping: null,
    lost_total: null,
    failed_total: null,
    goaways_total: null,
    sent_bytes_total: null,
    received_bytes_total: null,
    sent_messages_total: null,
    received_messages_total: null,
  };
}

/** The larger of two, where the unknown is nothing. */
function largest(a: number | null, b: number | null | undefined): number | null {
  return a === null ? b ?? null : b === null || b === undefined ? a : Math.max(a, b);
}

function added(sum: HistogramData | null, data: HistogramData | undefined): HistogramData | null {
  return data === undefined ? sum : sum === null ? packHistogram(data) : addHistograms(sum, data);
}

type Link =
  & Partial<LinkFigures>
  & Pick<AddressData, "connections" | "streams_in_flight" | "reconnects_total">;

/** The counters of a worker that dies drop out of the sum, so the largest value counts. */
function follow(all: LinkSummary, now: Link): void {
  all.connections_peak = Math.max(all.connections_peak, now.connections);
  all.streams_peak = Math.max(all.streams_peak, now.streams_in_flight);
  all.stream_limit = largest(all.stream_limit, now.stream_limit);
  all.reconnects_total = Math.max(all.reconnects_total, now.reconnects_total);
  all.ping = added(all.ping, now.ping);
  for (const total of LINK_TOTALS) all[total] = largest(all[total], now[total]);
}

/** Follows the seconds of a run. */
export class RunConnections {
  readonly #services = new Map<string, { summary: ConnectionSummary; notes: ConnectionNotes }>();

  /** Takes the next second. */
  add(connections: readonly ConnectionData[]): void {
    for (const one of connections) this.#add(one);
  }

  #add(now: ConnectionData): void {
    const { service, addresses = [], notes = [] } = now;
    let known = this.#services.get(service);
    if (known === undefined) {
      this.#services.set(service, known = { summary: noConnections(service), notes: new ConnectionNotes() });
    }
    const { summary } = known;
    follow(summary, now);
    summary.moves_total = Math.max(summary.moves_total, now.moves_total);
    summary.waiting_peak = Math.max(summary.waiting_peak, now.waiting);
    summary.wait = added(summary.wait, now.wait);
    for (const one of addresses) follow(addressOf(summary.addresses, one.address), one);
    for (const note of notes) known.notes.add(note);
  }

  /** The summary of a service; of an unknown one that of nothing. */
  of(service: string): ConnectionSummary {
    const known = this.#services.get(service);
    return known === undefined ? noConnections(service) : { ...known.summary, notes: known.notes.list() };
  }
}

function addressOf(list: AddressSummary[], address: string): AddressSummary {
  const name = list.length < MAX_ADDRESSES ? address : OTHER_ADDRESSES;
  const known = list.find((one) => one.address === address) ?? list.find((one) => one.address === name);
  if (known !== undefined) return known;
  const fresh = { address: name, ...noLinks() };
  list.push(fresh);
  return fresh;
}

/** A second's connections as a slot keeps them: without the notes, of which the run keeps groups. */
export function slotConnections(connections: readonly ConnectionData[]): ConnectionData[] {
  return connections.map(({ notes: _, ...one }) => one);
}

/** Two stretches as one: counters at its end, waits and pings of both. */
export function joinConnections(first: readonly ConnectionData[], second: readonly ConnectionData[]): ConnectionData[] {
  return second.map((one) => {
    const before = first.find(({ service }) => service === one.service);
    if (before === undefined) return one;
    const addresses = one.addresses?.map((two) => ({
      ...two,
      ...joined("ping", before.addresses?.find(({ address }) => address === two.address), two),
    }));
    return {
      ...one,
      ...joined("wait", before, one),
      ...joined("ping", before, one),
      ...(addresses !== undefined && { addresses }),
    };
  });
}

type Timed = { wait?: HistogramData; ping?: HistogramData };

function joined(key: keyof Timed, first: Timed | undefined, second: Timed): Timed {
  const [a, b] = [first?.[key], second[key]];
  const sum = a === undefined || b === undefined ? a ?? b : addHistograms(a, b);
  return sum === undefined ? {} : { [key]: sum };
}
