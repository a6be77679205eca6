/** Calls that were provably not processed, where the caller wants to see them fail; and calls that find another slot. */
import assert from "node:assert/strict";
import type { Channel } from "../../../lib/transport/channel.ts";
import { CLIENT_STREAM, endedWith, eventually, start, unary, withChannel } from "./calls.ts";
import { bytesOf, okReply, type PeerConn, SETTINGS, withRawPeer } from "./raw_peer.ts";

/** What a channel counts of calls and connections. */
function counts(channel: Channel): Record<string, number> {
  const { connections, streams_in_flight, waiting, reconnects_total, moves_total } = channel.stats();
  return { connections, streams_in_flight, waiting, reconnects_total, moves_total };
}

/** Answers the `count`th request, and waits for it where it has not come. */
async function answer(peer: PeerConn, count: number): Promise<void> {
  const request = await peer.request(count);
  if (request !== null) await peer.frames((frames) => okReply(frames, request.streamId));
}

Deno.test("transparentRetry: false ends a call that GOAWAY refused, and the next one uses a new connection", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    if (peer.number > 1) return await answer(peer, 1);
    await peer.request(1);
    await peer.frames((frames) => frames.goaway(0, 0, "rotating"));
  }, (target) =>
    withChannel(target, async (channel) => {
      endedWith(await unary(channel), 14, "connection", /GOAWAY .*rotating.* did not process the call/);
      await eventually(() => channel.stats().connections === 1, "no new connection");
      assert.equal((await unary(channel)).status.code, 0);
      assert.deepEqual([channel.stats().moves_total, channel.stats().reconnects_total], [0, 1]);
    }, { transparentRetry: false })));

Deno.test("transparentRetry: false ends a call whose stream was refused, a request stream too", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    for (let count = 1;; count++) {
      await peer.until(() => peer.seen.filter(({ type }) => type === 1).length >= count);
      const request = peer.seen.filter(({ type }) => type === 1)[count - 1];
      if (request === undefined) return;
      await peer.frames((frames) => frames.reset(request.streamId, 7));
    }
  }, (target, peers) =>
    withChannel(target, async (channel) => {
      endedWith(await unary(channel), 14, "connection", /REFUSED_STREAM.* did not process the call/);
      const running = start(channel, CLIENT_STREAM, null);
      running.call.write(new Uint8Array([1]));
      endedWith(await running.ended, 14, "connection", /REFUSED_STREAM/);
      const opened = peers.map((peer) => peer.seen.filter(({ type }) => type === 1).length);
      assert.deepEqual(opened.toSorted(), [1, 1], "each call was tried once");
      assert.equal(channel.stats().moves_total, 0);
    }, { transparentRetry: false, connections: 2 })));

Deno.test("a call goes to the connection that has a stream slot, and waits only when none has", () => {
  const answering = Promise.withResolvers<void>();
  return withRawPeer(async (peer) => {
    await peer.send(bytesOf((frames) => frames.settings([[3, 1]])));
    if (peer.number === 1) await answering.promise;
    for (let count = 1; !peer.over; count++) await answer(peer, count);
  }, (target, peers) =>
    withChannel(target, async (channel) => {
      const both = [unary(channel), unary(channel)];
      assert.deepEqual(counts(channel), {
        connections: 2,
        streams_in_flight: 2,
        waiting: 0,
        reconnects_total: 0,
        moves_total: 0,
      });
      const waited = [unary(channel), unary(channel), unary(channel)];
      assert.equal(channel.stats().waiting, 3);
      // The first connection holds its only slot all the while: the calls go where a slot comes free.
      for (const outcome of await Promise.all([Promise.any(both), ...waited])) assert.equal(outcome.status.code, 0);
      assert.deepEqual([channel.stats().streams_in_flight, channel.stats().waiting], [1, 0]);
      answering.resolve();
      for (const outcome of await Promise.all(both)) assert.equal(outcome.status.code, 0);
      const [first, second] = peers.map((peer) => peer.seen.filter(({ type }) => type === 1).length);
      assert.deepEqual([first, second], [1, 4]);
    }, { connections: 2 }).finally(() => answering.resolve()));
});

Deno.test("the wait for a stream slot lies before `sent`, so that it is start delay and not service time", () => {
  const answering = Promise.withResolvers<void>();
  return withRawPeer(async (peer) => {
    await peer.send(bytesOf((frames) => frames.settings([[3, 1]])));
    await answering.promise;
    for (let count = 1; !peer.over; count++) await answer(peer, count);
  }, (target, peers) =>
    withChannel(target, async (channel) => {
      const told: string[] = [];
      const call = (name: string) =>
        new Promise<void>((resolve) => {
          const method = channel.method({ path: "/t.T/U", request_stream: false, reply_stream: false, metadata: [] });
          method.start(new Uint8Array(1), 5000, {
            sent: () => told.push(`${name} sent`),
            message: () => {},
            end: () => {
              told.push(`${name} ended`);
              resolve();
            },
          });
        });
      const calls = [call("first"), call("second")];
      await peers[0]!.request(1);
      assert.deepEqual(told, ["first sent"]);
      answering.resolve();
      await Promise.all(calls);
      assert.deepEqual(told.slice(0, 2).toSorted(), ["first ended", "first sent"]);
      assert.deepEqual(told.slice(2), ["second sent", "second ended"]);
    }).finally(() => answering.resolve()));
});
