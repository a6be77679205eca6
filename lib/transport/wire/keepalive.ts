/** Keepalive pings: detect a dead peer on an open connection. */
import type { Connection } from "./connection.ts";

/** Interval of pings, and how long to wait for an answer; milliseconds. */
export interface KeepaliveOptions {
  interval_ms: number;
  timeout_ms: number;
}

/** Pings one connection while it has streams and receives nothing else; servers dislike pings on idle connections. */
export class Keepalive {
  readonly #connection: Connection;
  readonly #options: KeepaliveOptions;
  readonly #ticks: ReturnType<typeof setInterval>;
  #limit: ReturnType<typeof setTimeout> | undefined;
  #heard_bytes = 0;

  constructor(connection: Connection, options: KeepaliveOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#ticks = setInterval(() => this.#tick(), options.interval_ms);
  }

  /** Stops pinging. */
  stop(): void {
    clearInterval(this.#ticks);
    clearTimeout(this.#limit);
  }

  #tick(): void {
    const connection = this.#connection;
    const heard = connection.received_bytes !== this.#heard_bytes;
    this.#heard_bytes = connection.received_bytes;
    if (heard || connection.streams === 0 || this.#limit !== undefined) return;
    const { timeout_ms } = this.#options;
    this.#limit = setTimeout(() => {
      connection.abandon(`No answer to a keepalive ping within ${timeout_ms} ms`);
    }, timeout_ms);
    connection.probe(() => {
      clearTimeout(this.#limit);
      this.#limit = undefined;
    });
  }
}
