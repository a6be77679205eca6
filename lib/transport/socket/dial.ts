/** Opens sockets: plain or TLS, by address, name or path. What goes wrong is left to `diagnose` to explain. */
import { lookup } from "node:dns/promises";
import type { TlsOptions } from "../channel.ts";
import { isAddress, type Target } from "../target.ts";
import type { ByteSocket, SecuredSocket } from "./byte_socket.ts";
import { Limit } from "./limit.ts";
import { dialNodeTls } from "./node_tls.ts";

/** What is spoken over a connection, as TLS names it in ALPN. */
export type Alpn = "h2" | "http/1.1";

/** Finds the addresses of a name, in the order in which they are to be tried. */
export type Lookup = (host: string) => Promise<readonly string[]>;

/**
 * The system's resolver.
 * @throws {Error} when the name is not known
 */
export const systemLookup: Lookup = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * Finds the places behind a target: a name may have several addresses, to be tried in the resolver's order.
 * @throws {Error} when the name is not known
 */
export async function resolve(target: Target, lookup: Lookup): Promise<Target[]> {
  if (target.kind === "unix" || isAddress(target.host)) return [target];
  return (await lookup(target.host)).map((host) => ({ kind: "tcp", host, port: target.port }));
}

/**
 * Tries the places in order; each gets its share of the time, so that a dead one does not use it all.
 * @param attempt connects to one place within a share of the limit
 * @param undo gets what came too late
 * @throws {Error} what the last attempt threw
 */
export async function firstOf<Connected>(
  places: readonly Target[],
  limit: Limit,
  signal: AbortSignal,
  attempt: (place: Target, share: Limit) => Promise<Connected>,
  undo: (late: Connected) => void,
): Promise<Connected> {
  let failure: unknown = new Error("the name has no address");
  const end_ms = performance.now() + limit.timeout_ms;
  for (const [tried, place] of places.entries()) {
    const share = new Limit((end_ms - performance.now()) / (places.length - tried), signal);
    try {
      return await limit.run(attempt(place, share), undo);
    } catch (error) {
      failure = error;
    } finally {
      share.clear();
    }
  }
  throw failure;
}

/**
 * Connects to one place and finishes the TLS handshake.
 * @param name the name the target was written with, for the certificate
 * @param alpn the protocol asked for; a TLS peer that does not name HTTP/2 does not speak it
 * @throws {Error} with the words of the operating system or of the TLS library
 * @throws {OutOfTime} when the limit ends first; nothing is left open then, but for a TLS handshake, which Deno
 * cannot always give up: its socket lives until the peer speaks or hangs up
 */
export async function dial(
  place: Target,
  name: string,
  tls: TlsOptions | null,
  limit: Limit,
  alpn: Alpn = "h2",
): Promise<ByteSocket> {
  if (tls === null) return await dialPlain(place, limit);
  const unverified = tls.insecure || tls.pinned_sha256 !== null;
  // Deno.startTls takes no client certificate, and Deno.connectTls, which does, leaves Nagle's algorithm on.
  const socket = unverified || tls.cert_pem !== null || place.kind === "unix"
    ? await dialNodeTls(place, name, tls, limit, alpn)
    : await dialDenoTls(place, name, tls, limit, alpn);
  if (socket.alpn === alpn || (socket.alpn === null && alpn === "http/1.1")) return socket;
  socket.close();
  throw new Error(`The peer does not offer ${alpn === "h2" ? "HTTP/2" : "HTTP/1.1"} (ALPN)`);
}

/** Connects without TLS; throws as {@linkcode dial} does. */
export async function dialPlain(place: Target, limit: Limit): Promise<ByteSocket> {
  return place.kind === "tcp"
    ? await dialTcp(place, limit)
    : await limit.run(Deno.connect({ transport: "unix", path: place.path }), (late) => late.close());
}

async function dialTcp({ host, port }: Target & { kind: "tcp" }, limit: Limit): Promise<Deno.TcpConn> {
  const socket = await limit.run(Deno.connect({ hostname: host, port }), (late) => late.close());
  socket.setNoDelay(true);
  return socket;
}

async function dialDenoTls(
  place: Target & { kind: "tcp" },
  name: string,
  tls: TlsOptions,
  limit: Limit,
  alpn: Alpn,
): Promise<SecuredSocket> {
  const socket = await Deno.startTls(await dialTcp(place, limit), {
    hostname: tls.server_name ?? name,
    alpnProtocols: [alpn],
    ...(tls.ca_pem !== null && { caCerts: [tls.ca_pem] }),
  });
  return await finishHandshake(socket, limit);
}

/** Waits for the handshake of one of Deno's TLS sockets; throws as {@linkcode dial} does. */
export async function finishHandshake(socket: Deno.TlsConn, limit: Limit): Promise<SecuredSocket> {
  try {
    const { alpnProtocol: alpn } = await limit.run(socket.handshake());
    return Object.assign(socket, { alpn });
  } catch (error) {
    socket.close();
    throw error;
  }
}
