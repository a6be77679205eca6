/**
 * june-load's own transport: gRPC over HTTP/2 with its own framing, as cheap as a C client. A channel is a pool of
 * connections: a call goes to the connection with the fewest streams, and waits, counted, while none has room.
 */
import type { CallEvents, Channel, ChannelOptions, ClientCall, Method, MethodSpec, OpenChannel } from "../channel.ts";
import { WireCall } from "./call.ts";
import type { CallListener, PreparedMethod } from "./call_listener.ts";
import { RequestHead } from "./grpc/request_head.ts";
import { ConnectionPool } from "./pool.ts";

/**
 * Opens a channel over the wire engine. A request given to `start` is not copied: leave it unchanged until the call ends.
 * @throws {ConnectError} for an address that cannot be read
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { startSimulator } from "../../sim/simulator.ts";
 * import { CHANNEL_DEFAULTS, type Status } from "../channel.ts";
 *
 * const { addresses, close } = await startSimulator({ ports: { llm: 0, stt: 0, tts: 0 } });
 * const channel = openWireChannel(addresses.llm, CHANNEL_DEFAULTS);
 * await channel.connect();
 * const path = "/grpc.health.v1.Health/Check";
 * const check = channel.method({ path, request_stream: false, reply_stream: false, metadata: [] });
 * const replies: number[] = [];
 * const ended = Promise.withResolvers<Status>();
 * check.start(new Uint8Array(), 1000, {
 *   sent() {},
 *   message: (bytes) => replies.push(...bytes),
 *   end: ended.resolve,
 * });
 * assert.equal((await ended.promise).code, 0);
 * assert.deepEqual(replies, [8, 1]); // status: SERVING
 * await channel.close();
 * await close();
 * ```
 */
export const openWireChannel: OpenChannel = (target, options) => new WireChannel(target, options);

class WireChannel extends ConnectionPool<WireCall> implements Channel, CallListener<WireCall> {
  readonly max_message_bytes: number;

  constructor(target: string, options: ChannelOptions) {
    super(target, options);
    this.max_message_bytes = options.max_message_bytes;
  }

  method(spec: MethodSpec): Method {
    const prepared = { spec: { ...spec }, head: new RequestHead(spec, this.scheme, this.authority) };
    return { start: (request, timeout_ms, events) => this.#start(prepared, request, timeout_ms, events) };
  }

  #start(method: PreparedMethod, request: Uint8Array | null, timeout_ms: number, events: CallEvents): ClientCall {
    const call = new WireCall(this, method, request, events);
    this.begin(call, timeout_ms);
    return call;
  }
}
