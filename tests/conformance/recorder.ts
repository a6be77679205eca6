/** Runs calls and keeps all they say, including what they must not say. */
import type {
  CallEvents,
  Channel,
  ChannelStats,
  ClientCall,
  Metadata,
  MethodSpec,
  Status,
} from "../../lib/transport/channel.ts";

/** Everything one call reported. */
export class Recorder implements CallEvents {
  readonly messages: Uint8Array[] = [];
  /** Initial metadata; null when none came. */
  initial: Metadata | null = null;
  sents = 0;
  drains = 0;
  /** What the contract forbids: events after the end, a second end, `sent` twice or after a reply. */
  readonly violations: string[] = [];
  readonly #ended = Promise.withResolvers<Status>();
  #status: Status | null = null;
  #wake = Promise.withResolvers<void>();

  /** Settles with the status when the call is over. */
  get ended(): Promise<Status> {
    return this.#ended.promise;
  }
  sent(): void {
    this.#note("sent", this.sents > 0 || this.messages.length > 0 || this.initial !== null);
    this.sents++;
  }
  headers(metadata: Metadata): void {
    this.#note("headers", this.initial !== null || this.messages.length > 0);
    this.initial = metadata;
  }
  message(bytes: Uint8Array): void {
    this.#note("message", false);
    this.messages.push(new Uint8Array(bytes));
  }
  drain(): void {
    this.#note("drain", false);
    this.drains++;
  }
  end(status: Status): void {
    this.#note("end", false);
    this.#status = status;
    this.#ended.resolve(status);
  }
  /** Waits until `reached` holds; fails when the call ends before that. */
  async until(reached: () => boolean): Promise<void> {
    while (!reached()) {
      if (this.#status !== null) throw new Error(`The call ended first: ${JSON.stringify(this.#status)}`);
      await this.#wake.promise;
    }
  }
  #note(event: string, wrong: boolean): void {
    if (this.#status !== null) this.violations.push(`${event} after the end`);
    else if (wrong) this.violations.push(`${event} out of order`);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

/** A call of the interop service with its recorder. */
export interface RecordedCall {
  call: ClientCall;
  recorder: Recorder;
}

const SHAPES = {
  EmptyCall: [false, false],
  UnaryCall: [false, false],
  StreamingOutputCall: [false, true],
  StreamingInputCall: [true, false],
  FullDuplexCall: [true, true],
} as const;

/** The spec of a method of `grpc.testing.TestService`. */
export function spec(name: keyof typeof SHAPES, metadata: Metadata = []): MethodSpec {
  const [request_stream, reply_stream] = SHAPES[name];
  return { path: `/grpc.testing.TestService/${name}`, request_stream, reply_stream, metadata };
}

/** Starts a call; `request` is null for request streams. */
export function start(
  channel: Channel,
  method: MethodSpec,
  request: Uint8Array | null,
  timeout_ms = 10_000,
): RecordedCall {
  const recorder = new Recorder();
  return { call: channel.method(method).start(request, timeout_ms, recorder), recorder };
}

/** Starts a call and waits for its end. */
export async function run(
  channel: Channel,
  method: MethodSpec,
  request: Uint8Array | null,
  timeout_ms = 10_000,
): Promise<{ status: Status; recorder: Recorder }> {
  const { recorder } = start(channel, method, request, timeout_ms);
  return { status: await recorder.ended, recorder };
}

/** Polls a channel's counters until they satisfy `reached`; fails after 10 s. */
export async function untilStats(channel: Channel, reached: (stats: ChannelStats) => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!reached(channel.stats())) {
    if (performance.now() > deadline) throw new Error(`Counters never got there: ${JSON.stringify(channel.stats())}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
