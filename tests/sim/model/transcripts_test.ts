import assert from "node:assert/strict";
import fc from "fast-check";
import { Listener, transcriptOf } from "../../../lib/sim/model/transcripts.ts";
import { sound } from "../sounds.ts";

const CLIPS = [sound(2000, 1), sound(2000, 2), sound(900, 1)];
const TABLE = [
  transcriptOf(CLIPS[0]!, "zero one two three"),
  transcriptOf(CLIPS[1]!, "another clip of the same length"),
  transcriptOf(CLIPS[2]!, "the first clip's beginning"),
];

function hear(pcm: Uint8Array, cuts: number[] = []): Listener {
  const listener = new Listener(TABLE, 16_000);
  const edges = [0, ...[...cuts].sort((a, b) => a - b), pcm.length];
  for (let i = 1; i < edges.length; i++) listener.add(pcm.subarray(edges[i - 1], edges[i]));
  return listener;
}

Deno.test("Listener knows a clip by its bytes, however they are cut", () => {
  fc.assert(fc.property(fc.nat(2), fc.array(fc.nat(28_000), { maxLength: 5 }), (index, cuts) => {
    const listener = hear(CLIPS[index]!, cuts);
    assert.equal(listener.words(true).join(" "), TABLE[index]!.text);
  }));
});

Deno.test("Listener tells beginnings apart after half a second, and holds the last word back", () => {
  assert.deepEqual(hear(CLIPS[0]!.subarray(0, 40_000)).words(false), ["zero", "one"]);
  assert.deepEqual(hear(CLIPS[1]!.subarray(0, 40_000)).words(false), ["another", "clip", "of"]);
  assert.deepEqual(hear(CLIPS[0]!).words(false), ["zero", "one", "two"]);
});

Deno.test("Listener's words for an unknown clip only ever grow", () => {
  const unknown = sound(6000, 5);
  const listener = new Listener(TABLE, 16_000);
  let before: string[] = [];
  for (let at = 0; at < unknown.length; at += 16_000) {
    listener.add(unknown.subarray(at, at + 16_000));
    const words = listener.words(false);
    assert.deepEqual(words.slice(0, before.length), before);
    before = words;
  }
  assert.equal(listener.words(true).length, 15);
});

Deno.test("Listener hears nothing in silence and knows where sound ended", () => {
  const silence = hear(new Uint8Array(64_000));
  assert.deepEqual([silence.words(true), silence.duration_ms, silence.sound_end_ms], [[], 2000, 0]);
  const listener = hear(CLIPS[0]!);
  listener.add(new Uint8Array(32_000));
  assert.deepEqual([listener.duration_ms, listener.sound_end_ms], [3000, 2000]);
});

Deno.test("Listener takes a byte's change for another clip", () => {
  const changed = CLIPS[0]!.slice();
  changed[changed.length - 1]! ^= 1;
  assert.notEqual(hear(changed).words(true).join(" "), TABLE[0]!.text);
});
