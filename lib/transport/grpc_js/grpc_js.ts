/**
 * The reference transport: the gRPC project's own JavaScript client as a `Channel`. Load it with `loadTransport`, never
 * with a static import, which would add 80 ms to every start of the program.
 */
import * as grpc from "@grpc/grpc-js";
import { installFarewells } from "./farewells.ts";
import { installGoawayShield } from "./goaway_shield.ts";
import { type Channel, type ChannelOptions, type ChannelStats, ConnectError } from "../channel.ts";
import type { Method, MethodSpec, OpenChannel } from "../channel.ts";
import { ConnectionLog } from "../connection_log.ts";
import { diagnoseAfter } from "../diagnose/diagnose.ts";
import { fault } from "../faults.ts";
import { OutOfTime } from "../socket/limit.ts";
import { type CallPlan, GrpcJsCall } from "./call.ts";
import { Connection } from "./connection.ts";
import { writeMetadata } from "./status.ts";
import { installEventOrder } from "./http2_event_order.ts";

// grpc-js reads `connect` from node:http2 at each use, so these are in time.
installGoawayShield();
installEventOrder();
installFarewells();
// Its log adds nothing to the statuses.
grpc.setLogVerbosity(grpc.logVerbosity.NONE);

/**
 * Opens a channel over grpc-js: one HTTP/2 session per connection, no retries. It cannot tell when a call waits for a
 * stream slot of the peer, so that wait counts as service time and not in `stats().waiting`; nor can it count bytes.
 * Of failed attempts and pings it tells nothing. Where the last attempt has failed a call waits a second, in which grpc-js
 * makes others. It moves no call whatever `transparentRetry` says: in grpc-js that is a part of its retries, which hide failures from a tester.
 * @throws {ConnectError} for an address that cannot be read
 */
export const openGrpcJsChannel: OpenChannel = (target, options) => new GrpcJsChannel(target, options);

class GrpcJsChannel implements Channel {
  readonly #plain: Connection[];
  /** In grpc-js compression is an option of a channel, so compressed calls have separate connections. */
  #compressed: Connection[] = [];
  readonly #open = new Set<GrpcJsCall>();
  readonly #log = new ConnectionLog(false);
  #closed = false;

  constructor(readonly target: string, private readonly options: ChannelOptions) {
    this.#plain = this.#group(false);
  }

  async connect(): Promise<void> {
    if (this.options.proxy) {
      const remedy = "Remove the key proxy of the service, or use the transport wire.";
      throw new ConnectError("proxy", "The transport grpc-js cannot go through a proxy", remedy);
    }
    const limit = Promise.withResolvers<"late">();
    const { connect_timeout_ms } = this.options;
    const timer = setTimeout(() => limit.resolve("late"), connect_timeout_ms);
    try {
      const all = Promise.all(this.#connections().map((connection) => this.#connectOne(connection)));
      if (await Promise.race([all, limit.promise]) !== "late") return;
    } finally {
      clearTimeout(timer);
    }
    const cause = await diagnoseAfter(new OutOfTime("no answer in time"), this.target, this.options);
    throw cause ?? fault.notReady(this.target, connect_timeout_ms);
  }

  method(spec: MethodSpec): Method {
    const plan: CallPlan = {
      spec,
      metadata: writeMetadata(spec.metadata),
      waitForReady: this.options.waitForReady === true,
      over: (call) => this.#open.delete(call),
    };
    if (spec.gzip && this.#compressed.length === 0) this.#compressed = this.#group(true);
    const group = spec.gzip ? this.#compressed : this.#plain;
    return {
      start: (request, timeout_ms, events) => {
        const call = new GrpcJsCall(plan, leastBusy(group), timeout_ms, events);
        this.#open.add(call);
        call.start(request, timeout_ms);
        return call;
      },
    };
  }

  stats(): ChannelStats {
    const connections = this.#connections();
    let waiting = 0;
    for (const call of this.#open) if (!call.sent) waiting++;
    return {
      connections: connections.filter(({ ready }) => ready).length,
      streams_in_flight: this.#open.size - waiting,
      waiting,
      reconnects_total: connections.reduce((sum, { opened_total }) => sum + Math.max(0, opened_total - 1), 0),
      moves_total: 0,
      sent_bytes_total: 0,
      received_bytes_total: 0,
      details: () => this.#log.take(connections.filter(({ opening }) => opening).length),
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const call of [...this.#open]) call.cancel();
    // The resets must be written before the sessions close.
    await new Promise((resolve) => setImmediate(resolve));
    for (const connection of this.#connections()) connection.channel.close();
  }

  #connections(): Connection[] {
    return [...this.#plain, ...this.#compressed];
  }

  #group(gzip: boolean): Connection[] {
    return Array.from(
      { length: this.options.connections },
      () => new Connection(this.target, this.options, gzip, this.#log),
    );
  }

  /** Waits for one connection. An attempt with a permanent failure is not repeated. */
  async #connectOne(connection: Connection): Promise<void> {
    while (!this.#closed && !await connection.opened()) {
      const cause = await diagnoseAfter(null, this.target, this.options);
      if (cause !== null) throw cause;
      if (!connection.ready) await connection.changed;
    }
  }
}

/** The connection with the fewest calls, among the open ones if any is open. */
function leastBusy(connections: readonly Connection[]): Connection {
  let best: Connection | null = null;
  for (const connection of connections) {
    const better = best === null || (connection.ready && !best.ready) ||
      (connection.ready === best.ready && connection.in_flight < best.in_flight);
    if (better) best = connection;
  }
  if (best === null) throw new RangeError("A channel needs at least one connection");
  return best;
}
