/** A server without a network: services are registered with it, and tests call them on a clock moved by hand. */
import type { SimClock } from "../../lib/sim/model/clock.ts";
import type { CallHandler, GrpcServer, Handle, ServerCall } from "../../lib/sim/server/server.ts";
import type { Metadata } from "../../lib/transport/channel.ts";

/** How a call ended. */
export interface MemoryEnd {
  at_ms: number;
  code: number;
  details: string;
}

/** A call as its client sees it. */
export class MemoryCall implements ServerCall {
  readonly replies: { at_ms: number; bytes: Uint8Array }[] = [];
  ended: MemoryEnd | null = null;
  /** What `write` answers. */
  takes = true;
  handler!: CallHandler;

  constructor(
    readonly path: string,
    readonly clock: SimClock,
    readonly metadata: Metadata,
    readonly timeout_ms: number | null,
  ) {}

  write(bytes: Uint8Array): boolean {
    this.replies.push({ at_ms: this.clock.now_ms(), bytes });
    return this.takes;
  }

  end(code: number, details: string): void {
    this.ended ??= { at_ms: this.clock.now_ms(), code, details };
  }

  /** Sends a request message in a buffer that is spoilt afterwards, as a socket's is. */
  send(bytes: Uint8Array): void {
    const buffer = new Uint8Array(bytes);
    this.handler.message(buffer);
    buffer.fill(0xee);
  }
}

/** Serves calls made with `call`. */
export class MemoryServer implements GrpcServer {
  readonly #handlers = new Map<string, Handle>();

  constructor(readonly clock: SimClock) {}

  handle(path: string, handle: Handle): void {
    this.#handlers.set(path, handle);
  }

  /** Opens a call. */
  open(path: string, { metadata = [], timeout_ms = null }: { metadata?: Metadata; timeout_ms?: number | null } = {}) {
    const call = new MemoryCall(path, this.clock, metadata, timeout_ms);
    const handle = this.#handlers.get(path);
    if (handle === undefined) throw new Error(`nothing serves ${path}`);
    call.handler = handle(call);
    return call;
  }

  /** Opens a call and sends its only request. */
  ask(path: string, request: Uint8Array, options: { metadata?: Metadata; timeout_ms?: number | null } = {}) {
    const call = this.open(path, options);
    call.send(request);
    if (call.ended === null) call.handler.halfClose();
    return call;
  }

  listen(): Promise<number> {
    return Promise.resolve(0);
  }
  goaway(): void {}
  dropConnections(): void {}
  stats() {
    return { connections: 0, calls_in_flight: 0, connections_total: 0, calls_total: 0 };
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}
