/** The seam between the simulated services and what carries their bytes. */
import type { Metadata } from "../../transport/channel.ts";

/** A call from the server's side. All methods are harmless after the end. */
export interface ServerCall {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly metadata: Metadata;
  /** What the client allows from the call's arrival on; milliseconds, null: no limit. Clients reset at its end. */
  readonly timeout_ms: number | null;
  /** Sends one message. False: more is queued than should be; wait for `drain`. The bytes are the server's afterwards. */
  write(bytes: Uint8Array): boolean;
  /** Ends the call with a gRPC status. */
  end(code: number, details: string): void;
}

/** What a handler is told of its call. */
export interface CallHandler {
  /** One request message; the bytes are valid only until this returns. */
  message(bytes: Uint8Array): void;
  /** No more messages follow. */
  halfClose(): void;
  /** The client or its connection is gone; nothing can be sent. Not called after `end`. */
  cancel(): void;
  /** After `write` returned false: the call takes more again. */
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

/** Where services register what they serve. */
export interface MethodTable {
  /** Serves a method; calls to paths without a handler end UNIMPLEMENTED. */
  handle(path: string, handle: Handle): void;
}

/** A gRPC server on bytes, plaintext HTTP/2 with prior knowledge. */
export interface GrpcServer extends MethodTable {
  /**
   * Begins to listen; returns the port, which matters for port 0.
   * @throws {Error} when the port cannot be had.
   */
  listen(address: { hostname: string; port: number }): Promise<number>;
  /** Tells every connection to go away; calls in flight run on. */
  goaway(): void;
  /** Cuts every connection; their calls are cancelled. */
  dropConnections(): void;
  stats(): ServerStats;
  /** Stops listening, cuts what is left, and resolves when nothing runs any more. */
  close(): Promise<void>;
}
