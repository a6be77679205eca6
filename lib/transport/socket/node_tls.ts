/**
 * TLS through node:tls, for what Deno's own TLS cannot do: unverified or pinned certificates, and client certificates
 * without Nagle's delays.
 */
import { joinBytes } from "../../base/bytes.ts";
import net from "node:net";
import tls from "node:tls";
import type { TlsOptions } from "../channel.ts";
import { PinMismatch } from "../faults.ts";
import { proxyFault } from "./proxy_faults.ts";
import { isAddress, type Target, type Tunnel } from "../target.ts";
import type { SecuredSocket } from "./byte_socket.ts";
import type { Limit } from "./limit.ts";
import { ConnectReply, connectRequest } from "./tunnel.ts";

/**
 * Connects and finishes the handshake.
 * @throws {Error} with the message of the TLS library, or about a fingerprint other than the pinned one
 * @throws {OutOfTime} when the limit ends first
 */
export async function dialNodeTls(
  place: Target,
  name: string,
  options: TlsOptions,
  limit: Limit,
  alpn: "h2" | "http/1.1" = "h2",
): Promise<SecuredSocket> {
  const serverName = options.server_name ?? name;
  const where = await wayTo(place, limit);
  const socket = tls.connect({
    ...where,
    ALPNProtocols: [alpn],
    rejectUnauthorized: !options.insecure && options.pinned_sha256 === null,
    ...(!isAddress(serverName) && { servername: serverName }),
    ...(options.ca_pem !== null && { ca: options.ca_pem }),
    ...(options.cert_pem !== null && { cert: options.cert_pem }),
    ...(options.key_pem !== null && { key: options.key_pem }),
  });
  socket.once("connect", () => limit.accepted());
  const bytes = wrap(place, socket);
  try {
    await limit.run(bytes.secured);
    if (options.pinned_sha256 !== null) checkPin(socket, options.pinned_sha256);
    return bytes;
  } catch (error) {
    bytes.close();
    throw error;
  }
}

/** Deno 2.6 cannot use TLS over a socket after a read from it, as through a proxy, and fails at once. */
function wrap(place: Target, socket: tls.TLSSocket): NodeSocket {
  try {
    return new NodeSocket(socket);
  } catch (error) {
    socket.on("error", () => {}).destroy();
    throw place.kind === "tcp" && place.tunnel !== undefined ? proxyFault.olderDeno(place.tunnel) : error;
  }
}

/** How node:tls reaches a place: directly, or over a socket that a proxy has connected. */
async function wayTo(place: Target, limit: Limit): Promise<tls.ConnectionOptions> {
  if (place.kind === "unix") return { path: place.path };
  const { host, port, tunnel } = place;
  return tunnel === undefined ? { host, port } : { socket: await tunnelled(host, port, tunnel, limit) };
}

async function tunnelled(host: string, port: number, tunnel: Tunnel, limit: Limit): Promise<net.Socket> {
  const socket = net.connect({ host, port });
  const reply = new ConnectReply(tunnel);
  const ready = Promise.withResolvers<void>();
  const fail = (error: Error) => ready.reject(proxyFault.unreachable(tunnel, error));
  const close = () => ready.reject(reply.closed());
  const data = (chunk: Uint8Array) => {
    try {
      if (reply.take(chunk) !== null) ready.resolve();
    } catch (error) {
      ready.reject(error);
    }
  };
  socket.setNoDelay(true);
  socket.once("connect", () => limit.accepted());
  socket.on("error", fail).on("close", close).on("data", data).write(connectRequest(tunnel));
  try {
    await limit.run(ready.promise);
    socket.pause();
    return socket;
  } catch (error) {
    socket.on("error", () => {});
    socket.destroy();
    throw error;
  } finally {
    socket.off("error", fail).off("close", close).off("data", data);
  }
}

/**
 * Compares the peer's certificate with the pinned fingerprint.
 * @throws {PinMismatch} with both fingerprints if they differ
 */
export function checkPin(socket: tls.TLSSocket, pinnedSha256: string): void {
  const found = (socket.getPeerCertificate().fingerprint256 ?? "").replaceAll(":", "").toLowerCase();
  if (found === pinnedSha256.toLowerCase()) return;
  throw new PinMismatch(`it is not the pinned one: its SHA-256 is ${found}, pinned is ${pinnedSha256}`);
}

/** A node socket with Deno's way to read: on request, into the caller's buffer. */
class NodeSocket implements SecuredSocket {
  readonly #socket: tls.TLSSocket;
  readonly #secured = Promise.withResolvers<void>();
  /** Received but not read yet; the socket pauses while there is any. */
  #chunk: Uint8Array | null = null;
  #failure: Error | null = null;
  #ended = false;
  #waiting: { into: Uint8Array; resolve(count: number | null): void; reject(error: Error): void } | null = null;

  constructor(socket: tls.TLSSocket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    // Deno 2.6 reports a failed handshake too, before the error; only then is the ALPN protocol missing.
    socket.once("secureConnect", () => socket.alpnProtocol !== null && this.#secured.resolve());
    socket.on("data", (chunk: Uint8Array) => this.#received(chunk));
    socket.on("end", () => this.#over(null));
    socket.on("close", () => this.#over(null));
    socket.on("error", (error: Error) => this.#over(error));
  }

  /** Resolves when the handshake is done. */
  get secured(): Promise<void> {
    return this.#secured.promise;
  }

  get alpn(): string | null {
    return this.#socket.alpnProtocol || null;
  }

  read(into: Uint8Array): Promise<number | null> {
    if (this.#chunk !== null) return Promise.resolve(this.#deliver(into, this.#chunk));
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (this.#ended) return Promise.resolve(null);
    const { promise, resolve, reject } = Promise.withResolvers<number | null>();
    this.#waiting = { into, resolve, reject };
    return promise;
  }

  write(bytes: Uint8Array): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
    return promise;
  }

  close(): void {
    this.#socket.destroy();
    this.#over(null);
  }

  #received(chunk: Uint8Array): void {
    // A paused node socket may still deliver a chunk.
    this.#chunk = this.#chunk === null ? chunk : joinBytes(this.#chunk, chunk);
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null) waiting.resolve(this.#deliver(waiting.into, this.#chunk));
    if (this.#chunk !== null) this.#socket.pause();
  }

  #deliver(into: Uint8Array, chunk: Uint8Array): number {
    const count = Math.min(into.length, chunk.length);
    into.set(count === chunk.length ? chunk : chunk.subarray(0, count));
    this.#chunk = count === chunk.length ? null : chunk.subarray(count);
    if (this.#chunk === null && this.#socket.isPaused()) this.#socket.resume();
    return count;
  }

  #over(error: Error | null): void {
    if (error === null) this.#ended = true;
    else this.#failure ??= error;
    this.#secured.reject(error ?? new Error("The peer closed the connection during the TLS handshake"));
    this.#secured.promise.catch(() => {});
    const waiting = this.#waiting;
    this.#waiting = null;
    if (error === null) waiting?.resolve(null);
    else waiting?.reject(error);
  }
}
