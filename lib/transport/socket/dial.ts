/** Opens sockets: plain or TLS, by address, name or path. `diagnose` explains what went wrong. */
import { lookup } from "node:dns/promises";
import { ConnectError, type ProxyOptions, type TlsOptions } from "../channel.ts";
import { localShortage } from "../outside_errors.ts";
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
export const systemLookup: Lookup = async (host) => {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    // The resolver says "not known" too where it could open no file or socket.
    throw outOfDescriptors() ?? error;
  }
};

/** The error of opening one more file where none may be opened; null where one may. */
export function outOfDescriptors(): unknown {
  try {
    Deno.openSync(Deno.execPath()).close();
    return null;
  } catch (error) {
    return localShortage(error) === null ? null : error;
  }
}

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
  const connecting = connectTcp(host, port);
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

/** Of an IPv6 address on a machine without IPv6 the system says what it says where no local port is free. */
async function connectTcp(host: string, port: number): Promise<Deno.TcpConn> {
  try {
    return await Deno.connect({ hostname: host, port });
  } catch (error) {
    const withoutIpv6 = host.includes(":") && localShortage(error) === "EADDRNOTAVAIL" &&
      !Deno.networkInterfaces().some(({ family }) => family === "IPv6");
    throw withoutIpv6 ? Object.assign(new Error("this machine has no IPv6 address"), { code: "ENETUNREACH" }) : error;
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
