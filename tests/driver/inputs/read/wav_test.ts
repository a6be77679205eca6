import assert from "node:assert/strict";
import fc from "fast-check";
import { parseWav, WavError } from "../../../../lib/driver/inputs/read/wav.ts";
import { wav, type WavParts } from "./make_wav.ts";

/** Samples of a file as numbers. */
const samples = (bytes: Uint8Array): number[] => {
  const pcm = parseWav(bytes);
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  return Array.from({ length: pcm.length / 2 }, (_, at) => view.getInt16(2 * at, true));
};
const parsed = (parts: WavParts): number[] => samples(wav(parts));

/** Asserts the message of a refusal, and whether converting would help. */
function refused(bytes: Uint8Array, message: string, convertible: boolean): void {
  assert.throws(() => parseWav(bytes), { name: "WavError", message, convertible });
}

const bytesOf = (start: string): Uint8Array => Uint8Array.from(start, (letter) => letter.charCodeAt(0));

Deno.test("parseWav() gives the samples of mono 16 kHz PCM", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: -32768, max: 32767 }), { minLength: 1 }), (list) => {
    assert.deepEqual(parsed({ samples: list }), list);
  }));
});

Deno.test("parseWav() averages two channels without overflow", () => {
  const list = [100, 200, 32767, 32767, -32768, -32768, -1, 0];
  assert.deepEqual(parsed({ channels: 2, samples: list }), [150, 32767, -32768, -1]);
});

Deno.test("parseWav() passes over other chunks, padded to even length", () => {
  assert.deepEqual(parsed({ before: [["LIST", [1, 2, 3]], ["fact", []]], samples: [5] }), [5]);
});

Deno.test("parseWav() reads the real tag of an extensible format", () => {
  assert.deepEqual(parsed({ extensible_tag: 1, samples: [5] }), [5]);
  const found = "it is 16000 Hz, 1 channel, 16-bit float, where 16000 Hz, 1 or 2 channels, 16-bit PCM is needed";
  refused(wav({ extensible_tag: 3 }), found, true);
});

Deno.test("parseWav() reads to the end where the length was not known when the file was written", () => {
  assert.deepEqual(parsed({ samples: [1, 2, 3], announced: 0xffffffff }), [1, 2, 3]);
  assert.deepEqual(parsed({ samples: [1, 2, 3], announced: 0x7ffff000 }), [1, 2, 3]);
});

/** What the head of a file of three samples claims: the length of the audio, and of the file less 8. */
const NEVER_FILLED_IN: [announced: number, riff: number | undefined][] = [
  [0, 36],
  [0, 0],
  [0, undefined],
  [0, 0xffffffff],
  [0xffffffff, 0xffffffff],
  [0x7fffffff, 0x7fffffff + 36],
  [0x7fffffff - 36, 0x7fffffff],
  [0x7ffff000 - 36, 0x7ffff000],
  [0x40000000, 0x40000024],
  [1_000_000, 0xffffffff],
  [1_000_000, 0],
  [1_000_000, 42],
];

Deno.test("parseWav() reads to the end whatever impossible length a head claims", () => {
  for (const [announced, riff] of NEVER_FILLED_IN) {
    const parts = { samples: [1, 2, 3], announced, ...(riff !== undefined && { riff }) };
    assert.deepEqual(parsed(parts), [1, 2, 3], `${announced}, ${riff}`);
  }
  const empty = wav({ samples: [], after: [["LIST", [1, 2]]] });
  refused(empty, "it holds no audio", false);
  assert.deepEqual(parsed({ samples: [1, 2], after: [["LIST", [1, 2]]] }), [1, 2], "what follows is no audio");
});

Deno.test("parseWav() says what a file of another format is", () => {
  const needed = "where 16000 Hz, 1 or 2 channels, 16-bit PCM is needed";
  refused(wav({ rate: 8000, tag: 7, bits: 8 }), `it is 8000 Hz, 1 channel, 8-bit mu-law, ${needed}`, true);
  refused(wav({ bits: 24 }), `it is 16000 Hz, 1 channel, 24-bit PCM, ${needed}`, true);
  refused(wav({ channels: 6 }), `it is 16000 Hz, 6 channels, 16-bit PCM, ${needed}`, true);
  refused(wav({ tag: 0x161 }), `it is 16000 Hz, 1 channel, 16-bit format 353, ${needed}`, true);
});

Deno.test("parseWav() refuses files that are cut short or empty", () => {
  const whole = wav({ samples: [1, 2, 3] });
  refused(whole.subarray(0, 46), "it is cut short: 6 bytes of audio are announced, 2 are present", false);
  refused(whole.subarray(0, 36), 'it is cut short: it has no "data" chunk', false);
  refused(whole.subarray(0, 12), 'it is cut short: it has no "fmt " chunk', false);
  refused(whole.subarray(0, 30), 'its "fmt " chunk is cut short', false);
  refused(wav({ samples: [] }), "it holds no audio", false);
});

Deno.test("parseWav() names what is not a WAV file", () => {
  const cases: [string, string, boolean][] = [
    ["fLaC\0\0", "FLAC", true],
    ["OggS\0\x02", "Ogg (Vorbis or Opus)", true],
    ["ID3\x04", "MP3", true],
    ["\xff\xfb\x90", "MP3", true],
    ["\0\0\0\x20ftypM4A ", "MP4", true],
    ["\x1aE\xdf\xa3", "WebM or Matroska", true],
    ["RIFX\0\0\0\0WAVE", "big-endian WAV (RIFX)", true],
    ["RIFF\0\0\0\0WEBP", "a RIFF file of another kind", false],
    ["<!doctype html>", "text", false],
    ["\x01\x02\x03", "raw or unknown data", false],
    ["", "an empty file", false],
  ];
  for (const [start, name, convertible] of cases) {
    refused(bytesOf(start), `it is not a WAV file: it looks like ${name}`, convertible);
  }
});

Deno.test("parseWav() never throws anything but a WavError", () => {
  const whole = wav({ samples: [1, 2, 3], before: [["LIST", [1, 2, 3]]] });
  const spoilt = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255), length: fc.nat(whole.length) });
  fc.assert(fc.property(spoilt, ({ at, value, length }) => {
    const bytes = whole.slice(0, length);
    if (at < length) bytes[at] = value;
    try {
      parseWav(bytes);
    } catch (error) {
      assert.ok(error instanceof WavError, String(error));
    }
  }));
});
