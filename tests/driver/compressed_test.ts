import assert from "node:assert/strict";
import fc from "fast-check";
import { adtsFrame, claimedFormat, mpegFrame, sniffFormat } from "../../lib/driver/speech/audio_format.ts";
import { compressedAudio } from "../../lib/driver/speech/compressed.ts";
import { ReceivedAudio } from "../../lib/driver/speech/audio.ts";
import { aac, flac, mp3, opus } from "./speech_frames.ts";

const STREAMS = [
  { format: "mp3", bytes: mp3(10), length_us: 240_000 },
  { format: "aac", bytes: aac(10), length_us: 640_000 },
  { format: "opus", bytes: opus(10), length_us: 600_000 },
  { format: "flac", bytes: flac(10), length_us: 2_560_000 },
] as const;

Deno.test("the length of compressed audio comes from its frames, however its bytes are cut", () => {
  for (const { format, bytes, length_us } of STREAMS) {
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (places) => {
        const audio = compressedAudio(format);
        const cuts = [0, ...places.toSorted((a, b) => a - b), bytes.length];
        const sum_us = cuts.slice(1).reduce((sum, cut, at) => sum + audio.add(bytes.subarray(cuts[at], cut)), 0);
        assert.ok(Math.abs(sum_us - length_us) < 1, `${format}: ${sum_us}`);
      }),
      { numRuns: 50 },
    );
  }
});

Deno.test("tags before frames and a frame of facts are no audio", () => {
  const tag = new Uint8Array(10 + 300);
  tag.set([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 2, 44]);
  const info = mp3(1);
  info.set(new TextEncoder().encode("Info"), 13);
  const audio = compressedAudio("mp3");
  assert.equal(audio.add(tag) + audio.add(info) + audio.add(mp3(5)), 120_000);
});

Deno.test("audio is known by its first bytes; samples that look like a frame are samples", () => {
  for (const { format, bytes } of STREAMS) assert.equal(sniffFormat(bytes), format);
  assert.equal(sniffFormat(new TextEncoder().encode("RIFF....WAVEfmt ")), "wav");
  fc.assert(fc.property(fc.uint8Array({ maxLength: 3000 }), (samples) => {
    const framed = mpegFrame(samples, 0) !== null || adtsFrame(samples, 0) !== null;
    assert.ok(framed || sniffFormat(samples) === null || /RIFF|OggS|fLaC|ID3/.test(String.fromCharCode(...samples)));
  }));
  assert.equal(sniffFormat(new Uint8Array(2000).fill(0xff)), null);
  assert.equal(sniffFormat(mp3(1)), null, "one frame alone may be chance");
});

Deno.test("content types claim a format, or none", () => {
  const claims = { "audio/mpeg": "mp3", "audio/x-wav": "wav", "application/ogg": "opus", "audio/L16": "pcm" };
  for (const [type, format] of Object.entries(claims)) assert.equal(claimedFormat(type), format);
  for (const type of ["", "application/octet-stream", "audio/constructor"]) assert.equal(claimedFormat(type), null);
});

Deno.test("audio that is not what its message says is a failure that names both", () => {
  const judged = (encoding: string, pieces: readonly Uint8Array[]) => {
    const audio = new ReceivedAudio();
    for (const audio_data of pieces) audio.add({ audio_data, encoding, sample_rate: 24_000 });
    return audio.judge(3)?.details ?? null;
  };
  const samples = new Uint8Array(48_000).map((_, at) => (at * 31) & 0x3f);
  assert.equal(judged("pcm", [samples]), null);
  for (const { format, bytes } of STREAMS) {
    assert.equal(judged(format, [bytes.subarray(0, 100), bytes.subarray(100)]), null, format);
    assert.match(
      judged("pcm_s16le", [bytes.subarray(0, 100), bytes.subarray(100)]) ?? "",
      /should be raw PCM, but it is/,
    );
  }
  assert.equal(judged("mp3", [flac(10)]), "The audio should be MP3, but it is FLAC");
  assert.equal(judged("mp3", [samples]), "The audio should be MP3, but no frame of it came");
  assert.equal(judged("mulaw", [samples]), null, "an encoding that is not known is not measured");
});
