/** What a channel counts of its connections, by address, on real sockets. */
import assert from "node:assert/strict";
import { type Channel, CHANNEL_DEFAULTS } from "../../../lib/transport/channel.ts";
import { openWireChannel } from "../../../lib/transport/wire/wire.ts";
import { type ConnectionDetails } from "../../../lib/measure/interval.ts";
import { BIDI, eventually, start, unary, withChannel } from "./calls.ts";
import { bytesOf, okReply, type PeerConn, SETTINGS, withRawPeer } from "./raw_peer.ts";

function detailsOf(channel: Channel): ConnectionDetails {
  const details = channel.stats().details?.();
  assert.ok(details !== undefined, "the channel tells no details");
  return details;
}

const notesOf = ({ notes }: ConnectionDetails) => notes.map(({ kind, text, count }) => [kind, text, count]);

/** Answers every request. */
async function serve(peer: PeerConn, settings = SETTINGS): Promise<void> {
  await peer.send(settings);
  for (let count = 1; !peer.over; count++) {
    const request = await peer.request(count);
    if (request !== null) await peer.frames((frames) => okReply(frames, request.streamId));
  }
}

Deno.test("a channel counts messages, bytes and the streams its peers allow, by address", () =>
  withRawPeer(
    (peer) => serve(peer, bytesOf((frames) => frames.settings([[3, 4]]))),
    (target) =>
      withChannel(target, async (channel) => {
        for (let i = 0; i < 3; i++) await unary(channel);
        const found = detailsOf(channel);
        const { addresses: [one] } = found;
        assert.deepEqual([found.addresses.length, one?.address, one?.connections], [1, target, 2]);
        assert.deepEqual([found.stream_limit, one?.stream_limit], [8, 8]);
        assert.deepEqual([found.sent_messages_total, found.received_messages_total], [3, 3]);
        const { sent_bytes_total, received_bytes_total } = channel.stats();
        assert.deepEqual([found.sent_bytes_total, found.received_bytes_total], [
          sent_bytes_total,
          received_bytes_total,
        ]);
        assert.ok(sent_bytes_total > 0 && received_bytes_total > 0);
        assert.deepEqual([found.lost_total, found.goaways_total, found.failed_total, found.wait], [0, 0, 0, undefined]);
      }, { connections: 2 }),
  ));

Deno.test("a peer without a limit on streams has none in the counts", () =>
  withRawPeer((peer) => serve(peer), (target) =>
    withChannel(target, async (channel) => {
      await unary(channel);
      assert.equal(detailsOf(channel).stream_limit, null);
    })));

Deno.test("each wait for a stream is counted once, with its length", () => {
  const answering = Promise.withResolvers<void>();
  return withRawPeer(async (peer) => {
    await peer.send(bytesOf((frames) => frames.settings([[3, 1]])));
    await answering.promise;
    for (let count = 1; !peer.over; count++) {
      const request = await peer.request(count);
      if (request !== null) await peer.frames((frames) => okReply(frames, request.streamId));
    }
  }, (target) =>
    withChannel(target, async (channel) => {
      const calls = [unary(channel), unary(channel), unary(channel)];
      const impatient = await unary(channel, 30);
      assert.equal(impatient.status.code, 4);
      answering.resolve();
      await Promise.all(calls);
      const { wait } = detailsOf(channel);
      assert.equal(wait?.count, 3);
      assert.ok(wait.max >= 30_000, `${wait.max} us`);
      assert.equal(detailsOf(channel).wait, undefined, "what was taken is not told again");
    }));
});

Deno.test("a GOAWAY is counted with its words, and is no loss where the calls end well", () =>
  withRawPeer(async (peer) => {
    if (peer.number > 1) return await serve(peer);
    await peer.send(SETTINGS);
    const request = await peer.request();
    if (request === null) return;
    await peer.frames((frames) => frames.goaway(2 ** 31 - 1, 0, "max_age"));
    await peer.frames((frames) => frames.goaway(1, 0, ""));
    await peer.frames((frames) => okReply(frames, request.streamId));
  }, (target) =>
    withChannel(target, async (channel) => {
      assert.equal((await unary(channel)).status.code, 0);
      await eventually(() => channel.stats().connections === 1, "no new connection");
      const found = detailsOf(channel);
      assert.deepEqual([found.goaways_total, found.lost_total, found.addresses[0]?.reconnects_total], [1, 0, 1]);
      assert.deepEqual(notesOf(found), [["goaway", "GOAWAY (NO_ERROR: max_age)", 1], ["reconnected", "", 1]]);
    })));

Deno.test("a connection that ends under a call is lost, and an attempt that fails is counted by its address", async () => {
  const lost = Promise.withResolvers<ConnectionDetails>();
  let channel: Channel | null = null;
  await withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    await peer.request(1, false);
    peer.close();
  }, async (at) => {
    channel = openWireChannel(at, CHANNEL_DEFAULTS);
    await channel.connect();
    assert.equal((await start(channel, BIDI, null).ended).status.code, 14);
    lost.resolve(detailsOf(channel));
  });
  const found = await lost.promise;
  assert.deepEqual([found.lost_total, found.goaways_total], [1, 0]);
  assert.match(String(notesOf(found)[0]), /^lost,.* closed the connection,1$/);
  const said: string[] = [];
  while (!/refused/.test(said.at(-1) ?? "") && said.length < 9) said.push((await unary(channel!)).status.details);
  assert.match(said.at(-1)!, /refused/);
  const gone = detailsOf(channel!);
  await channel!.close();
  assert.ok(gone.failed_total >= 1 && gone.addresses[0]!.failed_total >= 1);
  assert.match(String(notesOf(gone).at(-1)), /^failed,.*refused/);
});

Deno.test("keepalive pings of ours are timed", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    for (let count = 1; !peer.over; count++) {
      const pings = () => peer.seen.filter(({ type, flags }) => type === 6 && (flags & 1) === 0);
      if (!await peer.until(() => pings().length >= count)) return;
      await peer.frames((frames) => frames.ping(pings()[count - 1]!.payload, 0, true));
    }
  }, (target) =>
    withChannel(target, async (channel) => {
      const running = start(channel, BIDI, null);
      let count = 0;
      await eventually(() => (count += detailsOf(channel).ping?.count ?? 0) >= 2, "no ping was timed");
      running.call.cancel();
      await running.ended;
    }, { keepalive: { interval_ms: 10, timeout_ms: 2000 } })));
