/** Proxies that send connections away after a number of requests, and peers that only look like them. */
import assert from "node:assert/strict";
import { CHANNEL_DEFAULTS } from "../../../lib/transport/channel.ts";
import { openWireChannel } from "../../../lib/transport/wire/wire.ts";
import { endedWith, unary, withChannel } from "./calls.ts";
import { okReply, type PeerConn, SETTINGS, withRawPeer } from "./raw_peer.ts";

/** Takes `count` requests, says GOAWAY before it answers any, then answers those. */
async function serveAndSendAway(peer: PeerConn, count: number): Promise<void> {
  await peer.send(SETTINGS);
  const last = await peer.request(count);
  if (last === null) return;
  await peer.frames((frames) => frames.goaway(last.streamId, 0, ""));
  const requests = peer.seen.filter(({ type, streamId }) => type === 1 && streamId <= last.streamId);
  await peer.frames((frames) => requests.forEach(({ streamId }) => okReply(frames, streamId)));
}

Deno.test("GOAWAY before the first reply, with streams that go on, is no reason to wait before connecting again", () =>
  withRawPeer((peer) => serveAndSendAway(peer, 2), (target, peers) =>
    withChannel(target, async (channel) => {
      for (let round = 0; round < 5; round++) {
        for (const { status } of await Promise.all([unary(channel), unary(channel)])) {
          assert.equal(status.code, 0, status.details);
        }
      }
      assert.ok(peers.length >= 5, `${peers.length} connections`);
    })));

Deno.test("a peer that takes a call, says GOAWAY and hangs up is not stormed", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    const request = await peer.request();
    if (request === null) return;
    await peer.frames((frames) => frames.goaway(request.streamId, 0, ""));
    peer.close();
  }, async (target, peers) => {
    const channel = openWireChannel(target, CHANNEL_DEFAULTS);
    await channel.connect();
    for (let i = 0; i < 5; i++) {
      for (const { status } of await Promise.all(Array.from({ length: 10 }, () => unary(channel, 100)))) {
        assert.ok([4, 14].includes(status.code) && /GOAWAY|closed the connection/.test(status.details), status.details);
      }
    }
    await channel.close();
    assert.ok(peers.length <= 3, `${peers.length} connections`);
  }));

Deno.test("a call that GOAWAY refused moves to the next connection, not to one of the same age", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    const request = await peer.request();
    if (request === null) return;
    await peer.frames((frames) => peer.number <= 2 ? frames.goaway(0, 0, "") : okReply(frames, request.streamId));
  }, (target, peers) =>
    withChannel(target, async (channel) => {
      const { status } = await unary(channel);
      assert.equal(status.code, 0, status.details);
      assert.deepEqual([channel.stats().moves_total, channel.stats().waiting], [1, 0]);
      assert.equal(peers[2]?.seen.filter(({ type }) => type === 1).length, 1);
    }, { connections: 2 })));

Deno.test("a call that GOAWAY refused takes any connection when the next one does not come up", () => {
  let refused = false;
  const script = async (peer: PeerConn) => {
    if (refused) return peer.close();
    await peer.send(SETTINGS);
    const request = await peer.request();
    if (request === null) return;
    const first = !refused;
    refused = true;
    await peer.frames((frames) => first ? frames.goaway(0, 0, "") : okReply(frames, request.streamId));
  };
  return withRawPeer(script, (target) =>
    withChannel(target, async (channel) => {
      const { status } = await unary(channel);
      assert.equal(status.code, 0, status.details);
    }, { connections: 2 }));
});

Deno.test("close() ends a call that waits for the next connection", () =>
  withRawPeer(async (peer) => {
    if (peer.number > 1) return;
    await peer.send(SETTINGS);
    if (await peer.request() !== null) await peer.frames((frames) => frames.goaway(0, 0, ""));
  }, async (target, peers) => {
    const channel = openWireChannel(target, CHANNEL_DEFAULTS);
    await channel.connect();
    const call = unary(channel);
    while (peers.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.equal(channel.stats().waiting, 1);
    await channel.close();
    endedWith(await call, 1, "cancel", /closed/);
  }));

Deno.test("a call without a connection names how the last one ended", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    if (await peer.request() === null) return;
    await peer.frames((frames) => frames.goaway(1, 11, "too_many_pings"));
    peer.close();
  }, (target) =>
    withChannel(target, async (channel) => {
      const said: string[] = [];
      for (let i = 0; i < 4; i++) said.push((await unary(channel, 300)).status.details);
      for (const words of said) assert.match(words, /GOAWAY \(ENHANCE_YOUR_CALM: too_many_pings\)/);
      assert.match(said.at(-1)!, /waited for a connection: .* sent GOAWAY/);
    })));

Deno.test("a connection that we closed because its peer drained it is said to have ended by the peer's GOAWAY", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    await peer.frames((frames) => frames.goaway(0, 0, "maintenance"));
    await peer.request();
  }, (target) =>
    withChannel(target, async (channel) => {
      const said: string[] = [];
      for (let i = 0; i < 4; i++) said.push((await unary(channel, 150)).status.details);
      assert.match(said.at(-1)!, /waited for a connection: .* sent GOAWAY \(NO_ERROR: maintenance\)/);
    })));
