import assert from "node:assert/strict";
import { looksLikeFloatSound, toneBytes, wavHeaderBytes } from "../../../lib/sim/model/audio.ts";
import { sound, wav } from "../sounds.ts";

Deno.test("toneBytes() goes on where the stretch before ended", () => {
  const whole = toneBytes(0, 1000);
  assert.equal(whole.length, 32_000);
  const parts = [toneBytes(0, 130), toneBytes(130, 370), toneBytes(500, 500)];
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (joined.set(part, at), at + part.length), 0);
  assert.deepEqual(joined, whole);
});

Deno.test("wavHeaderBytes() finds the samples, also behind other chunks", () => {
  const pcm = sound(10, 1);
  assert.equal(wavHeaderBytes(wav(pcm)), 44);
  assert.equal(wavHeaderBytes(pcm), 0);
  const file = wav(pcm);
  const longer = new Uint8Array(file.length + 12);
  longer.set(file.subarray(0, 36));
  longer.set([0x4c, 0x49, 0x53, 0x54, 3, 0, 0, 0, 1, 2, 3, 0], 36);
  longer.set(file.subarray(36), 48);
  assert.equal(wavHeaderBytes(longer), 56);
});

Deno.test("looksLikeFloatSound() tells floats from integers read as floats", () => {
  const floats = new Float32Array(1000).map((_, i) => Math.sin(i / 9) / 3);
  assert.equal(looksLikeFloatSound(new Uint8Array(floats.buffer)), true);
  assert.equal(looksLikeFloatSound(new Uint8Array(400)), true);
  assert.equal(looksLikeFloatSound(sound(100, 1)), false);
});
