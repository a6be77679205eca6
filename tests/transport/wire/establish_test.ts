/** From a name to a connection: every address of it is tried, in order, within one limit of time. */
import assert from "node:assert/strict";
import { CHANNEL_DEFAULTS, ConnectError } from "../../../lib/transport/channel.ts";
import type { ConnectionListener } from "../../../lib/transport/wire/connection.ts";
import { establish } from "../../../lib/transport/wire/establish.ts";
import { SETTINGS, withRawPeer } from "./raw_peer.ts";

const NOBODY: ConnectionListener = { opened() {}, capacityAvailable() {}, draining() {}, closed() {} };

/** Connects to `localhost` on a port, where the resolver gives these addresses; tells how many were asked for. */
async function connect(port: number, addresses: string[], connect_timeout_ms = 5000): Promise<void> {
  const asked: string[] = [];
  const peer = {
    text: `localhost:${port}`,
    target: { kind: "tcp" as const, host: "localhost", port },
    options: { ...CHANNEL_DEFAULTS, connect_timeout_ms, addresses: "pick_first" as const },
    lookup: (host: string) => {
      asked.push(host);
      return Promise.resolve(addresses);
    },
  };
  const connection = await establish(peer, NOBODY, new AbortController().signal);
  await connection.close();
  assert.deepEqual(asked, ["localhost"]);
}

const portOf = (target: string) => Number(target.split(":").at(-1));

/** Runs `body` with a listener on another loopback address and the same port, which accepts and says nothing. */
async function withSilentPeer(hostname: string, port: number, body: () => Promise<void>): Promise<void> {
  const listener = Deno.listen({ hostname, port });
  const conns: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const conn of listener) conns.push(conn);
  })();
  try {
    await body();
  } finally {
    listener.close();
    for (const conn of conns) conn.close();
    await accepting;
  }
}

Deno.test("the next address is tried when the first refuses", () =>
  withRawPeer((peer) => peer.send(SETTINGS), async (target, peers) => {
    await connect(portOf(target), ["127.0.0.2", "127.0.0.3", "127.0.0.1"]);
    assert.equal(peers.length, 1);
  }));

Deno.test("the next address is tried when the first is no HTTP/2 server", () =>
  withRawPeer((peer) => peer.send(SETTINGS), async (target) => {
    const other = Deno.listen({ hostname: "127.0.0.2", port: portOf(target) });
    const hungUp = other.accept().then((conn) => conn.close());
    try {
      await connect(portOf(target), ["127.0.0.2", "127.0.0.1"]);
      await hungUp;
    } finally {
      other.close();
    }
  }));

Deno.test("addresses that say nothing leave time for the last", () =>
  withRawPeer((peer) => peer.send(SETTINGS), (target) =>
    withSilentPeer("127.0.0.2", portOf(target), async () => {
      await connect(portOf(target), ["127.0.0.2", "127.0.0.2", "127.0.0.2", "127.0.0.1"], 400);
    })));

Deno.test("the limit holds for all addresses together", () =>
  withRawPeer(() => {}, async (target) => {
    const began_ms = performance.now();
    const error = await connect(portOf(target), Array(10).fill("127.0.0.1"), 200).catch((error) => error);
    assert.ok(error instanceof ConnectError);
    assert.equal(error.fault, "timeout", error.message);
    // 200 ms, then as much again at most for finding out why.
    assert.ok(performance.now() - began_ms < 3000);
  }));

Deno.test("a name without an address, and one whose addresses all refuse, are told", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await assert.rejects(connect(port, ["127.0.0.2", "127.0.0.1"]), { name: "ConnectError", fault: "refused" });
  await assert.rejects(connect(port, []), { name: "ConnectError" });
});
