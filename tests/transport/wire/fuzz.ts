/**
 * Random damage to a recorded exchange: whatever comes, no crash, no hang beyond the deadline, one end per call.
 * FUZZ_SEED repeats a run.
 */
import assert from "node:assert/strict";
import { CHANNEL_DEFAULTS } from "../../../lib/transport/channel.ts";
import { openWireChannel } from "../../../lib/transport/wire/wire.ts";
import { SERVER_STREAM, start, unary } from "./calls.ts";
import { EXCHANGE } from "./exchange.ts";
import { withRawPeer } from "./raw_peer.ts";

const AT_ONCE = 16;
const CLASSES = new Set(["server", "deadline", "connection", "local"]);
const FIRST_FRAME = 9 + 12;

/** Mulberry32: numbers from 0 to 1, the same for the same seed. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Changes, removes, repeats or inserts bytes, one to four times. */
function damage(bytes: Uint8Array, next: () => number): Uint8Array {
  let damaged = [...bytes];
  const place = () => FIRST_FRAME + Math.floor(next() * (damaged.length - FIRST_FRAME));
  for (let times = 1 + Math.floor(next() * 4); times > 0; times--) {
    const at = place();
    const length = 1 + Math.floor(next() * 12);
    const kind = Math.floor(next() * 6);
    if (kind === 0) damaged[at] = Math.floor(next() * 256);
    else if (kind === 1) damaged[at]! ^= 1 << Math.floor(next() * 8);
    else if (kind === 2) damaged.splice(at, length);
    else if (kind === 3) damaged.splice(at, 0, ...damaged.slice(place()).slice(0, length * 4));
    else if (kind === 4) damaged.splice(at, 0, ...Array.from({ length }, () => Math.floor(next() * 256)));
    else damaged = damaged.slice(0, at + 1);
  }
  return Uint8Array.from(damaged);
}

/** One damaged exchange; two calls meet it. */
async function runCase(seed: number): Promise<void> {
  const next = random(seed);
  const bytes = damage(EXCHANGE, next);
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
