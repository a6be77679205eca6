/** Windows both ways, and peers that use them to stall. */
import assert from "node:assert/strict";
import { readUint32 } from "../../../lib/transport/wire/frames.ts";
import {
  BIDI,
  CLIENT_STREAM,
  endedWith,
  eventually,
  SERVER_STREAM,
  start,
  UNARY,
  unary,
  withChannel,
} from "./calls.ts";
import { bytesOf, data, headers, OK, okReply, type PeerConn, REPLY, SETTINGS, withRawPeer } from "./raw_peer.ts";

const ID_WINDOW = 4;

function settings(window: number): Uint8Array {
  return bytesOf((frames) => frames.settings([[ID_WINDOW, window]]));
}

/** Answers the only request once it is whole. */
async function answer(peer: PeerConn): Promise<void> {
  const request = await peer.request();
  if (request !== null) await peer.frames((frames) => okReply(frames, request.streamId));
}

Deno.test("a request waits for the stream's window and then goes on", () =>
  withRawPeer(async (peer) => {
    await peer.send(settings(10));
    await peer.until(() => peer.data_bytes === 10);
    await peer.frames((frames) => frames.windowUpdate(1, 20));
    await peer.until(() => peer.data_bytes === 30);
    await peer.frames((frames) => frames.windowUpdate(1, 1_000_000));
    await answer(peer);
  }, (target, peers) =>
    withChannel(target, async (channel) => {
      const { status } = await start(channel, UNARY, new Uint8Array(50_000)).ended;
      assert.equal(status.code, 0, status.details);
      assert.equal(peers[0]!.data_bytes, 50_005);
    })));

Deno.test("a request waits for the connection's window and then goes on", () =>
  withRawPeer(async (peer) => {
    await peer.send(settings(10_000_000));
    await peer.until(() => peer.data_bytes === 65_535);
    await peer.frames((frames) => frames.windowUpdate(0, 10_000_000));
    await answer(peer);
  }, (target, peers) =>
    withChannel(target, async (channel) => {
      const { status } = await start(channel, UNARY, new Uint8Array(1_000_000)).ended;
      assert.equal(status.code, 0, status.details);
      assert.equal(peers[0]!.data_bytes, 1_000_005);
    })));

Deno.test("a window that SETTINGS make negative must be paid back first", () =>
  withRawPeer(async (peer) => {
    await peer.send(settings(100));
    await peer.until(() => peer.data_bytes === 100);
    await peer.send(settings(40)); // the stream now stands at -60
    await peer.until(() => peer.seen.filter(({ type, flags }) => type === 4 && flags === 1).length === 2);
    await peer.frames((frames) => {
      frames.windowUpdate(1, 60);
      frames.ping(new Uint8Array(8), 0, false);
    });
    await peer.until(() => peer.seen.some(({ type, flags }) => type === 6 && flags === 1));
    assert.equal(peer.data_bytes, 100, "the window is at 0");
    await peer.frames((frames) => frames.windowUpdate(1, 5));
    await peer.until(() => peer.data_bytes === 105);
    await peer.send(settings(1_000_000));
    await answer(peer);
  }, (target, peers) =>
    withChannel(target, async (channel) => {
      const { status } = await start(channel, UNARY, new Uint8Array(2000)).ended;
      assert.equal(status.code, 0, status.details);
      assert.equal(peers[0]!.data_bytes, 2005);
    })));

Deno.test("a window of zero for ever ends the call at its deadline", () =>
  withRawPeer((peer) => peer.send(settings(0)), (target, peers) =>
    withChannel(target, async (channel) => {
      endedWith(await unary(channel, 60), 4, "deadline");
      await peers[0]!.until(() => peers[0]!.resets.length > 0);
      assert.deepEqual(peers[0]!.resets, [[1, 8]]);
      assert.equal(peers[0]!.data_bytes, 0);
    })));

Deno.test("frames keep to the peer's frame size", () =>
  withRawPeer(async (peer) => {
    await peer.send(bytesOf((frames) => frames.settings([[5, 20_000], [ID_WINDOW, 1_000_000]])));
    await answer(peer);
  }, (target, peers) =>
    withChannel(target, async (channel) => {
      assert.equal((await start(channel, UNARY, new Uint8Array(60_000)).ended).status.code, 0);
      const sizes = peers[0]!.seen.filter(({ type }) => type === 0).map(({ payload }) => payload.length);
      assert.deepEqual(sizes, [20_000, 20_000, 20_000, 5]);
    })));

Deno.test("write() holds the writer while the peer stalls, and drain() lets it go on", () =>
  withRawPeer(async (peer) => {
    await peer.send(settings(1000));
    await peer.until(() => peer.data_bytes === 1000);
    await peer.frames((frames) => {
      frames.windowUpdate(0, 10_000_000);
      frames.windowUpdate(1, 10_000_000);
    });
    await answer(peer);
  }, (target, peers) =>
    withChannel(target, async (channel) => {
      const running = start(channel, CLIENT_STREAM, null);
      let written = 0;
      while (running.call.write(new Uint8Array(10_000))) written++;
      assert.ok(written >= 5 && written <= 8, `${written}`);
      await eventually(() => running.drains === 1, "no drain");
      assert.ok(running.call.write(new Uint8Array(10)));
      running.call.halfClose();
      assert.equal((await running.ended).status.code, 0);
      assert.equal(peers[0]!.data_bytes, (written + 1) * 10_005 + 15);
    })));

Deno.test("windows are credited after half of them, for streams and for the connection", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    const request = await peer.request();
    if (request === null) return;
    const message = new Uint8Array(16_384);
    message.set([0, 0, 0, 0x3f, 0xfb]);
    const part = bytesOf((frames) => data(frames, 1, message));
    await peer.frames((frames) => headers(frames, 1, REPLY));
    for (let i = 0; i < 600; i++) await peer.send(part);
    await peer.frames((frames) => headers(frames, 1, OK, true));
  }, (target, peers) =>
    withChannel(target, async (channel) => {
      const outcome = await start(channel, SERVER_STREAM, new Uint8Array(1)).ended;
      assert.equal(outcome.status.code, 0, outcome.status.details);
      assert.equal(outcome.messages.length, 600);
      const updates = peers[0]!.seen.filter(({ type, streamId }) => type === 8 && streamId === 1);
      assert.equal(updates.length, 1);
      assert.ok(readUint32(updates[0]!.payload, 0) > 8 * 1024 * 1024);
    })));

Deno.test("a stalled stream does not hold up another", () =>
  withRawPeer(async (peer) => {
    await peer.send(settings(100));
    const second = await peer.request(1);
    if (second !== null) await peer.frames((frames) => okReply(frames, second.streamId));
  }, (target) =>
    withChannel(target, async (channel) => {
      const stalled = start(channel, BIDI, null);
      stalled.call.write(new Uint8Array(5000));
      assert.equal((await unary(channel)).status.code, 0);
      stalled.call.cancel();
      endedWith(await stalled.ended, 1, "cancel");
    })));

Deno.test("a writer that does not wait is told to, however large the windows are", () =>
  withRawPeer(async (peer) => {
    await peer.send(settings(0x7fffffff));
    await peer.frames((frames) => frames.windowUpdate(0, 0x7fffffff - 65_535));
  }, (target) =>
    withChannel(target, async (channel) => {
      const running = start(channel, CLIENT_STREAM, null, 300);
      const before = Deno.memoryUsage().external;
      let accepted = 0;
      for (let i = 0; i < 1000 && running.call.write(new Uint8Array(100_000)); i++) accepted++;
      assert.ok(accepted < 20, `${accepted} messages of 100 kB were taken in one turn`);
      assert.ok(Deno.memoryUsage().external - before < 20_000_000);
      endedWith(await running.ended, 4, "deadline");
    })));
