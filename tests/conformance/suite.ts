/**
 * The rules every transport keeps, run against every server at hand. A transport's own test file calls `conformance`
 * once; a new server is one more `ServerStarter`.
 */
import type { Channel, ChannelOptions, OpenChannel } from "../../lib/transport/channel.ts";
import { CHANNEL_DEFAULTS } from "../../lib/transport/channel.ts";
import { callCases } from "./call_cases.ts";
import { certificates, removeCertificates } from "./certificates.ts";
import { compressionCases } from "./compression_cases.ts";
import { connectionCases } from "./connection_cases.ts";
import { endingCases } from "./ending_cases.ts";
import { faultCases } from "./fault_cases.ts";
import { peerCases } from "./peer_cases.ts";
import type { Feature, RunningServer, ServerStarter } from "./servers/server.ts";
import { PLAIN_TLS, tlsCases } from "./tls_cases.ts";
import { wordsCases } from "./words_cases.ts";

/** Where transports may differ. */
export interface Traits {
  /** A call its connection provably did not process moves to another one; false: it ends with UNAVAILABLE. */
  moves: boolean;
  /** A pinned certificate fingerprint is honoured. */
  pins: boolean;
  /** The words of a GOAWAY are told by calls that end with their connection. */
  farewells: boolean;
  /** The first line of a page that is no gRPC reply is told. */
  pages: boolean;
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

/** Registers what must hold against the peers of the suite's own, which need no server: scripted and odd ones. */
export function peerConformance(name: string, open: OpenChannel, traits: Traits): void {
  faultCases(name, open);
  peerCases(name, open, traits);
  wordsCases(name, open, traits);
}

/** Registers what must hold against each of the servers. */
export function conformance(name: string, open: OpenChannel, servers: readonly ServerStarter[], traits: Traits): void {
  for (const starter of servers) {
    const context = serverContext(name, open, starter, traits, false);
    callCases(context);
    endingCases(context);
    compressionCases(context);
    connectionCases(context);
    tlsCases(context);
  }
}

/** Registers what must hold against a server that nobody here wrote: every call with and without TLS. */
export function foreignConformance(name: string, open: OpenChannel, starter: ServerStarter, traits: Traits): void {
  for (const secure of [false, true]) {
    const context = serverContext(name, open, starter, traits, secure);
    callCases(context);
    endingCases(context);
    compressionCases(context);
    if (secure) continue;
    connectionCases(context);
    tlsCases(context);
  }
}

/** @param secure the server that cases share speaks TLS */
function serverContext(
  name: string,
  open: OpenChannel,
  starter: ServerStarter,
  traits: Traits,
  secure: boolean,
): Context {
  let server: RunningServer | null = null;
  let options: Partial<ChannelOptions> = {};
  if (secure) Deno.test.afterAll(removeCertificates);
  Deno.test.beforeAll(async () => {
    if (!secure) return void (server = await starter.start());
    const { ca, server: { cert_path, key_path } } = await certificates();
    options = { tls: { ...PLAIN_TLS, ca_pem: ca.cert_pem } };
    server = await starter.start({ tls: { cert_path, key_path } });
  });
  Deno.test.afterAll(() => server?.kill());
  const withChannel: Context["withChannel"] = (target, given, body) => withOpenChannel(open, target, given, body);
  const title = `${name} with ${starter.name}${secure ? " over TLS" : ""}`;
  return {
    open,
    traits,
    starter,
    withChannel,
    shared: (body, given = {}) => withChannel(server?.target ?? "", { ...options, ...given }, body),
    test(caseTitle, needs, body) {
      if (!needs.every((feature) => starter.features.has(feature))) return;
      // grpc-js keeps sockets and timers of its own past a channel's end, so resources cannot be counted here.
      Deno.test({ name: `${title}: ${caseTitle}`, sanitizeOps: false, sanitizeResources: false, fn: body });
    },
  };
}

/** Opens and connects a channel, hands it over, and closes it. */
export async function withOpenChannel(
  open: OpenChannel,
  target: string,
  options: Partial<ChannelOptions>,
  body: (channel: Channel) => Promise<void>,
): Promise<void> {
  const channel = open(target, { ...CHANNEL_DEFAULTS, ...options });
  try {
    await channel.connect();
    await body(channel);
  } finally {
    await channel.close();
  }
}
