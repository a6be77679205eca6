/** Where connections lead to, and peers that let go of the other end. */
import assert from "node:assert/strict";
import { endedWith, start, UNARY, unary, withChannel } from "./calls.ts";
import { bytesOf, okReply, PeerConn, SETTINGS, withRawPeer } from "./raw_peer.ts";

/** Serves one connection of a listener with OK. */
async function serveOne(listener: Deno.TcpListener | Deno.UnixListener): Promise<void> {
  const conn = await listener.accept();
  const peer = new PeerConn(conn, 1);
  await peer.send(SETTINGS);
  const request = await peer.request();
  if (request !== null) await peer.frames((frames) => okReply(frames, request.streamId));
  await peer.done;
  peer.close();
  listener.close();
}

async function answers(listener: Deno.TcpListener | Deno.UnixListener, target: string): Promise<void> {
  const served = serveOne(listener);
  await withChannel(target, async (channel) => assert.equal((await unary(channel)).status.code, 0));
  await served;
}

Deno.test("a name is tried at each of its addresses", async () => {
  // "localhost" commonly has ::1 and 127.0.0.1; only one of them is served here.
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await answers(listener, `localhost:${listener.addr.port}`);
});

Deno.test("an IPv6 address works where the machine has one", async () => {
  let listener: Deno.TcpListener;
  try {
    listener = Deno.listen({ hostname: "::1", port: 0 });
  } catch (error) {
    assert.ok(error instanceof Error);
    return;
  }
  await answers(listener, `[::1]:${listener.addr.port}`);
});

Deno.test("a Unix socket works", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const listener = Deno.listen({ transport: "unix", path: `${folder}/s` });
    await answers(listener, `unix:${folder}/s`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a peer that never reads holds calls until their deadlines, and no more memory than a buffer", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept().then(async (conn) => {
    const wide = bytesOf((frames) => {
      frames.settings([[4, 0x7fffffff]]);
      frames.windowUpdate(0, 0x7fffffff - 65_535);
    });
    await conn.write(wide);
    return conn;
  });
  await withChannel(`127.0.0.1:${listener.addr.port}`, async (channel) => {
    const request = new Uint8Array(1_000_000);
    const before = Deno.memoryUsage().external;
    const calls = Array.from({ length: 200 }, () => start(channel, UNARY, request, 150).ended);
    await new Promise((resolve) => setTimeout(resolve, 75));
    assert.ok(Deno.memoryUsage().external - before < 20_000_000);
    for (const call of calls) endedWith(await call, 4, "deadline");
    assert.equal(channel.stats().streams_in_flight, 0);
  });
  (await accepted).close();
  listener.close();
});

Deno.test("a closed channel gives up what it was still connecting to", () =>
  withRawPeer(() => {}, async (target) => {
    const { openWireChannel } = await import("../../../lib/transport/wire/wire.ts");
    const { CHANNEL_DEFAULTS } = await import("../../../lib/transport/channel.ts");
    const channel = openWireChannel(target, CHANNEL_DEFAULTS);
    const call = unary(channel);
    await channel.close();
    endedWith(await call, 1, "cancel", /closed/);
  }));
