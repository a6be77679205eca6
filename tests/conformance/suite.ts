/**
 * The rules every transport keeps, run against every server at hand. A transport's own test file calls `conformance`
 * once; a new server is one more `ServerStarter`.
 */
import type { Channel, ChannelOptions, OpenChannel } from "../../lib/transport/channel.ts";
import { CHANNEL_DEFAULTS } from "../../lib/transport/channel.ts";
import { callCases } from "./call_cases.ts";
import { connectionCases } from "./connection_cases.ts";
import { endingCases } from "./ending_cases.ts";
import { faultCases } from "./fault_cases.ts";
import { peerCases } from "./peer_cases.ts";
import type { Feature, RunningServer, ServerStarter } from "./servers/server.ts";
import { tlsCases } from "./tls_cases.ts";

/** Where transports may differ. */
export interface Traits {
  /** A call its connection provably did not process moves to another one; false: it ends with UNAVAILABLE. */
  moves: boolean;
  /** A pinned certificate fingerprint is honoured. */
  pins: boolean;
}

/** What a case gets. */
export interface Context {
  readonly open: OpenChannel;
  readonly traits: Traits;
  readonly starter: ServerStarter;
  /** Registers a test, unless the server lacks a feature it needs. */
  test(name: string, needs: Feature[], body: () => Promise<void>): void;
  /** Opens and connects a channel, hands it over, and closes it. */
  withChannel(
    target: string,
    options: Partial<ChannelOptions>,
    body: (channel: Channel) => Promise<void>,
  ): Promise<void>;
  /** A channel to the server that all cases share. */
  shared(body: (channel: Channel) => Promise<void>, options?: Partial<ChannelOptions>): Promise<void>;
}

/** Registers the whole suite for one transport against each server. */
export function conformance(name: string, open: OpenChannel, servers: readonly ServerStarter[], traits: Traits): void {
  const withChannel: Context["withChannel"] = async (target, options, body) => {
    const channel = open(target, { ...CHANNEL_DEFAULTS, ...options });
    try {
      await channel.connect();
      await body(channel);
    } finally {
      await channel.close();
    }
  };
  for (const starter of servers) {
    let server: RunningServer | null = null;
    Deno.test.beforeAll(async () => {
      server = await starter.start();
    });
    Deno.test.afterAll(() => server?.kill());
    const context: Context = {
      open,
      traits,
      starter,
      withChannel,
      shared: (body, options = {}) => withChannel(server?.target ?? "", options, body),
      test(title, needs, body) {
        if (!needs.every((feature) => starter.features.has(feature))) return;
        // grpc-js keeps sockets and timers of its own past a channel's end, so resources cannot be counted here.
        Deno.test({
          name: `${name} with ${starter.name}: ${title}`,
          sanitizeOps: false,
          sanitizeResources: false,
          fn: body,
        });
      },
    };
    callCases(context);
    endingCases(context);
    connectionCases(context);
    tlsCases(context);
  }
  faultCases(name, open);
  peerCases(name, open, traits);
}
