/** One request of HTTP/1.1: waiting, on a connection, or ended. */
import { certificateFault } from "../faults.ts";
import type { DeadlineQueue, Timed } from "../wire/deadlines.ts";
import type { ConnectFault, ShortageErrno } from "../channel.ts";
import type { HttpCall, HttpEnd, HttpEvents, HttpHeaders } from "./channel.ts";
import type { Carried, HttpCloseReason, HttpConnection } from "./connection.ts";

/** What a request needs from its channel. */
export interface CallListener {
  readonly target: string;
  /** Why there is no connection; empty: there is one, or none has failed. */
  readonly lack: string;
  /** The request has ended, waiting or on a connection. */
  ended(call: Call): void;
  /** A kept connection closed before the reply. False: the request may not be sent again. */
  move(call: Call): boolean;
  /**
   * The request got no reply. True: the channel looks for a better reason and then ends the request. False: it does
   * not.
   */
  explain(call: Call, details: string): boolean;
}

/** The message for a reply of which a part is longer than june-load reads. */
export const overLimit = (target: string, words: string): string =>
  `The reply of "${target}" is more than june-load reads: ${words}`;

/** The message for a request whose connection ended. */
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
  /** It was sent again once and will not be a second time. */
  moved = false;
  readonly #listener: CallListener;
  readonly #events: HttpEvents;
  #ended = false;
  #cancelled = false;
  #sentTold = false;
  #uploadTold = false;

  /** @param head encoded; kept, like the body, in case the request is sent again */
  constructor(
    listener: CallListener,
    readonly method: string,
    readonly head: Uint8Array,
    readonly body: Uint8Array | null,
    events: HttpEvents,
  ) {
    this.#listener = listener;
    this.#events = events;
  }

  cancel(): void {
    if (this.#ended || this.#cancelled) return;
    this.#cancelled = true;
    // Not within the caller's own call: a caller that starts a request from `end` would loop forever.
    queueMicrotask(() => this.fail("cancel", "Cancelled by the caller"));
  }

  expire(): void {
    if (this.connection !== null) return this.fail("deadline", "The deadline passed");
    const { lack } = this.#listener;
    this.fail("deadline", `The deadline passed while the request waited for a connection${lack && `: ${lack}`}`);
  }

  /** Ends the request from our side: a connection that carries it can no longer be used. */
  fail(reason: HttpEnd["reason"], details: string, fault?: ConnectFault): void {
    const { connection } = this;
    this.#end({ reason, details, fault, trailers: NO_TRAILERS }, () => connection?.close());
  }

  #end(end: HttpEnd, before: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    before();
    this.#listener.ended(this);
    this.#tell(() => this.#events.end(end));
  }

  /** An error in the caller's code is reported as such: it must not look like an error of the connection. */
  #tell(event: () => void): void {
    try {
      event();
    } catch (error) {
      reportError(error);
    }
  }

  /** This machine lacks something for the connection that it waits for. */
  lacks(errno: ShortageErrno): void {
    if (!this.#silent) this.#tell(() => this.#events.lacking?.(errno));
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

  lost({ reason, words, error, stale }: HttpCloseReason): void {
    if (stale && !this.#silent && !this.moved && this.#listener.move(this)) return;
    const { target } = this.#listener;
    // A service may only now refuse a missing client certificate.
    const certificate = error === null ? null : certificateFault(target, error);
    if (reason === "protocol") return this.fail(reason, `"${target}" broke a rule of HTTP/1.1: ${words}`);
    if (reason === "limit") return this.fail(reason, overLimit(target, words));
    const details = certificate?.message ?? unanswered(target, words);
    if (this.#silent || !this.#listener.explain(this, details)) this.fail(reason, details, certificate?.fault);
  }
}
