/** One request of HTTP/1.1: waiting, on a connection, or ended. */
import { certificateFault } from "../faults.ts";
import type { DeadlineQueue, Timed } from "../wire/deadlines.ts";
import type { ConnectFault } from "../channel.ts";
import type { HttpCall, HttpEnd, HttpEvents, HttpHeaders } from "./channel.ts";
import type { Carried, HttpConnection, HttpLoss } from "./connection.ts";

/** What a request needs of its channel. */
export interface CallListener {
  readonly target: string;
  /** The request has ended, wherever it was. */
  ended(call: Call): void;
  /** A kept connection was closed under it. False: it may not move. */
  move(call: Call): boolean;
  /** It got no reply at all: may look for a better reason, and then ends it. False: it will not. */
  explain(call: Call, details: string): boolean;
}

/** What is said of a request whose connection ended. */
export const unanswered = (target: string, words: string): string => `"${target}" did not answer the request: ${words}`;

const NO_TRAILERS: HttpHeaders = [];

/** A request in flight. */
export class Call implements HttpCall, Carried, Timed {
  deadline_ms = Infinity;
  deadlines: DeadlineQueue | null = null;
  before: Timed | null = null;
  after: Timed | null = null;
  /** Null while it waits. */
  connection: HttpConnection | null = null;
  /** It has moved once and will not again. */
  moved = false;
  readonly #owner: CallListener;
  readonly #events: HttpEvents;
  #ended = false;
  #cancelled = false;
  #sentTold = false;
  #uploadTold = false;

  /** @param head encoded; kept, as the body is, in case the request moves */
  constructor(
    owner: CallListener,
    readonly method: string,
    readonly head: Uint8Array,
    readonly body: Uint8Array | null,
    events: HttpEvents,
  ) {
    this.#owner = owner;
    this.#events = events;
  }

  cancel(): void {
    if (this.#ended || this.#cancelled) return;
    this.#cancelled = true;
    // Not from within the caller's own call: whoever starts a request from `end` would go round without ever resting.
    queueMicrotask(() => this.fail("cancel", "Cancelled by the caller"));
  }

  expire(): void {
    const where = this.connection !== null ? "" : " while the request waited for a connection";
    this.fail("deadline", `The deadline passed${where}`);
  }

  /** Ends it by our doing: a connection that carries it cannot be used any more. */
  fail(reason: HttpEnd["reason"], details: string, fault?: ConnectFault): void {
    const { connection } = this;
    this.#end({ reason, details, fault, trailers: NO_TRAILERS }, () => connection?.close());
  }

  #end(end: HttpEnd, before: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    before();
    this.#owner.ended(this);
    this.#tell(() => this.#events.end(end));
  }

  /** A fault in the caller's code must not be taken for one of the connection: it is reported. */
  #tell(event: () => void): void {
    try {
      event();
    } catch (error) {
      reportError(error);
    }
  }

  handedOver(): void {
    if (this.#ended || this.#sentTold) return;
    this.#sentTold = true;
    this.#tell(() => this.#events.sent());
  }

  uploaded(): void {
    if (this.#silent || this.#uploadTold) return;
    this.#uploadTold = true;
    this.#tell(() => this.#events.uploaded?.());
  }

  get #silent(): boolean {
    return this.#ended || this.#cancelled;
  }

  headers(status: number, headers: HttpHeaders): void {
    if (!this.#silent) this.#tell(() => this.#events.headers(status, headers));
  }

  data(bytes: Uint8Array): void {
    if (!this.#silent) this.#tell(() => this.#events.data(bytes));
  }

  complete(trailers: HttpHeaders): void {
    this.#end({ reason: "complete", details: "", trailers }, () => {});
  }

  abandoned(words: string): void {
    this.fail("cancel", words);
  }

  lost({ reason, words, error, stale }: HttpLoss): void {
    if (stale && !this.#silent && !this.moved && this.#owner.move(this)) return;
    const { target } = this.#owner;
    // A service that wants a client certificate may say so only now.
    const certificate = error === null ? null : certificateFault(target, error);
    if (reason === "protocol") return this.fail(reason, `"${target}" broke a rule of HTTP/1.1: ${words}`);
    const details = certificate?.message ?? unanswered(target, words);
    if (this.#silent || !this.#owner.explain(this, details)) this.fail(reason, details, certificate?.fault);
  }
}
