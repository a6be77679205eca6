/** One call over grpc-js with what `Channel` guarantees: exactly one end, by the deadline, with an origin. */
import * as grpc from "@grpc/grpc-js";
import { Buffer } from "node:buffer";
import type { CallEvents, ClientCall, MethodSpec, Status, StatusOrigin } from "../channel.ts";
import type { Connection } from "./connection.ts";
import { farewellOn } from "./farewells.ts";
import type { Link } from "./link.ts";
import { completed, isOfTheDeadline, lackedBy, readEarlyStatus, readMetadata, readStatus } from "./status.ts";
import { READING_MS, STOOD_STILL_MS } from "../late_timers.ts";
import { StatusCode } from "../status.ts";

/** Queue size from which `write` returns false, and below which `drain` follows; bytes. */
const HIGH_WATER_BYTES = 64 * 1024;
const LOW_WATER_BYTES = 16 * 1024;
/** Longest delay of setTimeout, about 24 days; milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type InnerCall = ReturnType<grpc.Channel["createCall"]>;

/** Reports when grpc-js has chosen the connection and is about to write the request: its only hook for that. */
class SentMark extends grpc.CallCredentials {
  static readonly #nothing = Promise.resolve(new grpc.Metadata());
  constructor(private readonly mark: () => void) {
    super();
  }
  override generateMetadata(): Promise<grpc.Metadata> {
    this.mark();
    return SentMark.#nothing;
  }
  override compose(): grpc.CallCredentials {
    return this;
  }
  override _equals(other: grpc.CallCredentials): boolean {
    return this === other;
  }
}

/** What a call needs from its method and channel. */
export interface CallPlan {
  readonly spec: MethodSpec;
  /** The caller's metadata; a call adds its own deadline to a copy. */
  readonly metadata: grpc.Metadata;
  /** As `ChannelOptions.waitForReady`. */
  readonly waitForReady: boolean;
  /** Called when a call is over. */
  over(call: GrpcJsCall): void;
}

/** A call in flight. */
export class GrpcJsCall implements ClientCall {
  /** Whether the request has been handed to a connection. */
  sent = false;
  #inner: InnerCall | null = null;
  #queue: Buffer[] = [];
  #queued_bytes = 0;
  #writing = false;
  #halfClosed = false;
  #wantsDrain = false;
  #replies = 0;
  /** A failure that the first headers told. */
  #early: Status | null = null;
  /** The connection's socket when the request was sent, and the calls on it. */
  #socket: object | null = null;
  #link: Link | null = null;
  #ended = false;
  readonly #due_ms: number;
  /** The timer fired late, and now waits for what came in meanwhile. */
  #reading = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly plan: CallPlan,
    readonly connection: Connection,
    timeout_ms: number,
    private readonly events: CallEvents,
  ) {
    this.#due_ms = performance.now() + timeout_ms;
    connection.in_flight++;
  }

  /** Hands the call to grpc-js; `request` is null for request streams. */
  start(request: Uint8Array | null, timeout_ms: number): void {
    if (timeout_ms <= 0) return this.#overdue();
    this.#armTimer();
    if (request !== null) {
      this.write(request);
      this.halfClose();
    }
    if (!this.connection.failing || this.plan.waitForReady) return this.#launch();
    this.connection.nextAttempt().then(() => this.#launch());
  }

  #launch(): void {
    if (this.#ended) return;
    try {
      this.#inner = this.connection.channel.createCall(this.plan.spec.path, Infinity, null, null, null);
    } catch {
      return this.#end(local(StatusCode.CANCELLED, "The channel is closed", "cancel"));
    }
    // We keep the deadline and grpc-js gets none, so that only one clock decides why a call ended.
    const metadata = this.plan.metadata.clone();
    metadata.set("grpc-timeout", grpcTimeout(Math.max(1, this.#due_ms - performance.now())));
    metadata.setOptions({ waitForReady: this.plan.waitForReady });
    this.#inner.setCredentials(new SentMark(() => this.#markSent()));
    this.#inner.start(metadata, {
      onReceiveMetadata: (received) => this.#headers(received),
      onReceiveMessage: (message: Buffer) => this.#message(message),
      onReceiveStatus: (status) => this.#status(status),
    });
    this.#inner.startRead();
    this.#pump();
    if (this.#halfClosed && this.#queue.length === 0 && !this.#writing) this.#inner.halfClose();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ended || this.#halfClosed) return false;
    this.#queue.push(Buffer.from(bytes));
    this.#queued_bytes += bytes.length;
    this.#pump();
    this.#wantsDrain ||= this.#queued_bytes > HIGH_WATER_BYTES;
    return !this.#wantsDrain;
  }

  halfClose(): void {
    if (this.#ended || this.#halfClosed) return;
    this.#halfClosed = true;
    if (this.#queue.length === 0) this.#inner?.halfClose();
  }

  cancel(): void {
    if (this.#ended) return;
    this.#inner?.cancelWithStatus(StatusCode.CANCELLED, "Cancelled by the caller");
    this.#end(local(StatusCode.CANCELLED, "Cancelled by the caller", "cancel"));
  }

  /** Passes the next message to grpc-js once it has taken the one before. */
  #pump(): void {
    if (this.#writing || this.#inner === null) return;
    const message = this.#queue.shift();
    if (message === undefined) return;
    this.#writing = true;
    this.#inner?.sendMessageWithContext({ callback: () => this.#written(message.length) }, message);
    if (this.#halfClosed && this.#queue.length === 0) this.#inner?.halfClose();
  }

  #written(bytes: number): void {
    if (this.#ended) return;
    this.#writing = false;
    this.#queued_bytes -= bytes;
    this.#pump();
    if (!this.#wantsDrain || this.#queued_bytes > LOW_WATER_BYTES) return;
    this.#wantsDrain = false;
    this.events.drain?.();
  }

  #markSent(): void {
    if (this.#ended || this.sent) return;
    this.sent = true;
    this.#socket = this.connection.socket;
    this.#link = this.connection.link;
    if (this.#link !== null) this.#link.streams++;
    this.events.sent();
  }

  #headers(metadata: grpc.Metadata): void {
    if (this.#ended) return;
    this.#early = readEarlyStatus(metadata);
    this.events.headers?.(readMetadata(metadata));
  }

  #message(message: Buffer): void {
    if (this.#ended) return;
    this.#replies++;
    if (!this.plan.spec.reply_stream && this.#replies > 1) {
      this.#inner?.cancelWithStatus(StatusCode.UNIMPLEMENTED, "Too many replies");
      return this.#end(local(StatusCode.UNIMPLEMENTED, "The server sent more than one reply to a unary call", "local"));
    }
    this.events.message(message);
    this.#inner?.startRead();
  }

  #status(received: grpc.StatusObject): void {
    if (this.#ended) return;
    const status = readStatus(received);
    if (isOfTheDeadline(status) && performance.now() >= this.#due_ms) return this.#overdue();
    if (received.code === StatusCode.OK && !this.plan.spec.reply_stream && this.#replies === 0) {
      return this.#end(local(StatusCode.UNIMPLEMENTED, "The server sent no reply to a unary call", "local"));
    }
    const lacked = lackedBy(status);
    if (lacked !== null) this.events.lacking?.(lacked);
    this.#end(completed(status, this.#early, farewellOn(this.#socket)));
  }

  #armTimer(wait_ms = this.#due_ms - performance.now()): void {
    const left_ms = Math.min(wait_ms, LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => {
      const late_ms = performance.now() - this.#due_ms;
      if (late_ms < 0) return this.#armTimer();
      // This thread stood still: what came in meanwhile is read first.
      if (late_ms > STOOD_STILL_MS && !this.#reading) {
        this.#reading = true;
        return this.#armTimer(READING_MS);
      }
      this.#inner?.cancelWithStatus(StatusCode.DEADLINE_EXCEEDED, "Deadline exceeded");
      this.#overdue();
    }, Math.max(0, left_ms));
  }

  #overdue(): void {
    this.#end(local(StatusCode.DEADLINE_EXCEEDED, "The deadline passed", "deadline"));
  }

  /** Ends the call once. The listener hears of it after the present caller has returned. */
  #end(status: Status): void {
    if (this.#ended) return;
    if (status.origin === "server") this.#markSent();
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#queue = [];
    this.connection.in_flight--;
    if (this.#link !== null) this.#link.streams--;
    this.plan.over(this);
    queueMicrotask(() => this.events.end(status));
  }
}

function local(code: number, details: string, origin: StatusOrigin): Status {
  return { code, details, origin, trailers: [] };
}

/**
 * A timeout in gRPC's form: at most eight digits and a unit, rounded up, so that the peer never ends the call first.
 */
export function grpcTimeout(timeout_ms: number): string {
  const timeout_us = Math.ceil(timeout_ms * 1000);
  if (timeout_us < 1e8) return `${timeout_us}u`;
  if (timeout_ms < 1e8) return `${Math.ceil(timeout_ms)}m`;
  return `${Math.min(Math.ceil(timeout_ms / 1000), 99_999_999)}S`;
}
