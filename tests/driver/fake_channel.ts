/** A channel whose calls are answered by the test, by hand. */
import assert from "node:assert/strict";
import type {
  CallEvents,
  Channel,
  ChannelStats,
  ClientCall,
  Method,
  MethodSpec,
  StatusOrigin,
} from "../../lib/transport/channel.ts";
import { StatusCode } from "../../lib/transport/status.ts";

/** One call as the test sees it: what was sent, and the means to answer. */
export class FakeCall implements ClientCall {
  readonly written: Uint8Array[] = [];
  half_closed = false;
  ended = false;
  /** What `write` returns next. */
  room = true;
  /** Called after each write, to answer in the middle of one. */
  onWrite: () => unknown = () => {};

  constructor(
    readonly spec: MethodSpec,
    readonly request: Uint8Array | null,
    readonly timeout_ms: number,
    readonly events: CallEvents,
  ) {}

  write(bytes: Uint8Array): boolean {
    if (this.ended) return false;
    assert.equal(this.half_closed, false, "a write after the half-close");
    this.written.push(new Uint8Array(bytes));
    this.onWrite();
    return this.room;
  }

  halfClose(): void {
    if (!this.ended) this.half_closed = true;
  }

  cancel(): void {
    this.end(StatusCode.CANCELLED, "cancelled by the caller", "cancel");
  }

  /** Answers with one message; its bytes are spoilt afterwards, as a reused read buffer would be. */
  reply(bytes: Uint8Array): void {
    const buffer = new Uint8Array(bytes);
    this.events.message(buffer);
    buffer.fill(0xff);
  }

  /** Ends the call; a second end is ignored, as the transport does. */
  end(code: number = StatusCode.OK, details = "", origin: StatusOrigin = "server"): void {
    if (this.ended) return;
    this.ended = true;
    this.events.end({ code, details, origin, trailers: [] });
  }

  /** The stream has room again. */
  drain(): void {
    this.room = true;
    this.events.drain?.();
  }
}

/** Remembers every call; `answer` may answer each as it starts. */
export class FakeChannel implements Channel {
  readonly target = "fake:1";
  readonly calls: FakeCall[] = [];

  constructor(readonly answer: (call: FakeCall) => void = () => {}) {}

  /** The latest call. */
  get call(): FakeCall {
    const call = this.calls.at(-1);
    assert.ok(call, "no call was started");
    return call;
  }

  connect(): Promise<void> {
    return Promise.resolve();
  }

  method(spec: MethodSpec): Method {
    return {
      start: (request, timeout_ms, events) => {
        assert.equal(request === null, spec.request_stream, "only request streams start without a message");
        const call = new FakeCall(spec, request === null ? null : new Uint8Array(request), timeout_ms, events);
        this.calls.push(call);
        this.answer(call);
        return call;
      },
    };
  }

  stats(): ChannelStats {
    return {
      connections: 1,
      streams_in_flight: 0,
      waiting: 0,
      reconnects_total: 0,
      moves_total: 0,
      sent_bytes_total: 0,
      received_bytes_total: 0,
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
