/** Local ports for connections: those the system may choose from, and those it cannot give to one more connection. */
import { parsePortRange } from "./proc.ts";

/** Texts of the files of /proc that tell of ports; null where one cannot be read. */
export interface PortSources {
  /** net.ipv4.ip_local_port_range */
  range: string | null;
  /** net.ipv4.ip_local_reserved_ports */
  reserved: string | null;
  /** net.ipv4.tcp_tw_reuse */
  reuse: string | null;
  /** Reads /proc/net/tcp and /proc/net/tcp6, which are long on a busy machine. */
  sockets(): readonly (string | null)[];
}

/** The local ports of a machine. */
export interface LocalPorts {
  /** In the range, without those kept for other uses. */
  all: number;
  /** How many of them a connection to a server at `port` cannot have now; of several servers the one with most. */
  takenFor(port: number): number;
}

/** States of a socket in /proc/net/tcp. */
const TIME_WAIT = "06";
/** Values of tcp_tw_reuse that let a new connection have the port of one that has ended. */
const REUSED = { everywhere: "1", on_this_machine: "2" } as const;

/**
 * Reads the local ports; null where the range cannot be read.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const sockets = () => ["  sl  local_address rem_address   st\n   0: 0100007F:C350 0100007F:1F90 01 0\n"];
 * const ports = parseLocalPorts({ range: "50000\t50040\n", reserved: "50010-50019\n", reuse: "2\n", sockets });
 * assert.deepEqual([ports?.all, ports?.takenFor(8080), ports?.takenFor(80)], [31, 1, 0]);
 * ```
 */
export function parseLocalPorts({ range, reserved, reuse, sockets }: PortSources): LocalPorts | null {
  const bounds = range === null ? null : parsePortRange(range);
  if (bounds === null) return null;
  const kept = new Set(reservedIn(reserved ?? "", bounds));
  const isChosen = ({ port, peer, state }: Socket) =>
    port >= bounds.first && port <= bounds.last && !kept.has(port) &&
    !(state === TIME_WAIT && isReused(peer, reuse?.trim() ?? ""));
  return {
    all: Math.max(0, bounds.last - bounds.first + 1 - kept.size),
    takenFor: (port) => mostTaken(sockets().flatMap((text) => socketsOf(text ?? "")).filter(isChosen), port),
  };
}

/** Sockets without a peer block their port for all, others for their peer alone. */
function mostTaken(sockets: readonly Socket[], port: number): number {
  const bound = new Set(sockets.filter(({ peer }) => peer.endsWith(":0000")).map(({ port }) => port));
  const end = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const servers = new Map<string, Set<number>>();
  for (const { port, peer } of sockets) {
    if (peer.endsWith(end)) servers.set(peer, (servers.get(peer) ?? new Set(bound)).add(port));
  }
  return [...servers.values()].reduce((most, { size }) => Math.max(most, size), bound.size);
}

/** One line of /proc/net/tcp. */
interface Socket {
  port: number;
  /** Address and port as the kernel writes them. */
  peer: string;
  state: string;
}

/** The ports of `8080,9148-9150` that lie within the bounds. */
function* reservedIn(text: string, { first, last }: { first: number; last: number }): Iterable<number> {
  for (const [, from, to] of text.matchAll(/(\d+)(?:-(\d+))?/g)) {
    const end = Math.min(last, Number(to ?? from));
    for (let port = Math.max(first, Number(from)); port <= end; port++) yield port;
  }
}

function socketsOf(text: string): Socket[] {
  const lines = text.matchAll(/^ *\d+: [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]+:[0-9A-F]{4}) ([0-9A-F]{2})/gm);
  return [...lines].map(([, port = "", peer = "", state = ""]) => ({ port: Number.parseInt(port, 16), peer, state }));
}

/** Addresses 127.0.0.0/8 end in `7F` as the kernel writes them; ::1 is 1 in the last of four words. */
function isReused(peer: string, reuse: string): boolean {
  if (reuse === REUSED.everywhere) return true;
  const isLoopback = /^[0-9A-F]{6}7F:|^0{16}F{4}0{4}[0-9A-F]{6}7F:|^0{24}01000000:/.test(peer);
  return reuse === REUSED.on_this_machine && isLoopback;
}
