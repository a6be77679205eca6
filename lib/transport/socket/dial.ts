/** Opens sockets: plain or TLS, by address, name or path. `diagnose` explains what went wrong. */
import { lookup } from "node:dns/promises";
import { ConnectError, type ProxyOptions, type TlsOptions } from "../channel.ts";
import { proxyFault } from "./proxy_faults.ts";
import { hostPortOf, isAddress, parseTarget, type Target, type Tunnel } from "../target.ts";
import type { ByteSocket, SecuredSocket } from "./byte_socket.ts";
import type { Limit } from "./limit.ts";
import { dialNodeTls } from "./node_tls.ts";
import { askForTunnel, ReadSocket } from "./tunnel.ts";

/** The protocol over a connection, by its ALPN name. */
export type Alpn = "h2" | "http/1.1";

/** Finds the addresses of a name, in the order to try them. */
export type Lookup = (host: string) => Promise<readonly string[]>;

/**
 * The system's resolver.
 * @throws {Error} when the name is not known
 */
export const systemLookup: Lookup = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/** The target as seen through a proxy: the proxy's place with the tunnel behind it. Null: no proxy. */
export function detour(target: Target, proxy: ProxyOptions | null | undefined): Target | null {
  if (!proxy || target.kind === "unix") return null;
  const place = parseTarget(proxy.address);
  return place.kind === "unix" ? null : { ...place, tunnel: { target: hostPortOf(target), host: target.host, proxy } };
}

/**
 * Finds the places of a target: a name may have several addresses, tried in the resolver's order.
 * @throws {Error} when the name is not known
 */
export async function resolve(target: Target, lookup: Lookup): Promise<Target[]> {
  if (target.kind === "tcp" && target.tunnel !== undefined) return await resolveProxy(target, target.tunnel, lookup);
  if (target.kind === "tcp" && target.all !== undefined) return [...target.all];
  if (target.kind === "unix" || isAddress(target.host)) return [target];
  return (await lookup(target.host)).map((host) => ({ kind: "tcp", host, port: target.port }));
}

async function resolveProxy(target: Target & { kind: "tcp" }, tunnel: Tunnel, lookup: Lookup): Promise<Target[]> {
  const { host, port } = target;
  try {
    const places = await resolve({ kind: "tcp", host, port }, lookup);
    return places.map((place) => ({ ...place, tunnel }));
  } catch {
    throw proxyFault.unreachable(tunnel, `the name "${host}" is not known`);
  }
}

/**
 * Connects to one place and finishes the TLS handshake.
 * @param name the name in the target, for the certificate
 * @param alpn the requested protocol; a TLS peer that does not name HTTP/2 does not speak it
 * @throws {Error} with the message of the operating system or of the TLS library
 * @throws {OutOfTime} when the limit ends first; nothing is left open then, except a TLS handshake, which Deno cannot
 * always cancel: its socket lives until the peer sends something or closes
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
  if (place.kind === "unix") {
    return await limit.run(Deno.connect({ transport: "unix", path: place.path }), (late) => late.close());
  }
  const { socket, rest } = await dialTcp(place, limit);
  return rest.length === 0 ? socket : new ReadSocket(socket, rest);
}

const NOTHING = new Uint8Array(0);

/** Connects, through a proxy if the place is one. `rest` holds bytes of the target after the proxy's answer. */
async function dialTcp(
  { host, port, tunnel }: Target & { kind: "tcp" },
  limit: Limit,
): Promise<{ socket: Deno.TcpConn; rest: Uint8Array }> {
  const connecting = Deno.connect({ hostname: host, port });
  if (tunnel === undefined) {
    const socket = await limit.run(connecting, (late) => late.close());
    limit.accepted();
    socket.setNoDelay(true);
    return { socket, rest: NOTHING };
  }
  const socket = await limit.run(connecting, (late) => late.close()).catch((error) => {
    throw proxyFault.unreachable(tunnel, error);
  });
  limit.accepted();
  socket.setNoDelay(true);
  try {
    return { socket, rest: await limit.run(askForTunnel(socket, tunnel)) };
  } catch (error) {
    socket.close();
    throw error instanceof ConnectError ? error : proxyFault.unreachable(tunnel, error);
  }
}

/** TLS with Deno's own library; throws as {@linkcode dial} does. */
export async function dialDenoTls(
  place: Target & { kind: "tcp" },
  name: string,
  tls: TlsOptions,
  limit: Limit,
  alpn: Alpn,
): Promise<SecuredSocket> {
  const { socket: plain } = await dialTcp(place, limit);
  const socket = await Deno.startTls(plain, {
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
