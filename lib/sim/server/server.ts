/** The interface between the simulated services and the server that carries their bytes. */
import type { Metadata } from "../../transport/channel.ts";
import type { HeaderField } from "../../transport/wire/hpack/encoder.ts";

/** A call from the server's side. All methods are harmless after the end. */
export interface ServerCall {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly metadata: Metadata;
  /** The client's time limit from the call's arrival; milliseconds, null: none. Clients reset the call at its end. */
  readonly timeout_ms: number | null;
  /** Sends one message. False: the queue is full; wait for `drain`. Leave the bytes unchanged afterwards. */
  write(bytes: Uint8Array): boolean;
  /** Ends the call with a gRPC status; `more` are fields of its trailers beside it. */
  end(code: number, details: string, more?: readonly HeaderField[]): void;
}

/** Events of a call for its handler. */
export interface CallHandler {
  /** One request message; the bytes are valid only until this returns. */
  message(bytes: Uint8Array): void;
  /** No more messages follow. */
  halfClose(): void;
  /** The client or its connection has gone; nothing can be sent. Not called after `end`. */
  cancel(): void;
  /** After `write` returned false: the call accepts more again. */
  drain(): void;
}

/** Begins to serve a call. */
export type Handle = (call: ServerCall) => CallHandler;

/** Counters of a server; gauges unless named total. */
export interface ServerStats {
  connections: number;
  calls_in_flight: number;
  connections_total: number;
  calls_total: number;
}

/** Services register their methods here. */
export interface MethodTable {
  /** Registers a method; calls to other paths end UNIMPLEMENTED. */
  handle(path: string, handle: Handle): void;
}

/** A gRPC server on bytes, plaintext HTTP/2 with prior knowledge. */
export interface GrpcServer extends MethodTable {
  /**
   * Begins to listen; returns the port, which matters for port 0.
   * @throws {Error} when the port is not available
   */
  listen(address: { hostname: string; port: number }): Promise<number>;
  /** Sends GOAWAY on every connection; calls in flight continue. */
  goaway(): void;
  /** Closes every connection at once; their calls are cancelled. */
  dropConnections(): void;
  stats(): ServerStats;
  /** Stops listening, closes open connections, and resolves when all work has stopped. */
  close(): Promise<void>;
}
