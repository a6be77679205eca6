/** Peers that send much and mean nothing: sent away, or worn out at the deadline, with bounded memory either way. */
import assert from "node:assert/strict";
import type { FrameWriter } from "../../../lib/transport/wire/frame_writer.ts";
import { ErrorCode } from "../../../lib/transport/wire/frames.ts";
import { endedWith, unary, withChannel } from "./calls.ts";
import { bytesOf, data, headers, okReply, REPLY, SETTINGS, withRawPeer } from "./raw_peer.ts";

/** Answers a request with endless copies of what `write` makes, until the client goes. */
async function flooded(write: (frames: FrameWriter) => void, opening?: (frames: FrameWriter) => void): Promise<void> {
  await withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    if (await peer.request() === null) return;
    if (opening !== undefined) await peer.frames(opening);
    const wave = bytesOf((frames) => {
      for (let i = 0; i < 2000; i++) write(frames);
    });
    while (await peer.send(wave));
  }, async (target, peers) => {
    await withChannel(target, async (channel) => {
      endedWith(await unary(channel, 20_000), 8, "local", /in a second/);
      // A peer this busy may miss our farewell; one it does get says why.
      await peers[0]!.until(() => peers[0]!.goaways.length > 0);
      assert.ok(peers[0]!.goaways.every((code) => code === ErrorCode.ENHANCE_YOUR_CALM));
    });
  });
}

const PING = new Uint8Array(8);

Deno.test("a flood of PINGs ends the connection", () => flooded((frames) => frames.ping(PING, 0, false)));
Deno.test("a flood of PING answers ends the connection", () => flooded((frames) => frames.ping(PING, 0, true)));
Deno.test("a flood of SETTINGS ends the connection", () => flooded((frames) => frames.settings([[4, 65_535]])));
Deno.test("a flood of SETTINGS ACKs ends the connection", () => flooded((frames) => frames.settingsAck()));
Deno.test("a flood of unknown frames ends the connection", () => flooded((frames) => frames.header(0, 0x99, 0, 0)));
Deno.test("a flood of resets of a closed stream ends the connection", () =>
  flooded((frames) => frames.reset(1, 0), (frames) => frames.reset(1, 7)));
Deno.test("a flood of empty DATA ends the connection", () =>
  flooded((frames) => data(frames, 1, []), (frames) => headers(frames, 1, REPLY)));

Deno.test("rapid resets end one call each", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    for (let count = 1;; count++) {
      const request = await peer.request(count);
      if (request === null) return;
      await peer.frames((frames) => frames.reset(request.streamId, 2));
    }
  }, (target) =>
    withChannel(target, async (channel) => {
      for (let i = 0; i < 10; i++) {
        const calls = Array.from({ length: 30 }, () => unary(channel));
        for (const call of calls) endedWith(await call, 13, "server", /INTERNAL_ERROR/);
      }
      assert.equal(channel.stats().streams_in_flight, 0);
    })));

Deno.test("interim replies without end last until the deadline only", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    if (await peer.request() === null) return;
    const wave = bytesOf((frames) => {
      for (let i = 0; i < 1000; i++) headers(frames, 1, [[":status", "103"]]);
    });
    while (peer.resets.length === 0 && await peer.send(wave)) await new Promise((resolve) => setTimeout(resolve, 1));
    const next = await peer.request(2);
    if (next !== null) await peer.frames((frames) => okReply(frames, next.streamId));
  }, (target) =>
    withChannel(target, async (channel) => {
      endedWith(await unary(channel, 100), 4, "deadline");
      assert.equal((await unary(channel)).status.code, 0);
    })));

Deno.test("a message that claims to be long costs what has arrived of it", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    for (let count = 1; count <= 20; count++) {
      const request = await peer.request(count);
      if (request === null) return;
      await peer.frames((frames) => {
        headers(frames, request.streamId, REPLY);
        data(frames, request.streamId, [0, 0x03, 0xff, 0xff, 0xff, 1, 2, 3]);
      });
    }
  }, (target) =>
    withChannel(target, async (channel) => {
      const before = Deno.memoryUsage().external;
      const calls = Array.from({ length: 20 }, () => unary(channel, 150));
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.ok(Deno.memoryUsage().external - before < 10_000_000);
      for (const call of calls) endedWith(await call, 4, "deadline");
    })));

Deno.test("a message over the limit, or one that unzips beyond it, is refused", async () => {
  const { gzipSync } = await import("node:zlib");
  const bomb = gzipSync(new Uint8Array(10_000_000));
  await withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    for (let count = 1;; count++) {
      const request = await peer.request(count);
      if (request === null) return;
      await peer.frames((frames) => {
        headers(frames, request.streamId, [...REPLY, ["grpc-encoding", "gzip"]]);
        if (count === 1) data(frames, request.streamId, [0, 0x7f, 0xff, 0xff, 0xff]);
        else data(frames, request.streamId, [1, 0, 0, bomb.length >> 8, bomb.length & 255, ...bomb]);
      });
    }
  }, (target) =>
    withChannel(target, async (channel) => {
      endedWith(await unary(channel), 8, "local", /2147483647 bytes is longer than june-load's limit of 20000/);
      endedWith(await unary(channel), 8, "local", /compressed reply message is longer/);
    }, { max_message_bytes: 20_000 }));
});
