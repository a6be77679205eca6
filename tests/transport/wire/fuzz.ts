/**
 * Random damage to a recorded exchange: whatever comes, no crash, no hang beyond the deadline, one end per call.
 * FUZZ_SEED repeats a run.
 */
import assert from "node:assert/strict";
import { CHANNEL_DEFAULTS } from "../../../lib/transport/channel.ts";
import { openWireChannel } from "../../../lib/transport/wire/wire.ts";
import { damage, numbersOf } from "../../fuzz/mutation.ts";
import { SERVER_STREAM, start, unary } from "./calls.ts";
import { EXCHANGE } from "./exchange.ts";
import { withRawPeer } from "./raw_peer.ts";

const AT_ONCE = 16;
const CLASSES = new Set(["server", "deadline", "connection", "local"]);
const FIRST_FRAME = 9 + 12;

/** One damaged exchange; two calls meet it. */
async function runCase(seed: number): Promise<void> {
  const next = numbersOf(seed);
  await meetExchange(damage(EXCHANGE, next, [], [], FIRST_FRAME), next, seed);
}

/** Two calls meet an exchange that begins with the frame of the settings. */
export async function meetExchange(bytes: Uint8Array, next: () => number, seed: number): Promise<void> {
  const closes = next() < 0.5;
  await withRawPeer(async (peer) => {
    await peer.send(bytes.subarray(0, FIRST_FRAME));
    await peer.request();
    await peer.send(bytes.subarray(FIRST_FRAME));
    if (closes) peer.close();
  }, async (target) => {
    const channel = openWireChannel(target, { ...CHANNEL_DEFAULTS, max_message_bytes: 100_000 });
    await channel.connect();
    const began_ms = performance.now();
    const outcomes = await Promise.all([
      start(channel, SERVER_STREAM, new Uint8Array(3), 80).ended,
      unary(channel, 80),
    ]);
    assert.ok(performance.now() - began_ms < 2000, `seed ${seed}: hung`);
    for (const { status } of outcomes) {
      const { code, origin, details } = status;
      assert.ok(code >= 0 && code <= 16 && CLASSES.has(origin), `seed ${seed}: ${code} ${origin} ${details}`);
      assert.ok((code === 14) === (origin === "connection") || origin === "server", `seed ${seed}: ${code} ${origin}`);
    }
    assert.equal(channel.stats().streams_in_flight + channel.stats().waiting, 0, `seed ${seed}: left over`);
    await channel.close();
  });
}

/** Registers a test of `cases` damaged exchanges; its name tells the seed that repeats it. */
export function fuzz(cases: number): void {
  const seed = Number(Deno.env.get("FUZZ_SEED") ?? Math.floor(Math.random() * 2 ** 31));
  Deno.test(`damaged exchanges end each call once (${cases} cases, FUZZ_SEED=${seed})`, async () => {
    const seeds = Array.from({ length: cases }, (_, i) => (seed + i) >>> 0).values();
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (const one of seeds) await runCase(one);
    }));
  });
}
