/**
 * june-load's own transport: gRPC over HTTP/2, framed here, at the cost of a C client. A channel is a pool of
 * connections; calls go to the one with the fewest streams and wait, counted, when none has room.
 */
import type { CallEvents, Channel, ChannelOptions, ClientCall, Method, MethodSpec, OpenChannel } from "../channel.ts";
import { type CallListener, type PreparedMethod, WireCall } from "./call.ts";
import { RequestHead } from "./grpc/request_head.ts";
import { ConnectionPool } from "./pool.ts";

/**
 * Opens a channel over the wire engine. A request given to `start` is not copied: leave it unchanged until the call ends.
 * @throws {ConnectError} for an address that cannot be read
 */
export const openWireChannel: OpenChannel = (target, options) => new WireChannel(target, options);

class WireChannel extends ConnectionPool<WireCall> implements Channel, CallListener {
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
