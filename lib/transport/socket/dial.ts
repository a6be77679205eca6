/** Opens sockets: plain or TLS, by address, name or path. What goes wrong is left to `diagnose` to explain. */
import { lookup } from "node:dns/promises";
import type { TlsOptions } from "../channel.ts";
import { isAddress, type Target } from "../target.ts";
import type { ByteSocket, SecuredSocket } from "./byte_socket.ts";
import type { Limit } from "./limit.ts";
import { dialNodeTls } from "./node_tls.ts";

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
 * Connects to one place and finishes the TLS handshake.
 * @param name the name the target was written with, for the certificate
 * @throws {Error} with the words of the operating system or of the TLS library
 * @throws {OutOfTime} when the limit ends first; nothing is left open then, but for a TLS handshake, which Deno
 * cannot always give up: its socket lives until the peer speaks or hangs up
 */
export async function dial(place: Target, name: string, tls: TlsOptions | null, limit: Limit): Promise<ByteSocket> {
  if (tls === null) return await dialPlain(place, limit);
  const unverified = tls.insecure || tls.pinned_sha256 !== null;
  // Deno.startTls takes no client certificate, and Deno.connectTls, which does, leaves Nagle's algorithm on.
  const socket = unverified || tls.cert_pem !== null || place.kind === "unix"
    ? await dialNodeTls(place, name, tls, limit)
    : await dialDenoTls(place, name, tls, limit);
  if (socket.alpn === "h2") return socket;
  socket.close();
  throw new Error("The peer does not offer HTTP/2 (ALPN)");
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
): Promise<SecuredSocket> {
  const socket = await Deno.startTls(await dialTcp(place, limit), {
    hostname: tls.server_name ?? name,
    alpnProtocols: ["h2"],
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
