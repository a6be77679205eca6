import assert from "node:assert/strict";
import * as asr from "../../../proto/asr.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import { transcriptOf } from "../../../lib/sim/model/transcripts.ts";
import { sound, wav } from "../sounds.ts";
import { worldOf, type WorldOptions } from "../world.ts";

const CLIP = sound(2900, 1);
const TEXT = "one two three four five six";
const KNOWN: WorldOptions = { transcripts: [transcriptOf(sound(2900, 2), "another clip"), transcriptOf(CLIP, TEXT)] };

interface Spoken {
  chunk_ms?: number;
  encoding?: string;
}

/** Speaks a clip in real time; returns results with the instants at which they came. */
function speak(options: WorldOptions, pcm: Uint8Array, { chunk_ms = 100, encoding = "pcm" }: Spoken = {}) {
  const { clock, server } = worldOf("stt", options);
  const call = server.open(asr.PATHS.recognizeStream);
  for (let at = 0; at < pcm.length; at += chunk_ms * 32) {
    clock.moveTo(at / 32 + chunk_ms);
    call.send(
      asr.AudioChunk.encode({ audio_data: pcm.subarray(at, at + chunk_ms * 32), sample_rate: 16_000, encoding }),
    );
  }
  call.handler.halfClose();
  clock.runOut();
  const results = call.replies.map(({ at_ms, bytes }) => Object.assign(asr.RecognitionResult.decode(bytes), { at_ms }));
  return { results, ended: call.ended };
}

function recognize(options: WorldOptions, audio_data: Uint8Array, encoding = "pcm", sample_rate = 16_000) {
  const { clock, server } = worldOf("stt", options);
  const request = asr.RecognitionRequest.encode({ audio_data, sample_rate, encoding });
  const call = server.ask(asr.PATHS.recognize, request);
  clock.runOut();
  const reply = call.replies[0] && asr.RecognitionResponse.decode(call.replies[0].bytes);
  return { reply, ended: call.ended };
}

const joined = (results: { transcript: string }[]) => results.map(({ transcript }) => transcript).join(" ");

Deno.test("RecognizeStream follows a known clip while it is spoken; its results join to the transcript", () => {
  const { results, ended } = speak(KNOWN, CLIP);
  assert.deepEqual(
    results.map(({ at_ms, transcript, is_final, start_time_us, end_time_us }) => [
      at_ms,
      transcript,
      is_final,
      start_time_us,
      end_time_us,
    ]),
    [
      [1020, "one two", false, 0, 1_000_000],
      [2020, "three four", false, 1_000_000, 2_000_000],
      [3040, "five six", true, 2_000_000, 2_900_000],
    ],
  );
  assert.deepEqual(ended, { at_ms: 3040, code: StatusCode.OK, details: "" });
});

Deno.test("RecognizeStream times each word within its segment", () => {
  const { results } = speak(KNOWN, CLIP);
  const words = results.flatMap(({ words }) => words);
  assert.deepEqual(words.map(({ word }) => word), TEXT.split(" "));
  assert.deepEqual(words.map(({ start_time_us }) => start_time_us), [0, 500_000, 1_000_000, 1_500_000, 2e6, 2_450_000]);
});

Deno.test("RecognizeStream makes up words in proportion for a clip it does not know, always the same", () => {
  const { results } = speak({}, sound(4000, 9));
  assert.equal(joined(results).split(" ").length, 10);
  assert.deepEqual(speak({ seed: 5 }, sound(4000, 9)).results.map(({ transcript }) => transcript), [
    ...results.map(({ transcript }) => transcript),
  ]);
});

Deno.test("RecognizeStream hears no words in silence", () => {
  const { results } = speak(KNOWN, new Uint8Array(64_000));
  const told = results.map(({ transcript, is_final, confidence }) => [transcript, is_final, confidence]);
  assert.deepEqual(told, [["", true, 1]]);
});

Deno.test("RecognizeStream shows errors in band, or says nothing, on request", () => {
  const error = speak({ ...KNOWN, faults: ["in_band_error_rate=100%"] }, CLIP);
  assert.deepEqual(error.results.map(({ transcript, is_final, confidence }) => [transcript, is_final, confidence]), [
    ["", true, 0],
  ]);
  assert.equal(error.ended?.code, StatusCode.OK);
  const empty = speak({ ...KNOWN, faults: ["empty_rate=100%"] }, CLIP);
  assert.deepEqual([empty.results, empty.ended?.code], [[], StatusCode.OK]);
  const failed = speak({ ...KNOWN, faults: ["error_rate=100%"] }, CLIP.subarray(0, 20_000));
  assert.deepEqual([failed.results, failed.ended?.code], [[], StatusCode.INTERNAL]);
});

Deno.test("Recognize knows a clip, with and without a WAV header, and tells its length", () => {
  const { reply, ended } = recognize(KNOWN, CLIP);
  assert.equal(reply?.results[0]?.transcript, TEXT);
  assert.equal(reply?.results[0]?.end_time_us, 2_900_000);
  assert.deepEqual([reply?.processing_time_ms, ended?.at_ms], [340, 340]);
  const filed = recognize(KNOWN, wav(CLIP), "wav").reply;
  assert.deepEqual([filed?.results[0]?.transcript, filed?.results[0]?.end_time_us], [TEXT, 2_900_000]);
});

Deno.test("Recognize has no results for silence or no audio, and the in-band form of an error", () => {
  assert.deepEqual(recognize(KNOWN, new Uint8Array(32_000)).reply?.results, []);
  assert.deepEqual(recognize(KNOWN, new Uint8Array(0)).reply?.results, []);
  assert.deepEqual(recognize({ ...KNOWN, faults: ["empty_rate=100%"] }, CLIP).reply?.results, []);
  const [error] = recognize({ ...KNOWN, faults: ["in_band_error_rate=100%"] }, CLIP).reply?.results ?? [];
  assert.deepEqual([error?.transcript, error?.is_final, error?.confidence], ["", true, 0]);
});

Deno.test("Recognize refuses encodings and rates it does not know", () => {
  assert.equal(recognize(KNOWN, CLIP, "opus").ended?.code, StatusCode.INVALID_ARGUMENT);
  assert.match(recognize(KNOWN, CLIP, "opus").ended?.details ?? "", /"opus" is not supported; use one of pcm, wav/);
  for (const rate of [0, 48_001]) {
    assert.equal(recognize(KNOWN, CLIP, "pcm", rate).ended?.code, StatusCode.INVALID_ARGUMENT);
  }
});

Deno.test("profile june: no partial result within five seconds, one constant confidence, no words", () => {
  const { results } = speak({ ...KNOWN, profile: "june" }, CLIP);
  assert.deepEqual(results.map(({ transcript, is_final }) => [transcript, is_final]), [[TEXT, true]]);
  assert.ok(Math.abs(results[0]!.confidence - 0.9) < 1e-6);
  assert.deepEqual(results[0]!.words, []);
});

Deno.test("profile june: with chunks of a second the partial comes on the sixth, and segments are disjoint", () => {
  const clip = sound(8000, 3);
  const text = "a b c d e f g h i j k l m n o p";
  const { results } = speak({ profile: "june", transcripts: [transcriptOf(clip, text)] }, clip, { chunk_ms: 1000 });
  assert.deepEqual(
    results.map(({ transcript, is_final, start_time_us, end_time_us }) => [
      transcript,
      is_final,
      start_time_us,
      end_time_us,
    ]),
    [["a b c d e f g h i j k l", false, 0, 6_000_000], ["m n o p", true, 0, 2_000_000]],
  );
  assert.equal(results[0]!.at_ms, 6000 + 50 + 600);
});

Deno.test("profile june: no final result for a rest that is silent or shorter than 100 ms, status OK", () => {
  for (const pcm of [new Uint8Array(64_000), sound(90, 1), new Uint8Array(0)]) {
    const { results, ended } = speak({ profile: "june" }, pcm, { chunk_ms: 90 });
    assert.deepEqual([results, ended?.code], [[], StatusCode.OK]);
  }
});

Deno.test("profile june: silence beyond five seconds is transcribed again with every chunk, and the stream stalls", () => {
  const tail = sound(1000, 4);
  const pcm = new Uint8Array(32 * 9000);
  pcm.set(tail, 32 * 8000);
  const { results } = speak({ profile: "june" }, pcm, { chunk_ms: 1000 });
  // Chunks 6 to 8 cost 650 + 750 + 850 ms before the speech of the ninth is reached, which costs 950.
  assert.equal(results[0]?.at_ms, 9000 + 950);
  const busy = speak({ profile: "june", stt: { real_time_factor: 1 } }, pcm, { chunk_ms: 1000 });
  assert.equal(busy.results[0]?.at_ms, 6000 + 6050 + 7050 + 8050 + 9050);
});

Deno.test('profile june: every encoding but "pcm" is read as floats, so that integer samples are noise', () => {
  const { results, ended } = speak({ ...KNOWN, profile: "june" }, CLIP, { encoding: "wav" });
  assert.deepEqual([results, ended?.code], [[], StatusCode.OK]);
  const floats = new Float32Array(16_000).map((_, i) => Math.sin(i / 10) / 10);
  const heard = speak({ profile: "june" }, new Uint8Array(floats.buffer), { encoding: "opus" });
  assert.equal(heard.results.length, 1);
  assert.equal(heard.results[0]?.end_time_us, 1_000_000);
});

Deno.test("profile june: a chunk that is no whole number of samples is dropped in silence", () => {
  const { clock, server } = worldOf("stt", { ...KNOWN, profile: "june" });
  const call = server.open(asr.PATHS.recognizeStream);
  const send = (audio_data: Uint8Array) =>
    call.send(asr.AudioChunk.encode({ audio_data, sample_rate: 16_000, encoding: "pcm" }));
  send(CLIP.subarray(0, 48_000));
  send(new Uint8Array(101).fill(7));
  send(CLIP.subarray(48_000));
  call.handler.halfClose();
  clock.runOut();
  assert.equal(asr.RecognitionResult.decode(call.replies[0]!.bytes).transcript, TEXT);
});

Deno.test("profile june: a WAV header is heard as 22 samples", () => {
  const { reply } = recognize({ ...KNOWN, profile: "june" }, wav(CLIP), "wav");
  assert.equal(reply?.results[0]?.transcript, TEXT);
  assert.equal(reply?.results[0]?.end_time_us, 2_900_000 + (22 / 16_000) * 1e6);
});
