/** Opens a WebSocket, handshake included. */
import { errorText } from "../../base/errors.ts";
import { joinBytes } from "../../base/bytes.ts";
import { ConnectError, type ProxyOptions, type TlsOptions } from "../channel.ts";
import type { ConnectionLog } from "../connection_log.ts";
import { connectSocket, hostOf } from "../diagnose/connect_socket.ts";
import { certificateFault, fault } from "../faults.ts";
import type { HttpHeaders } from "../http/channel.ts";
import type { ByteSocket } from "../socket/byte_socket.ts";
import { Limit, OutOfTime } from "../socket/limit.ts";
import { type ConnectionEvents, WebSocketConnection } from "./connection.ts";
import { acceptFor, complaintAbout, encodeRequest, newKey, parseReplyHead, type ReplyHead } from "./handshake.ts";

/**
 * Where and how to connect. No option has a default here; the defaults named are those of a scenario. A WebSocket is opened
 * once and never reopened, and no extension is offered (no compression). Counterparts are gRPC's, see `ChannelOptions`.
 */
export interface WebSocketOptions {
  /** Default null: plaintext, unless the scenario's URL begins with `wss`. As `ChannelOptions.tls`. */
  tls: TlsOptions | null;
  /** Tunnels the connection with CONNECT; null, the default: none. As `ChannelOptions.proxy`. */
  proxy: ProxyOptions | null;
  /** Which addresses of a name connections go to; absent: `spread`. As `ChannelOptions.addresses`, one socket each. */
  addresses?: "spread" | "pick_first" | undefined;
  /** Path and query; default `/`. Begins with `/`. */
  path: string;
  /** Beside those of the handshake (`host`, `upgrade`, `sec-websocket-*`); default none. gRPC's metadata. */
  headers: HttpHeaders;
  /**
   * Limit on name look-up, connect and TLS handshake; milliseconds. Default 10,000, and never more than `timeout_ms`.
   * Sensible: 1,000 to 60,000.
   */
  connect_timeout_ms: number;
  /**
   * Limit on everything until the WebSocket is open; milliseconds. Default: the service's timeout, 30,000, and a little
   * more. Sensible: above `connect_timeout_ms`.
   */
  timeout_ms: number;
  /**
   * Largest message taken; a larger one ends the connection with code 1009. Bytes. Default 64 MiB, sensible 64 KiB to
   * 1 GiB. Counterpart: `grpc.max_receive_message_length`.
   */
  max_message_bytes: number;
}

/** The server answered the handshake with a status other than 101. */
export class HandshakeRefused extends Error {
  override readonly name = "HandshakeRefused";
  /** @param body the beginning of the reply's body */
  constructor(readonly status: number, readonly headers: HttpHeaders, readonly body: Uint8Array) {
    super(`The WebSocket handshake was answered with HTTP ${status}`);
  }
}

/** Bytes of a refusal's body that are read. */
const MAX_BODY_BYTES = 4096;
/** How long to wait for a refusal's body. */
const BODY_MS = 500;

/**
 * Opens a WebSocket. It reports no event until it is started.
 * @param signal cancels the attempt
 * @param log counts the attempts by address
 * @throws {ConnectError} when it cannot be opened in time, with the likely cause
 * @throws {HandshakeRefused} when the server answers, but does not switch to WebSocket
 * @throws {TypeError} for a path or header that cannot be sent; the message never shows a value
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
 *   const { socket, response } = Deno.upgradeWebSocket(request);
 *   socket.onmessage = ({ data }) => socket.send(`you said ${data}`);
 *   return response;
 * });
 * const answer = Promise.withResolvers<string>();
 * const options = {
 *   tls: null,
 *   proxy: null,
 *   path: "/",
 *   headers: [],
 *   connect_timeout_ms: 1000,
 *   timeout_ms: 2000,
 *   max_message_bytes: 1024,
 * };
 * const events = {
 *   message: (data: string | Uint8Array) => answer.resolve(String(data)),
 *   pong() {},
 *   end() {},
 * };
 * const target = `127.0.0.1:${server.addr.port}`;
 * const connection = await openWebSocket(target, options, events, new AbortController().signal);
 * connection.start();
 * connection.send("hi", () => {});
 * assert.equal(await answer.promise, "you said hi");
 * connection.close();
 * await server.shutdown();
 * ```
 */
export async function openWebSocket(
  target: string,
  options: WebSocketOptions,
  events: ConnectionEvents,
  signal: AbortSignal,
  log: ConnectionLog | null = null,
): Promise<WebSocketConnection> {
  const key = newKey();
  const request = encodeRequest(hostOf(target, options.tls), options.path, key, options.headers);
  const limit = new Limit(options.timeout_ms, signal);
  let socket: ByteSocket | null = null;
  try {
    const connecting = connectSocket(target, options, signal, log);
    socket = await limit.run(connecting, (late) => late.close());
    const { head, rest } = await limit.run(shakeHands(socket, request));
    if (head.status !== 101) throw await refusal(socket, head, rest);
    const complaint = complaintAbout(head, await acceptFor(key), options.headers);
    if (complaint !== null) throw fault.other(target, `its WebSocket handshake is wrong: ${complaint}`);
    return new WebSocketConnection(socket, events, options.max_message_bytes, rest);
  } catch (error) {
    socket?.close();
    throw error instanceof HandshakeRefused ? error : explain(target, error, options.timeout_ms);
  } finally {
    limit.clear();
  }
}

/** Sends the request; reads the reply's head and the bytes after it. */
async function shakeHands(socket: ByteSocket, request: Uint8Array): Promise<{ head: ReplyHead; rest: Uint8Array }> {
  for (let at = 0; at < request.length;) at += await socket.write(request.subarray(at));
  let bytes = new Uint8Array(0);
  for (;;) {
    const more = await readSome(socket);
    if (more === null) throw new Error(`it closed the connection ${bytes.length === 0 ? "without" : "inside"} a reply`);
    bytes = joinBytes(bytes, more);
    if (bytes[0] === 0x15 && (bytes[1] ?? 3) === 3) throw new WantsTls();
    const head = parseReplyHead(bytes);
    if (head !== null) return { head, rest: bytes.subarray(head.length) };
  }
}

/** The peer answered plaintext with a TLS alert. */
class WantsTls extends Error {}

async function readSome(socket: ByteSocket): Promise<Uint8Array | null> {
  const into = new Uint8Array(16 * 1024);
  const count = await socket.read(into);
  return count === null ? null : into.subarray(0, count);
}

async function refusal(
  socket: ByteSocket,
  { status, headers }: ReplyHead,
  rest: Uint8Array,
): Promise<HandshakeRefused> {
  const told = Number(headers.find(([name]) => name === "content-length")?.[1] ?? MAX_BODY_BYTES);
  const wanted = Math.min(MAX_BODY_BYTES, told);
  const limit = new Limit(BODY_MS);
  let body = new Uint8Array(rest);
  try {
    while (body.length < wanted) {
      const more = await limit.run(readSome(socket));
      if (more === null) break;
      body = joinBytes(body, more);
    }
  } catch {
    // Use what has come by now.
  } finally {
    limit.clear();
  }
  return new HandshakeRefused(status, headers, body.subarray(0, wanted));
}

function explain(target: string, error: unknown, timeout_ms: number): Error {
  if (error instanceof ConnectError || error instanceof TypeError) return error;
  if (error instanceof WantsTls) return fault.tlsServer(target);
  const words = errorText(error);
  if (error instanceof OutOfTime) {
    return new ConnectError(
      "timeout",
      `"${target}" did not answer the WebSocket handshake within ${timeout_ms} ms`,
      "Check that the port and the path are those of the WebSocket, and that the service has finished starting.",
    );
  }
  return certificateFault(target, error) ?? fault.other(target, words);
}
