/**
 * A gRPC server on june-load's own HTTP/2 framing: plaintext, without node:http2, fast enough never to limit a client.
 */
import { StatusCode } from "../../transport/status.ts";
import type { GrpcServer, Handle, ServerStats } from "./server.ts";
import { type ConnectionServer, isSocketError, WireConnection } from "./wire_connection.ts";

/** Pause after a failed accept, mostly for lack of file descriptors; milliseconds. */
const ACCEPT_AGAIN_MS = 20;

/** The server. */
export class WireServer implements GrpcServer, ConnectionServer {
  readonly #handlers = new Map<string, Handle>();
  readonly #connections = new Map<WireConnection, Promise<void>>();
  #listener: Deno.TcpListener | null = null;
  #accepting: Promise<void> = Promise.resolve();
  #connections_total = 0;
  #calls_total = 0;

  handle(path: string, handle: Handle): void {
    this.#handlers.set(path, handle);
  }

  listen({ hostname, port }: { hostname: string; port: number }): Promise<number> {
    const listener = Deno.listen({ hostname, port });
    this.#listener = listener;
    this.#accepting = this.#accept(listener);
    return Promise.resolve(listener.addr.port);
  }

  goaway(): void {
    for (const connection of this.#connections.keys()) connection.sendAway();
  }

  dropConnections(): void {
    for (const connection of this.#connections.keys()) connection.drop();
  }

  stats(): ServerStats {
    let calls_in_flight = 0;
    for (const connection of this.#connections.keys()) calls_in_flight += connection.calls;
    return {
      connections: this.#connections.size,
      calls_in_flight,
      connections_total: this.#connections_total,
      calls_total: this.#calls_total,
    };
  }

  async close(): Promise<void> {
    this.#listener?.close();
    this.#listener = null;
    this.dropConnections();
    await Promise.all([this.#accepting, ...this.#connections.values()]);
  }

  handlerFor(path: string): Handle {
    this.#calls_total++;
    return this.#handlers.get(path) ?? unknownMethod;
  }

  /** A failed accept must not stop the server. */
  async #accept(listener: Deno.TcpListener): Promise<void> {
    while (this.#listener === listener) {
      try {
        this.#serve(await listener.accept());
      } catch (error) {
        if (this.#listener !== listener) return;
        if (!isSocketError(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, ACCEPT_AGAIN_MS));
      }
    }
  }

  #serve(conn: Deno.TcpConn): void {
    conn.setNoDelay(true);
    const connection = new WireConnection(conn, this);
    this.#connections_total++;
    const ended = connection.run().finally(() => this.#connections.delete(connection));
    this.#connections.set(connection, ended);
  }
}

const unknownMethod: Handle = (call) => {
  call.end(StatusCode.UNIMPLEMENTED, `unknown method ${call.path}`);
  return { message() {}, halfClose() {}, cancel() {}, drain() {} };
};
