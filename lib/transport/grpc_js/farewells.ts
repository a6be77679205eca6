/**
 * Remembers the reason of a GOAWAY, which grpc-js keeps to itself. A session is found again by its socket: grpc-js lets
 * a channel see the socket, and hands the same one to node:http2.
 */
import type { Buffer } from "node:buffer";
import http2 from "node:http2";
import { errorCodeName } from "../http2_errors.ts";

/** Longest text that is kept; bytes. */
const MAX_BYTES = 200;

const farewells = new WeakMap<object, string>();
const sessions = new WeakMap<object, http2.ClientHttp2Session>();
const listeners = new WeakMap<object, (farewell: string) => void>();
const listening = Symbol.for("june-load.farewells");

/** `GOAWAY (reason)` if a peer has sent one over this socket; empty if not. */
export function farewellOn(socket: object | null): string {
  return socket === null ? "" : farewells.get(socket) ?? "";
}

/** Calls `told` with the first farewell that comes over this socket. */
export function onFarewell(socket: object, told: (farewell: string) => void): void {
  listeners.set(socket, told);
}

/** Streams that the peer allows on the session over this socket; Infinity: no limit, or not known. */
export function streamLimitOn(socket: object): number {
  return sessions.get(socket)?.remoteSettings?.maxConcurrentStreams ?? Infinity;
}

/** Wraps `connect` of node:http2 for this worker; a second call changes nothing. */
export function installFarewells(): void {
  const library = http2 as typeof http2 & { [listening]?: true };
  if (library[listening]) return;
  library[listening] = true;
  const { connect } = http2;
  http2.connect = ((...values: Parameters<typeof connect>) => {
    const session = connect(...values);
    const options = values[1] as { createConnection?: () => object } | undefined;
    const socket = options?.createConnection?.();
    if (socket === undefined) return session;
    sessions.set(socket, session);
    // grpc-js removes all listeners of a new session, so this one stands before them.
    const tell = session.emit.bind(session) as (event: string | symbol, ...told: unknown[]) => boolean;
    session.emit = ((event: string | symbol, ...told: unknown[]) => {
      if (event === "goaway") remember(socket, told[0] as number, told[2] as Buffer | undefined);
      return tell(event, ...told);
    }) as typeof session.emit;
    return session;
  }) as typeof connect;
}

/** Servers that drain say GOAWAY twice; the one with a reason stands. */
function remember(socket: object, code: number, debug: Buffer | undefined): void {
  const words = debug === undefined ? "" : new TextDecoder().decode(debug.subarray(0, MAX_BYTES));
  const first = !farewells.has(socket);
  if (!first && code === 0 && words === "") return;
  const farewell = `GOAWAY (${errorCodeName(code)}${words && `: ${words}`})`;
  farewells.set(socket, farewell);
  if (first) listeners.get(socket)?.(farewell);
}
