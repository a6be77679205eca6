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
  readonly #answered: (after_ms: number) => void;
  #heard_bytes = 0;

  /** @param answered called when a ping was answered, with the round trip in milliseconds */
  constructor(connection: Connection, options: KeepaliveOptions, answered: (after_ms: number) => void = () => {}) {
    this.#connection = connection;
    this.#options = options;
    this.#answered = answered;
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
    const sent_ms = performance.now();
    connection.probe(() => {
      this.#answered(performance.now() - sent_ms);
      clearTimeout(this.#limit);
      this.#limit = undefined;
    });
  }
}
