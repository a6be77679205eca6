/** Calls over a real transport, gathered into promises. */
import {
  type Channel,
  CHANNEL_DEFAULTS,
  type ClientCall,
  type Metadata,
  type OpenChannel,
  type Status,
} from "../../lib/transport/channel.ts";

/** What a call brought. */
export interface Gathered {
  messages: Uint8Array[];
  status: Status;
}

/** A call and its end to come. */
export interface Running {
  call: ClientCall;
  /** Resolves with the first reply message, or with the end when there is none. */
  first: Promise<void>;
  end: Promise<Gathered>;
}

/** Opens a channel with one connection. */
export function openChannel(open: OpenChannel, target: string): Channel {
  return open(target, { ...CHANNEL_DEFAULTS, connect_timeout_ms: 2000 });
}

/** Starts a call; streams of requests are sent by the caller. */
export function start(
  channel: Channel,
  path: string,
  request: Uint8Array | null,
  { metadata = [], gzip = false, timeout_ms = 5000 }: { metadata?: Metadata; gzip?: boolean; timeout_ms?: number } = {},
): Running {
  const method = channel.method({ path, request_stream: request === null, reply_stream: true, metadata, gzip });
  const messages: Uint8Array[] = [];
  const first = Promise.withResolvers<void>();
  const end = Promise.withResolvers<Gathered>();
  const call = method.start(request, timeout_ms, {
    sent() {},
    message(bytes) {
      messages.push(new Uint8Array(bytes));
      first.resolve();
    },
    end(status) {
      first.resolve();
      end.resolve({ messages, status });
    },
  });
  return { call, first: first.promise, end: end.promise };
}

/** Makes a call with one request. */
export function ask(
  channel: Channel,
  path: string,
  request: Uint8Array,
  options: Parameters<typeof start>[3] = {},
): Promise<Gathered> {
  return start(channel, path, request, options).end;
}
