/** Opens sockets: plain or TLS, by address, name or path. What goes wrong is left to `diagnose` to explain. */
import { lookup } from "node:dns/promises";
import type { TlsOptions } from "../../channel.ts";
import { isAddress } from "../../probe.ts";
import type { Target } from "../../target.ts";
import type { ByteSocket, Endpoint } from "./byte_socket.ts";
import { dialNodeTls } from "./node_tls.ts";

/**
 * Finds the endpoints behind a target: a name may have several addresses, to be tried in the resolver's order.
 * @throws {Error} when the name is not known
 */
export async function resolve(target: Target): Promise<Endpoint[]> {
  if (target.kind === "unix" || isAddress(target.host)) return [target];
  const found = await lookup(target.host, { all: true });
  return found.map(({ address }) => ({ kind: "tcp", host: address, port: target.port }));
}

/**
 * Connects to one endpoint and finishes the TLS handshake.
 * @param name the name the target was written with, for the certificate
 * @throws {Error} with the words of the operating system or of the TLS library
 */
export function dial(endpoint: Endpoint, name: string, tls: TlsOptions | null): Promise<ByteSocket> {
  if (tls === null) return dialPlain(endpoint);
  const unverified = tls.insecure || tls.pinned_sha256 !== null;
  // Deno.startTls takes no client certificate, and Deno.connectTls, which does, leaves Nagle's algorithm on.
  if (unverified || tls.cert_pem !== null || endpoint.kind === "unix") return dialNodeTls(endpoint, name, tls);
  return dialDenoTls(endpoint, name, tls);
}

async function dialPlain(endpoint: Endpoint): Promise<Deno.Conn> {
  if (endpoint.kind === "unix") return await Deno.connect({ transport: "unix", path: endpoint.path });
  const socket = await Deno.connect({ hostname: endpoint.host, port: endpoint.port });
  socket.setNoDelay(true);
  return socket;
}

async function dialDenoTls(endpoint: Endpoint & { kind: "tcp" }, name: string, tls: TlsOptions): Promise<ByteSocket> {
  const plain = await Deno.connect({ hostname: endpoint.host, port: endpoint.port });
  plain.setNoDelay(true);
  return await shakeHands(
    await Deno.startTls(plain, {
      hostname: tls.server_name ?? name,
      alpnProtocols: ["h2"],
      ...(tls.ca_pem !== null && { caCerts: [tls.ca_pem] }),
    }),
  );
}

async function shakeHands(socket: Deno.TlsConn): Promise<ByteSocket> {
  try {
    const { alpnProtocol } = await socket.handshake();
    if (alpnProtocol !== "h2") throw new Error("The peer does not offer HTTP/2 (ALPN)");
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
