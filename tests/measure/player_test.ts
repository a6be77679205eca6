import assert from "node:assert/strict";
import fc from "fast-check";
import { Player } from "../../lib/measure/player.ts";

type Message = readonly [at_us: number, audio_us: number];

function play(prebuffer_us: number, messages: readonly Message[]): Player {
  const player = new Player(prebuffer_us);
  for (const [at_us, audio_us] of messages) player.arrive(at_us, audio_us);
  return player;
}

/** Arrivals that never fall. */
const messages = fc.array(fc.tuple(fc.nat(500_000), fc.nat(500_000)), { minLength: 1, maxLength: 40 })
  .map((list) => {
    let at_us = 0;
    return list.map(([wait_us, audio_us]): Message => [at_us += wait_us, audio_us]);
  });

Deno.test("Player gives the stalls of the hand-computed example for each prebuffer", () => {
  const example = [300, 420, 950, 1600, 2300].map((at_ms): Message => [1000 * at_ms, 400_000]);
  const figures = (prebuffer_us: number) => {
    const { stalls, stalled_us, worst_us, needed_prebuffer_us } = play(prebuffer_us, example);
    return [stalls, stalled_us, worst_us, needed_prebuffer_us];
  };
  assert.deepEqual(figures(0), [2, 400_000, 300_000, 400_000]);
  assert.deepEqual(figures(100_000), [1, 300_000, 300_000, 400_000]);
  assert.deepEqual(figures(200_000), [1, 200_000, 200_000, 400_000]);
  assert.deepEqual(figures(300_000), [1, 100_000, 100_000, 400_000]);
  assert.deepEqual(figures(400_000), [0, 0, 0, 400_000]);
});

Deno.test("Player: audio that comes as fast as it plays never stalls, one microsecond later it does", () => {
  const steady = (step_us: number) => Array.from({ length: 10 }, (_, i): Message => [i * step_us, 20_000]);
  assert.equal(play(0, steady(20_000)).stalls, 0);
  const late = play(0, steady(20_001));
  assert.deepEqual([late.stalls, late.stalled_us, late.needed_prebuffer_us], [9, 9, 9]);
});

Deno.test("Player: a single message cannot stall", () => {
  assert.deepEqual([play(0, [[5, 0]]).stalls, play(0, [[5, 0]]).needed_prebuffer_us], [0, 0]);
});

Deno.test("Player: the needed prebuffer is the smallest without a stall", () => {
  fc.assert(fc.property(messages, (list) => {
    const needed_us = play(0, list).needed_prebuffer_us;
    assert.equal(play(needed_us, list).stalls, 0);
    if (needed_us > 0) assert.ok(play(needed_us - 1, list).stalls > 0);
  }));
});

Deno.test("Player: without a prebuffer the silence is the one that a prebuffer must cover", () => {
  fc.assert(fc.property(messages, (list) => {
    const { stalled_us, needed_prebuffer_us } = play(0, list);
    assert.equal(stalled_us, needed_prebuffer_us);
  }));
});

Deno.test("Player: a longer prebuffer stalls less by just its length", () => {
  fc.assert(fc.property(messages, fc.nat(1_000_000), fc.nat(1_000_000), (list, shorter_us, more_us) => {
    assert.ok(play(shorter_us + more_us, list).stalled_us <= play(shorter_us, list).stalled_us);
    assert.equal(play(shorter_us, list).stalled_us, Math.max(0, play(0, list).stalled_us - shorter_us));
  }));
});
