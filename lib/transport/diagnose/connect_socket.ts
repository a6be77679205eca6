/** Opens sockets, TLS handshake included, for protocols on top of HTTP/1.1. */
import { errorText } from "../../base/errors.ts";
import { ConnectError, type ProxyOptions, type TlsOptions } from "../channel.ts";
import type { ConnectionLog } from "../connection_log.ts";
import { diagnoseAfter } from "./diagnose.ts";
import { fault } from "../faults.ts";
import { localShortage } from "../outside_errors.ts";
import { speaksTls } from "./probe.ts";
import type { ByteSocket } from "../socket/byte_socket.ts";
import { type AddressChoice, bookOf, connectOne } from "../socket/addresses.ts";
import { detour, dial, resolve, systemLookup } from "../socket/dial.ts";
import { Limit } from "../socket/limit.ts";
import { nameOf, parseTarget } from "../target.ts";

/** Longest probe for TLS; milliseconds. */
const DIAGNOSE_MS = 2000;

/** Where and how to connect. */
export interface SocketOptions {
  tls: TlsOptions | null;
  /** Tunnels the connection; absent or null: none. */
  proxy?: ProxyOptions | null | undefined;
  /** Which addresses of a name connections go to; absent: `spread`. */
  addresses?: AddressChoice | undefined;
  /** Limit on connect plus TLS handshake; milliseconds. */
  connect_timeout_ms: number;
}

/**
 * Opens a socket for HTTP/1.1.
 * @param target `host:port`, `[v6]:port` or `unix:/path`
 * @param signal stops the attempt
 * @param log counts the attempts by address
 * @throws {ConnectError} with the likely cause
 */
export async function connectSocket(
  target: string,
  options: SocketOptions,
  signal: AbortSignal,
  log: ConnectionLog | null = null,
): Promise<ByteSocket> {
  const { tls, proxy, connect_timeout_ms } = options;
  const parsed = parseTarget(target);
  const limit = new Limit(connect_timeout_ms, signal);
  try {
    const places = await limit.run(resolve(detour(parsed, proxy) ?? parsed, systemLookup));
    return await connectOne(
      bookOf(target),
      places,
      options.addresses ?? "spread",
      limit,
      signal,
      (place, share) => dial(place, nameOf(parsed), tls, share, "http/1.1"),
      (socket) => Promise.resolve(socket),
      (late) => late.close(),
      log,
    );
  } catch (error) {
    if (signal.aborted) throw fault.other(target, "the attempt was cancelled");
    if (error instanceof ConnectError) throw error;
    const errno = localShortage(error);
    if (errno !== null) throw fault.shortage(target, errno);
    throw await diagnoseAfter(error, target, options, "http/1.1") ?? fault.other(target, errorText(error));
  } finally {
    limit.clear();
  }
}

/** Whether a server that did not answer plaintext speaks TLS. */
export async function wantsTls(target: string, { proxy }: SocketOptions): Promise<boolean> {
  const parsed = parseTarget(target);
  const limit = new Limit(DIAGNOSE_MS);
  try {
    return await speaksTls(detour(parsed, proxy) ?? parsed, limit);
  } finally {
    limit.clear();
  }
}

/** The value of the `host` header, without the scheme's default port, as browsers send it. */
export function hostOf(target: string, tls: TlsOptions | null): string {
  const parsed = parseTarget(target);
  if (parsed.kind === "unix") return tls?.server_name ?? "localhost";
  const host = tls?.server_name ?? (parsed.host.includes(":") ? `[${parsed.host}]` : parsed.host);
  return parsed.port === (tls === null ? 80 : 443) ? host : `${host}:${parsed.port}`;
}

/** Turns anything thrown into a `ConnectError`. */
export function connectErrorOf(target: string, error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  return fault.other(target, errorText(error));
}
