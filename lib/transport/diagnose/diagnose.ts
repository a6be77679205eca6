/** Finds out why an address cannot be used, with a small probe of its own: no transport is involved. */
import { ConnectError, type ProxyOptions, type TlsOptions } from "../channel.ts";
import { certificateFault, fault } from "../faults.ts";
import { handshakeErrorKind, localShortage, socketErrorKind, wordsOf } from "../outside_errors.ts";
import { connectTls, speaksTls } from "./probe.ts";
import type { ByteSocket, SecuredSocket } from "../socket/byte_socket.ts";
import { type Alpn, detour, dialPlain } from "../socket/dial.ts";
import { Limit, OutOfTime } from "../socket/limit.ts";
import { nameOf, parseTarget, type Target } from "../target.ts";

/** HTTP/2's client preface and an empty SETTINGS frame. Source: RFC 9113, section 3.4. */
const PREFACE = new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");

/** What the peer did after the preface. */
type Answer = { kind: "bytes"; bytes: Uint8Array } | { kind: "closed" } | { kind: "silent" };

/** Longest probe for the cause of a failed attempt. */
const PROBE_MS = 2000;
/** The same after an attempt that has waited to its limit, and at most a tenth of it: the fault names that limit. */
const LATE_PROBE_MS = 500;

/** How the attempt was made. */
export interface Attempt {
  tls: TlsOptions | null;
  proxy?: ProxyOptions | null | undefined;
  connect_timeout_ms: number;
}

/**
 * The cause of a failed attempt to connect. Where the attempt ran out of time, the fault names its limit.
 * @param error what the attempt threw
 * @returns null when no fault is found
 */
export function diagnoseAfter(
  error: unknown,
  target: string,
  { tls, proxy = null, connect_timeout_ms }: Attempt,
  alpn: Alpn = "h2",
): Promise<ConnectError | null> {
  const late = error instanceof OutOfTime;
  const timeout_ms = late ? Math.min(connect_timeout_ms / 10, LATE_PROBE_MS) : Math.min(connect_timeout_ms, PROBE_MS);
  return diagnose(target, tls, timeout_ms, alpn, proxy, late ? connect_timeout_ms : timeout_ms);
}

/**
 * Connects, sends the HTTP/2 preface and examines the answer.
 * @param target `host:port`, `[v6]:port` or `unix:/path`
 * @param tls null: plaintext
 * @param timeout_ms limit on the whole probe
 * @param alpn `http/1.1`: only connects, since such a server waits for a request
 * @param proxy the proxy that connections to the target are tunnelled through; null: none
 * @param named_ms the time without an answer that the fault names; by default that of the probe
 * @returns the fault with its remedy, or null when there is none
 */
export async function diagnose(
  target: string,
  tls: TlsOptions | null,
  timeout_ms: number,
  alpn: Alpn = "h2",
  proxy: ProxyOptions | null = null,
  named_ms = timeout_ms,
): Promise<ConnectError | null> {
  const limit = new Limit(timeout_ms, null, named_ms);
  try {
    const straight = parseTarget(target);
    const parsed = detour(straight, proxy) ?? straight;
    if (tls !== null) return await diagnoseTls(target, parsed, tls, limit, alpn);
    if (alpn === "h2") return await diagnosePlain(target, parsed, limit);
    (await dialPlain(parsed, limit)).close();
    return null;
  } catch (error) {
    if (error instanceof ConnectError) return error;
    return socketFault(target, error, named_ms);
  } finally {
    limit.clear();
  }
}

async function diagnosePlain(target: string, parsed: Target, limit: Limit): Promise<ConnectError | null> {
  const answer = await sayHello(await dialPlain(parsed, limit), limit);
  if (answer.kind === "silent") return fault.silent(target, limit.named_ms);
  if (answer.kind === "closed") {
    return await speaksTls(parsed, limit) ? fault.tlsServer(target) : fault.closed(target);
  }
  const found = readAnswer(target, answer.bytes, true);
  // Other HTTPS servers, such as nginx, answer with a page that does not mention TLS.
  return found?.fault === "http1_server" && await speaksTls(parsed, limit) ? fault.tlsServer(target) : found;
}

async function diagnoseTls(
  target: string,
  parsed: Target,
  tls: TlsOptions,
  limit: Limit,
  alpn: Alpn,
): Promise<ConnectError | null> {
  let conn: SecuredSocket;
  try {
    conn = await connectTls(parsed, tls, limit, alpn);
  } catch (error) {
    return await handshakeFault(target, parsed, error, limit, alpn);
  }
  if (alpn === "http/1.1") {
    conn.close();
    return null;
  }
  if (conn.alpn !== "h2") {
    conn.close();
    return fault.notHttp2(target, "it speaks TLS but does not offer HTTP/2 in it (ALPN)");
  }
  try {
    const answer = await sayHello(conn, limit);
    if (answer.kind === "silent") return fault.silent(target, limit.named_ms);
    // Some servers refuse a client without certificate by closing the connection, without an alert.
    if (answer.kind === "closed") return fault.closedAfterTls(target, tls.cert_pem !== null);
    return readAnswer(target, answer.bytes, false);
  } catch (error) {
    return certificateFault(target, error) ?? socketFault(target, error, limit.named_ms);
  }
}

/** Sends the preface and waits for the first bytes; the connection is closed afterwards. */
async function sayHello(conn: ByteSocket, limit: Limit): Promise<Answer> {
  const into = new Uint8Array(512);
  try {
    const write = conn.write(PREFACE).catch(() => 0); // The peer may close first; then the read reports it.
    const read = await limit.run(conn.read(into));
    await limit.run(write);
    return read === null ? { kind: "closed" } : { kind: "bytes", bytes: into.subarray(0, read) };
  } catch (error) {
    if (error instanceof OutOfTime) return { kind: "silent" };
    if (socketErrorKind(error) === "closed") return { kind: "closed" };
    throw error;
  } finally {
    conn.close();
  }
}

function readAnswer(target: string, bytes: Uint8Array, plain: boolean): ConnectError | null {
  const text = new TextDecoder("latin1").decode(bytes);
  // Go's HTTPS servers answer plaintext with a page that mentions HTTPS.
  if (text.startsWith("HTTP/")) return plain && /HTTPS/.test(text) ? fault.tlsServer(target) : fault.http1(target);
  const [type, version] = [bytes[0], bytes[1]];
  if (plain && type === 0x15 && version === 3) return fault.tlsServer(target);
  if (isFrame(bytes)) return null;
  return fault.notHttp2(target, `it answered ${JSON.stringify(text.slice(0, 40))}`);
}

/** Whether the bytes begin with a SETTINGS or GOAWAY frame on stream 0; also true for fewer than nine bytes. */
function isFrame(bytes: Uint8Array): boolean {
  const [high, , , type] = bytes;
  const stream = bytes.subarray(5, 9);
  return high === 0 && (type === undefined || type === 4 || type === 7) && stream.every((byte) => byte === 0);
}

async function handshakeFault(
  target: string,
  parsed: Target,
  error: unknown,
  limit: Limit,
  alpn: Alpn,
): Promise<ConnectError> {
  if (error instanceof ConnectError) return error;
  if (error instanceof OutOfTime) return fault.silent(target, limit.named_ms);
  switch (handshakeErrorKind(error)) {
    case "no_common_protocol":
      return alpn === "h2"
        ? fault.notHttp2(target, "it speaks TLS but refuses HTTP/2 in it (ALPN)")
        : fault.other(target, "it speaks TLS but refuses HTTP/1.1 in it (ALPN)");
    case "no_common_version":
      return fault.oldTls(target);
    case "not_tls":
      return fault.notTlsServer(target);
    case "closed": {
      const answer = await dialPlain(parsed, limit).then((conn) => sayHello(conn, limit));
      return answer.kind === "bytes" && answer.bytes[0] !== 0x15 ? fault.notTlsServer(target) : fault.closed(target);
    }
    case "unknown":
      return certificateFault(target, error) ?? socketFault(target, error, limit.named_ms);
  }
}

/** The fault behind an error of the operating system. */
function socketFault(target: string, error: unknown, timeout_ms: number): ConnectError {
  if (error instanceof OutOfTime) return fault.connectTimeout(target, timeout_ms);
  const errno = localShortage(error);
  if (errno !== null) return fault.shortage(target, errno);
  switch (socketErrorKind(error)) {
    case "timed_out":
      return fault.connectTimeout(target, timeout_ms);
    case "name_not_found":
      return fault.nameNotFound(target, nameOf(parseTarget(target)));
    case "refused":
      return fault.refused(target);
    case "no_socket":
      return fault.noSocket(target);
    case "no_route":
      return fault.unreachable(target, "no route to the host");
    case "no_network":
      return fault.unreachable(target, "its network is unreachable from here");
    case "forbidden":
      return fault.unreachable(target, "this machine forbids the connection");
    case "closed":
      return fault.closed(target);
    case "unknown":
      return fault.other(target, wordsOf(error));
  }
}
