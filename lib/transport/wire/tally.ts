/** What is counted of one connection, for statistics. */
import type { Counted } from "../connection_log.ts";
import type { Outbox } from "./outbox.ts";
import type { Settings } from "./settings.ts";

/** The part of a connection that is read. */
export interface Tallied {
  readonly state: { readonly tag: string };
  readonly streams: number;
  readonly received_bytes: number;
}

/** The counts of a connection. */
export class Tally implements Counted {
  /** Messages of its calls, in total; they count them. */
  received_messages = 0;
  /** Requests without a body, in total; their calls count them. */
  bodyless = 0;
  /** It ended with streams on it. */
  cutOff = false;

  /** @param address where it leads, as figures name it */
  constructor(
    readonly address: string,
    readonly connection: Tallied,
    readonly outbox: Outbox,
    readonly settings: Settings,
  ) {}

  get accepting(): boolean {
    return this.connection.state.tag === "open";
  }

  get streams(): number {
    return this.connection.streams;
  }

  get stream_limit(): number {
    return this.settings.max_concurrent_streams;
  }

  get sent_bytes(): number {
    return this.outbox.sent_bytes;
  }

  get received_bytes(): number {
    return this.connection.received_bytes;
  }

  get sent_messages(): number {
    return this.outbox.sent_messages + this.bodyless;
  }
}
