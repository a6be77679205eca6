/** A recorded exchange cut at every byte: the call ends once, with what had come whole, whatever the peer does then. */
import assert from "node:assert/strict";
import { CHANNEL_DEFAULTS } from "../../../lib/transport/channel.ts";
import { openWireChannel } from "../../../lib/transport/wire/wire.ts";
import { type Outcome, SERVER_STREAM, start } from "./calls.ts";
import { EXCHANGE, MESSAGES } from "./exchange.ts";
import { type PeerConn, SETTINGS, withRawPeer } from "./raw_peer.ts";

/** Cuts at the same time. */
const AT_ONCE = 32;
/** The first frame, without which there is no connection. */
const FIRST_FRAME = 9 + 12;

async function cutAt(place: number, after: (peer: PeerConn) => void, timeout_ms: number): Promise<Outcome> {
  let outcome: Outcome | null = null;
  await withRawPeer(async (peer) => {
    // Later connections come from a client that tries again, or asks why it could not: they stay silent.
    if (peer.number > 1) return void await peer.send(SETTINGS);
    await peer.send(EXCHANGE.subarray(0, Math.min(place, FIRST_FRAME)));
    if (place >= FIRST_FRAME) await peer.request();
    await peer.send(EXCHANGE.subarray(FIRST_FRAME, place));
    after(peer);
  }, async (target) => {
    const channel = openWireChannel(target, CHANNEL_DEFAULTS);
    outcome = await start(channel, SERVER_STREAM, new Uint8Array(3), timeout_ms).ended;
    await channel.close();
  });
  return outcome!;
}

async function everyCut(check: (place: number) => Promise<void>): Promise<void> {
  const places = EXCHANGE.keys();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const place of places) await check(place);
  }));
}

function prefix(messages: number[][]): void {
  assert.deepEqual(messages, MESSAGES.slice(0, messages.length));
}

Deno.test("a reply in one piece, and one in single bytes, are the same", async () => {
  const whole = await cutAt(EXCHANGE.length, () => {}, 5000);
  assert.deepEqual(whole.messages, MESSAGES);
  const { code, details, trailers } = whole.status;
  assert.deepEqual([code, details, trailers], [0, "fine", [["t-bin", new Uint8Array([0, 1, 2])]]]);
  await withRawPeer(async (peer) => {
    await peer.send(EXCHANGE.subarray(0, FIRST_FRAME));
    await peer.request();
    for (const byte of EXCHANGE.subarray(FIRST_FRAME)) await peer.send(new Uint8Array([byte]));
  }, async (target) => {
    const channel = openWireChannel(target, CHANNEL_DEFAULTS);
    assert.deepEqual(await start(channel, SERVER_STREAM, new Uint8Array(3)).ended, whole);
    await channel.close();
  });
});

Deno.test("a connection that breaks at any byte ends the call as UNAVAILABLE", async () => {
  await everyCut(async (place) => {
    const { status, messages } = await cutAt(place, (peer) => peer.close(), 5000);
    assert.deepEqual([status.code, status.origin], [14, "connection"], `byte ${place}: ${status.details}`);
    prefix(messages);
  });
});

Deno.test("a peer that falls silent at any byte ends the call at its deadline", async () => {
  await everyCut(async (place) => {
    const { status, messages } = await cutAt(place, () => {}, 60);
    assert.deepEqual([status.code, status.origin], [4, "deadline"], `byte ${place}: ${status.details}`);
    prefix(messages);
  });
});
