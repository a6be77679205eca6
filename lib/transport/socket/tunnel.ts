/** Tunnels through an HTTP proxy. Source: RFC 9110, section 9.3.6 (CONNECT). */
import { joinBytes } from "../../base/bytes.ts";
import type { ConnectError } from "../channel.ts";
import { proxyFault } from "./proxy_faults.ts";
import type { Tunnel } from "../target.ts";
import type { ByteSocket } from "./byte_socket.ts";

/** Longest answer of a proxy; bytes. */
const MAX_HEAD_BYTES = 16 * 1024;

/** The CONNECT request. */
export function connectRequest({ target, proxy }: Tunnel): Uint8Array {
  const credentials = proxy.authorization === null ? "" : `proxy-authorization: ${proxy.authorization}\r\n`;
  return new TextEncoder().encode(
    `CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\nuser-agent: june-load\r\n${credentials}\r\n`,
  );
}

/** Collects the proxy's answer. */
export class ConnectReply {
  #bytes = new Uint8Array(0);

  constructor(readonly tunnel: Tunnel) {}

  /**
   * Takes more of the answer.
   * @returns the bytes after the answer, once it is complete; null before
   * @throws {ConnectError} when the proxy does not connect
   */
  take(more: Uint8Array): Uint8Array | null {
    const all = joinBytes(this.#bytes, more);
    this.#bytes = all;
    const text = new TextDecoder("latin1").decode(all.subarray(0, MAX_HEAD_BYTES));
    if (!"HTTP/1.".startsWith(text.slice(0, 7))) throw proxyFault.notHttp(this.tunnel);
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      if (all.length >= MAX_HEAD_BYTES) throw proxyFault.notHttp(this.tunnel);
      return null;
    }
    const status = Number(/^HTTP\/1\.[01] ([1-5][0-9]{2})/.exec(text)?.[1] ?? 0);
    if (status < 200 || status > 299) throw proxyFault.refuses(this.tunnel, status);
    return all.subarray(end + 4);
  }

  /** The proxy closed the connection before its answer was complete. */
  closed(): ConnectError {
    return proxyFault.closed(this.tunnel);
  }
}

/**
 * Asks the proxy at the other end of a socket for a tunnel.
 * @returns bytes that the target has already sent; often none
 * @throws {ConnectError} when the proxy does not connect
 */
export async function askForTunnel(socket: ByteSocket, tunnel: Tunnel): Promise<Uint8Array> {
  const request = connectRequest(tunnel);
  for (let at = 0; at < request.length;) at += await socket.write(request.subarray(at));
  const reply = new ConnectReply(tunnel);
  const into = new Uint8Array(MAX_HEAD_BYTES);
  for (;;) {
    const count = await socket.read(into);
    if (count === null) throw reply.closed();
    const rest = reply.take(into.subarray(0, count));
    if (rest !== null) return rest;
  }
}

/** A socket with some bytes already read. */
export class ReadSocket implements ByteSocket {
  #rest: Uint8Array;

  constructor(readonly inner: ByteSocket, rest: Uint8Array) {
    this.#rest = rest;
  }

  read(into: Uint8Array): Promise<number | null> {
    if (this.#rest.length === 0) return this.inner.read(into);
    const part = this.#rest.subarray(0, into.length);
    into.set(part);
    this.#rest = this.#rest.subarray(part.length);
    return Promise.resolve(part.length);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.inner.write(bytes);
  }

  close(): void {
    this.inner.close();
  }
}
