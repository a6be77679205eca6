import assert from "node:assert/strict";
import type { TurnExample } from "../../lib/measure/interval.ts";
import { keepTurn, MAX_TURNS } from "../../lib/result/turns.ts";
import { noise } from "./make_run.ts";

Deno.test("keepTurn() keeps the slowest and some of all speeds, the slowest first", () => {
  const random = noise(3);
  const turns: TurnExample[] = [];
  const all: number[] = [];
  for (let i = 0; i < 5000; i++) {
    const voice_to_voice_us = Math.round(random() * 1e6);
    all.push(voice_to_voice_us);
    keepTurn(turns, { operation: "voice.turn", start_ms: i, voice_to_voice_us, spans: [] });
    assert.ok(turns.length <= MAX_TURNS);
  }
  const kept = turns.map((turn) => turn.voice_to_voice_us);
  const slowest = all.sort((a, b) => b - a);
  assert.deepEqual(kept.slice(0, 8), slowest.slice(0, 8));
  assert.deepEqual(kept, [...kept].sort((a, b) => b - a));
  assert.ok(kept.some((value) => value > 0.25e6 && value < 0.75e6), "a typical one is among them");
});
