/** Connections to a list of several addresses, for every transport. */
import assert from "node:assert/strict";
import { type Channel, CHANNEL_DEFAULTS, type OpenChannel, type Status } from "../../lib/transport/channel.ts";
import { openGrpcJsChannel } from "../../lib/transport/grpc_js/grpc_js.ts";
import type { HttpEnd, HttpVersion } from "../../lib/transport/http/channel.ts";
import { openHttp } from "../../lib/transport/http/open.ts";
import { openWebSocket } from "../../lib/transport/websocket/open.ts";
import { openWireChannel } from "../../lib/transport/wire/wire.ts";
import { ConnectionPool, type PooledCall } from "../../lib/transport/wire/pool.ts";
import { eventually, UNARY } from "./wire/calls.ts";
import { okReply, PeerConn, SETTINGS, withRawPeer } from "./wire/raw_peer.ts";

const HOSTS = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];

/** What the servers at the hosts have taken. */
interface Servers {
  /** The list of all hosts, those without a server included. */
  target: string;
  /** Connections, and requests, by host. */
  connections: Map<string, number>;
  requests: Map<string, number>;
}

const count = (counts: Map<string, number>, host: string) => counts.set(host, (counts.get(host) ?? 0) + 1);

/** Runs gRPC peers that answer every unary call, on one port of several loopback addresses. */
async function withPeers(hosts: readonly string[], body: (servers: Servers) => Promise<void>): Promise<void> {
  const first = Deno.listen({ hostname: hosts[0]!, port: 0 });
  const { port } = first.addr;
  const listeners = [first, ...hosts.slice(1).map((hostname) => Deno.listen({ hostname, port }))];
  const servers: Servers = { target: targetOf(port), connections: new Map(), requests: new Map() };
  const peers: PeerConn[] = [];
  const serve = async (peer: PeerConn, host: string) => {
    await peer.send(SETTINGS);
    await peer.frames((frames) => frames.settingsAck());
    for (let number = 1;; number++) {
      const request = await peer.request(number);
      if (request === null) return;
      count(servers.requests, host);
      await peer.frames((frames) => okReply(frames, request.streamId));
    }
  };
  const running = listeners.map(async (listener) => {
    for await (const conn of listener) {
      count(servers.connections, listener.addr.hostname);
      const peer = new PeerConn(conn, peers.length);
      peers.push(peer);
      serve(peer, listener.addr.hostname);
    }
  });
  try {
    await body(servers);
  } finally {
    for (const listener of listeners) listener.close();
    for (const peer of peers) peer.close();
    await Promise.all([...running, ...peers.map(({ done }) => done)]);
  }
}

const targetOf = (port: number) => `ipv4:${HOSTS.map((host) => `${host}:${port}`).join(",")}`;

function call(channel: Channel): Promise<Status> {
  const { promise, resolve } = Promise.withResolvers<Status>();
  channel.method(UNARY).start(new Uint8Array([1]), 5000, { sent() {}, message() {}, end: resolve });
  return promise;
}

async function calls(open: OpenChannel, target: string, options: Partial<typeof CHANNEL_DEFAULTS>): Promise<void> {
  const channel = open(target, { ...CHANNEL_DEFAULTS, ...options });
  try {
    await channel.connect();
    // grpc-js is connected with its first address; the others follow.
    for (let at = 0; at < 60; at++) {
      assert.equal((await call(channel)).code, 0);
      if (at % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } finally {
    await channel.close();
  }
}

for (const [name, open] of [["wire", openWireChannel], ["grpc-js", openGrpcJsChannel]] as const) {
  const test = (title: string, fn: () => Promise<void>) =>
    Deno.test({ name: `${name}: ${title}`, sanitizeOps: false, sanitizeResources: false, fn });

  test("one connection asked for means one to each address, and calls go to all", () =>
    withPeers(HOSTS, async ({ target, connections, requests }) => {
      await calls(open, target, {});
      assert.deepEqual([...connections.keys()].sort(), HOSTS);
      for (const host of HOSTS) assert.ok((requests.get(host) ?? 0) >= 10, `${[...requests]}`);
    }));

  test("an address where nobody listens costs no call", () =>
    withPeers(HOSTS.slice(1), async ({ target, requests }) => {
      await calls(open, target, {});
      assert.deepEqual([...requests.keys()].sort(), HOSTS.slice(1));
    }));

  test("pick_first goes to the first address only", () =>
    withPeers(HOSTS, async ({ target, connections }) => {
      await calls(open, target, { addresses: "pick_first" });
      assert.deepEqual([...connections.keys()], ["127.0.0.1"]);
    }));
}

Deno.test("wire: a name that gains addresses gets a connection to each, once", () =>
  withPeers(HOSTS, async ({ target, connections }) => {
    let found = HOSTS.slice(0, 1);
    const port = target.split(":").at(-1);
    const options = { ...CHANNEL_DEFAULTS, connections: 2 };
    const pool = new ConnectionPool<PooledCall>(`grows.test:${port}`, options, undefined, () => Promise.resolve(found));
    const ticks = await timersOf(() => pool.connect());
    assert.deepEqual(ticks.map(({ every_ms }) => every_ms), [30_000]);
    found = HOSTS.slice(0, 2);
    ticks[0]!.action();
    await eventually(() => connections.get(HOSTS[1]!) === 1, "the second address got no connection");
    for (const known of [HOSTS.slice(0, 2), HOSTS.slice(1, 2), [], HOSTS]) {
      found = known;
      await pool.lookAgain();
    }
    await eventually(() => connections.get(HOSTS[2]!) === 1, "the third address got no connection");
    assert.deepEqual(HOSTS.map((host) => connections.get(host)), [2, 1, 1]);
    await pool.close();
  }));

/** The timers that repeat and that `body` starts. */
async function timersOf(body: () => Promise<void>): Promise<{ action: () => void; every_ms: number }[]> {
  const { setInterval } = globalThis;
  const timers: { action: () => void; every_ms: number }[] = [];
  globalThis.setInterval = ((action: () => void, every_ms: number) => {
    timers.push({ action, every_ms });
    return setInterval(action, every_ms);
  }) as typeof setInterval;
  await body().finally(() => globalThis.setInterval = setInterval);
  return timers;
}

Deno.test("wire: more connections than addresses are spread evenly", () =>
  withPeers(HOSTS, async ({ target, connections }) => {
    await calls(openWireChannel, target, { connections: 7 });
    assert.deepEqual([...connections.values()].sort(), [2, 2, 3]);
  }));

Deno.test("wire: a lost connection is told with the one address of several that it went to", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    await peer.request();
    peer.close();
  }, async (target) => {
    const list = `ipv4:127.0.0.2:${target.split(":")[1]},${target}`;
    const channel = openWireChannel(list, CHANNEL_DEFAULTS);
    await channel.connect();
    const { code, details } = await call(channel);
    await channel.close();
    assert.equal(code, 14);
    assert.ok(details.includes(target) && !details.includes("127.0.0.2"), details);
  }));

/** Runs HTTP servers on the hosts, which count requests, and answer WebSockets. */
async function withHttp(body: (servers: Servers) => Promise<void>): Promise<void> {
  const servers: Servers = { target: "", connections: new Map(), requests: new Map() };
  const start = (hostname: string, port: number) => {
    const seen = new Set<number>();
    return Deno.serve({ hostname, port, onListen() {} }, async (request, { remoteAddr }) => {
      if (!seen.has(remoteAddr.port)) count(servers.connections, hostname);
      seen.add(remoteAddr.port);
      count(servers.requests, hostname);
      if (request.headers.get("upgrade") !== "websocket") {
        await new Promise((resolve) => setTimeout(resolve, 30));
        return new Response("hello");
      }
      return Deno.upgradeWebSocket(request).response;
    });
  };
  const first = start(HOSTS[0]!, 0);
  const { port } = first.addr as Deno.NetAddr;
  const running = [first, ...HOSTS.slice(1).map((host) => start(host, port))];
  try {
    await body({ ...servers, target: targetOf(port) });
  } finally {
    await Promise.all(running.map((server) => server.shutdown()));
  }
}

for (const version of ["1.1", "2"] as HttpVersion[]) {
  for (const addresses of ["spread", "pick_first"] as const) {
    Deno.test(`HTTP/${version}: connections with "${addresses}"`, () =>
      withHttp(async ({ target, connections }) => {
        const options = { tls: null, connections: 6, connect_timeout_ms: 2000, transparentRetry: true };
        const channel = openHttp(target, { ...options, version, addresses });
        await channel.connect();
        const ends = Array.from({ length: 6 }, () => {
          const { promise, resolve } = Promise.withResolvers<HttpEnd>();
          const request = { method: "GET", path: "/", headers: [], body: null };
          channel.request(request, 5000, { sent() {}, headers() {}, data() {}, end: resolve });
          return promise;
        });
        for (const end of ends) assert.equal((await end).reason, "complete");
        await channel.close();
        const counts = HOSTS.map((host) => connections.get(host) ?? 0);
        assert.deepEqual(counts, addresses === "spread" ? [2, 2, 2] : [6, 0, 0]);
      }));
  }
}

for (const addresses of ["spread", "pick_first"] as const) {
  Deno.test(`WebSockets with "${addresses}"`, () =>
    withHttp(async ({ target, connections }) => {
      const options = {
        tls: null,
        proxy: null,
        path: "/",
        headers: [],
        connect_timeout_ms: 2000,
        timeout_ms: 2000,
        max_message_bytes: 1024,
        addresses,
      };
      const { signal } = new AbortController();
      const sockets = await Promise.all(Array.from({ length: 6 }, async () => {
        const ended = Promise.withResolvers<unknown>();
        const events = { message() {}, pong() {}, end: ended.resolve };
        const socket = await openWebSocket(target, options, events, signal);
        socket.start();
        return { socket, ended: ended.promise };
      }));
      for (const { socket, ended } of sockets) {
        socket.close();
        await ended;
      }
      const counts = HOSTS.map((host) => connections.get(host) ?? 0);
      assert.deepEqual(counts, addresses === "spread" ? [2, 2, 2] : [6, 0, 0]);
    }));
}
