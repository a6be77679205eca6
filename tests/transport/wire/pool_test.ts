/** Connections that go, calls that wait or move, and counters that tell of it. */
import assert from "node:assert/strict";
import { CHANNEL_DEFAULTS } from "../../../lib/transport/channel.ts";
import { openWireChannel } from "../../../lib/transport/wire/wire.ts";
import { BIDI, CLIENT_STREAM, endedWith, eventually, type Outcome, start, unary, withChannel } from "./calls.ts";
import { bytesOf, okReply, type PeerConn, SETTINGS, withRawPeer } from "./raw_peer.ts";

/** Serves every request with OK. */
async function serve(peer: PeerConn, from = 1): Promise<void> {
  for (let count = from;; count++) {
    const request = await peer.request(count);
    if (request === null) return;
    await peer.frames((frames) => okReply(frames, request.streamId));
  }
}

Deno.test("calls beyond the peer's stream limit wait, are counted, and go in order", () =>
  withRawPeer(async (peer) => {
    await peer.send(bytesOf((frames) => frames.settings([[3, 2]])));
    await peer.request(2);
    await peer.until(() => peer.number === 1 && peer.seen.length > 0);
    await serve(peer);
  }, (target, peers) =>
    withChannel(target, async (channel) => {
      const calls = Array.from({ length: 6 }, () => unary(channel));
      assert.deepEqual([channel.stats().streams_in_flight, channel.stats().waiting], [2, 4]);
      for (const outcome of await Promise.all(calls)) assert.equal(outcome.status.code, 0);
      assert.deepEqual([channel.stats().streams_in_flight, channel.stats().waiting], [0, 0]);
      const opened = peers[0]!.seen.filter(({ type }) => type === 1).map(({ streamId }) => streamId);
      assert.deepEqual(opened, [1, 3, 5, 7, 9, 11]);
    })));

Deno.test("a call that waits for a slot in vain says so", () =>
  withRawPeer(
    (peer) => peer.send(bytesOf((frames) => frames.settings([[3, 0]]))),
    (target) =>
      withChannel(target, async (channel) => {
        const outcome = await unary(channel, 40);
        endedWith(outcome, 4, "deadline", /waited for a connection or a stream slot/);
        assert.equal(outcome.sents, 0);
      }),
  ));

Deno.test("a raised stream limit lets waiting calls go", () =>
  withRawPeer(async (peer) => {
    await peer.send(bytesOf((frames) => frames.settings([[3, 0]])));
    await peer.until(() => peer.seen.some(({ type, flags }) => type === 4 && flags === 1));
    await peer.send(bytesOf((frames) => frames.settings([[3, 1]])));
    await serve(peer);
  }, (target) =>
    withChannel(target, async (channel) => {
      for (const outcome of await Promise.all([unary(channel), unary(channel)])) assert.equal(outcome.status.code, 0);
    })));

Deno.test("calls spread over the connections with the fewest streams", () =>
  withRawPeer((peer) => peer.send(SETTINGS), async (target, peers) => {
    const channel = openWireChannel(target, { ...CHANNEL_DEFAULTS, connections: 4 });
    await channel.connect();
    const calls = Array.from({ length: 12 }, () => unary(channel));
    await Promise.all(peers.map((peer) => peer.until(() => peer.seen.filter(({ type }) => type === 1).length === 3)));
    assert.equal(channel.stats().connections, 4);
    await channel.close();
    for (const call of calls) endedWith(await call, 1, "cancel");
  }));

Deno.test("GOAWAY moves what was not processed, once, with everything sent so far", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    if (peer.number > 1) return await serve(peer);
    await peer.until(() => peer.data_bytes >= 12);
    await peer.frames((frames) => frames.goaway(0, 0, "rotating"));
  }, (target, peers) =>
    withChannel(target, async (channel) => {
      const running = start(channel, CLIENT_STREAM, null);
      running.call.write(new Uint8Array([1]));
      running.call.write(new Uint8Array([2]));
      await eventually(() => channel.stats().moves_total === 1, "no move");
      running.call.write(new Uint8Array([3]));
      running.call.halfClose();
      const outcome = await running.ended;
      assert.equal(outcome.status.code, 0, outcome.status.details);
      assert.equal(outcome.sents, 1);
      assert.equal(peers[1]!.data_bytes, 18);
      assert.deepEqual([channel.stats().moves_total, channel.stats().reconnects_total], [1, 1]);
    })));

Deno.test("a call moves once only", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    for (let count = 1;; count++) {
      const request = await peer.request(count);
      if (request === null) return;
      await peer.frames((frames) => frames.reset(request.streamId, 7));
    }
  }, (target) =>
    withChannel(target, async (channel) => {
      endedWith(await unary(channel), 14, "connection", /REFUSED_STREAM.*did not process/);
      assert.equal(channel.stats().moves_total, 1);
    }, { connections: 2 })));

Deno.test("a stream that got a reply does not move", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    const request = await peer.request(1, false);
    if (request === null) return;
    await peer.frames((frames) => {
      frames.headers(request.streamId, new Uint8Array([0x88]), false, 16_384);
      frames.goaway(0, 0, "");
    });
  }, (target) =>
    withChannel(target, async (channel) => {
      const running = start(channel, BIDI, null);
      endedWith(await running.ended, 14, "connection", /GOAWAY/);
      assert.equal(channel.stats().moves_total, 0);
    })));

Deno.test("a draining connection finishes its streams while a new one takes the next", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    if (peer.number > 1) return await serve(peer);
    await peer.request(1);
    await peer.frames((frames) => frames.goaway(0x7fffffff, 0, ""));
    await peer.until(() => later);
    await peer.frames((frames) => okReply(frames, 1));
    await peer.until(() => peer.goaways.length > 0);
  }, (target, peers) =>
    withChannel(target, async (channel) => {
      later = false;
      const first = unary(channel);
      await eventually(() => channel.stats().reconnects_total === 1, "no new connection");
      assert.equal((await unary(channel)).status.code, 0);
      later = true;
      await peers[0]!.send(new Uint8Array(0));
      await peers[0]!.frames((frames) => frames.ping(new Uint8Array(8), 0, false));
      assert.equal((await first).status.code, 0);
      assert.ok(await peers[0]!.until(() => peers[0]!.goaways.length === 1), "we say goodbye");
    })));
let later = false;

Deno.test("a peer that sends everyone away is not stormed", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    await peer.frames((frames) => frames.goaway(0, 0, "go"));
  }, async (target, peers) => {
    const channel = openWireChannel(target, CHANNEL_DEFAULTS);
    await channel.connect();
    const ended: Outcome[] = [];
    for (let i = 0; i < 5; i++) {
      ended.push(...await Promise.all(Array.from({ length: 10 }, () => unary(channel, 100))));
    }
    await channel.close();
    assert.ok(peers.length <= 3, `${peers.length} connections`);
    // Nobody tried to connect while they waited, so they cannot have failed by that.
    assert.ok(ended.every(({ status: { code, details } }) => [4, 14].includes(code) && /GOAWAY/.test(details)));
  }));

Deno.test("calls that fail at once still leave time for everything else", () =>
  withRawPeer((peer) => peer.close(), async (target) => {
    const channel = openWireChannel(target, CHANNEL_DEFAULTS);
    let over = false;
    let failed = 0;
    const again = (): void => {
      if (over) return;
      unary(channel).then(({ status }) => {
        if (!over) assert.equal(status.code, 14);
        failed++;
        again();
      });
    };
    again();
    await new Promise((resolve) => setTimeout(resolve, 100)); // starves if the calls go round without resting
    while (failed === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    over = true;
    await channel.close();
  }));

Deno.test("connect() fails when a connection is refused, and a later call tries again", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const target = `127.0.0.1:${listener.addr.port}`;
  listener.close();
  const channel = openWireChannel(target, CHANNEL_DEFAULTS);
  await assert.rejects(channel.connect(), { name: "ConnectError", fault: "refused" });
  endedWith(await unary(channel), 14, "connection", /Nobody listens/);
  await channel.close();
  endedWith(await unary(channel), 1, "cancel", /closed/);
});

Deno.test("keepalive gives up a connection that no longer answers", () =>
  withRawPeer((peer) => peer.send(SETTINGS), (target, peers) =>
    withChannel(target, async (channel) => {
      endedWith(await unary(channel), 14, "connection", /keepalive ping within 30 ms/);
      assert.equal(peers[0]!.seen.filter(({ type }) => type === 6).length, 1);
    }, { keepalive: { interval_ms: 20, timeout_ms: 30 } })));

Deno.test("keepalive leaves a connection alone that answers, and one without calls", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    await peer.until(() => peer.seen.some(({ type }) => type === 1));
    for (let answered = 0; answered < 3; answered++) {
      await peer.until(() => peer.seen.filter(({ type }) => type === 6).length > answered);
      await peer.frames((frames) => frames.ping(new Uint8Array(8), 0, true));
    }
    await serve(peer);
  }, (target) =>
    withChannel(target, async (channel) => {
      assert.equal((await unary(channel)).status.code, 0);
    }, { keepalive: { interval_ms: 10, timeout_ms: 1000 } })));

Deno.test("a half-open socket costs each call its deadline and no more", () =>
  withRawPeer((peer) => peer.send(SETTINGS), (target) =>
    withChannel(target, async (channel) => {
      const calls = Array.from({ length: 50 }, (_, i) => unary(channel, 20 + i));
      for (const call of calls) endedWith(await call, 4, "deadline");
    })));

Deno.test("a cancelled call resets its stream and stays quiet", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    const request = await peer.request(1, false);
    await peer.until(() => peer.resets.length > 0);
    if (request !== null) await peer.frames((frames) => okReply(frames, request.streamId));
    await serve(peer);
  }, (target, peers) =>
    withChannel(target, async (channel) => {
      const running = start(channel, BIDI, null);
      await eventually(() => peers[0]!.seen.some(({ type }) => type === 1), "nothing sent");
      running.call.cancel();
      running.call.write(new Uint8Array(1));
      endedWith(await running.ended, 1, "cancel");
      assert.deepEqual(running.messages, []);
      assert.equal((await unary(channel)).status.code, 0);
      assert.deepEqual(peers[0]!.resets, [[1, 8]]);
    })));

Deno.test("trailers before the half-close end the call, and the stream is given back", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    const request = await peer.request(1, false);
    if (request !== null) await peer.frames((frames) => okReply(frames, request.streamId));
  }, (target, peers) =>
    withChannel(target, async (channel) => {
      const running = start(channel, BIDI, null);
      assert.equal((await running.ended).status.code, 0);
      await peers[0]!.until(() => peers[0]!.resets.length > 0);
      assert.deepEqual(peers[0]!.resets, [[1, 0]]);
    })));
