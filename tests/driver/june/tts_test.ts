import assert from "node:assert/strict";
import * as tts from "../../../proto/tts.ts";
import { SENTENCES } from "../../../lib/driver/inputs/built_in.ts";
import { answered, SERVICES, start } from "../workbench.ts";
import { wav } from "../inputs/read/make_wav.ts";

/** Samples that are not silence, after a first one that is. */
const tone = (bytes: number) => new Uint8Array(bytes).map((_, at) => at < 2 ? 0 : at % 250);
const audio = (bytes: number, encoding = "pcm16", sample_rate = 16_000) =>
  tts.AudioResponse.encode({ audio_data: tone(bytes), sample_rate, encoding });
const chunk = (
  bytes: number,
  is_final = false,
  encoding = "pcm16",
  rest: { sample_rate?: number; channels?: number } = {},
) => tts.AudioChunk.encode({ audio_data: tone(bytes), encoding, is_final, ...rest });
/** The two words of "Good day." need 40 ms: 1280 bytes at 16 kHz. */
const ENOUGH = 1280;

/** The audio that content marks told of, message by message; microseconds. */
function heard(name: "tts.synthesize" | "tts.synthesize_stream", replies: readonly Uint8Array[]): number[] {
  const { channel, marks } = start(name);
  for (const reply of replies) channel.call.reply(reply);
  return marks.audio_us;
}

Deno.test("Synthesize sends text, voice and language", () => {
  const request = tts.SynthesisRequest.decode(start("tts.synthesize").channel.call.request as Uint8Array);
  assert.deepEqual([request.text, request.voice_id, request.language, request.stream], [
    "Good day.",
    "default",
    "en",
    false,
  ]);
});

Deno.test("SynthesizeStream sends one request, then closes its side", () => {
  const { call } = start("tts.synthesize_stream").channel;
  assert.equal(call.written.length, 1);
  assert.equal(tts.SynthesisRequest.decode(call.written[0] as Uint8Array).text, "Good day.");
  assert.equal(call.half_closed, true);
});

Deno.test("a given text is spoken instead of an input", () => {
  const whole = start("tts.synthesize", { given: "It will rain." }).channel.call;
  assert.equal(tts.SynthesisRequest.decode(whole.request as Uint8Array).text, "It will rain.");
  const stream = start("tts.synthesize_stream", { given: "It will rain." }).channel.call;
  assert.equal(tts.SynthesisRequest.decode(stream.written[0] as Uint8Array).text, "It will rain.");
});

Deno.test("the prebuffer of the player is the service's", () => {
  const service = { options: { ...SERVICES.tts.options, prebuffer_ms: 250 } };
  assert.equal(start("tts.synthesize_stream", { service }).operation.prebuffer_us, 250_000);
});

Deno.test("Synthesize: no audio, and half a sample of PCM, are failures", () => {
  assert.equal(answered("tts.synthesize", [audio(ENOUGH)]).outcome, "ok");
  assert.equal(answered("tts.synthesize", [audio(0)]).type, "semantic:empty_audio");
  assert.equal(answered("tts.synthesize", [audio(ENOUGH + 1)]).type, "semantic:odd_audio");
  assert.equal(answered("tts.synthesize", [audio(ENOUGH + 1, "")]).type, "semantic:odd_audio");
  assert.equal(answered("tts.synthesize", [audio(641, "opus")]).outcome, "ok", "bare packets, of any number of bytes");
  assert.equal(answered("tts.synthesize", [audio(641, "mp3")]).type, "semantic:wrong_audio", "no frame of MP3");
});

Deno.test("SynthesizeStream is judged by all its audio and its last flag", () => {
  const judged = (...replies: Uint8Array[]) => answered("tts.synthesize_stream", replies);
  assert.equal(judged(chunk(ENOUGH), chunk(320, true)).outcome, "ok");
  assert.equal(judged(chunk(ENOUGH + 1), chunk(1), chunk(0, true)).outcome, "ok");
  assert.equal(judged(chunk(ENOUGH + 1), chunk(0, true, "")).type, "semantic:odd_audio");
  assert.equal(judged(chunk(641, true, "opus")).outcome, "ok");
  assert.equal(judged(chunk(0, true)).type, "semantic:empty_audio");
  assert.equal(judged().type, "semantic:empty_audio");
  assert.equal(judged(chunk(ENOUGH)).type, "semantic:missing_final");
  assert.equal(judged(chunk(100)).type, "semantic:missing_final", "that is why it is short");
});

Deno.test("audio of nothing but zeros is a failure, zeros before speech are not", () => {
  const zeros = (bytes: number, is_final = false) =>
    tts.AudioChunk.encode({ audio_data: new Uint8Array(bytes), encoding: "pcm16", is_final });
  assert.equal(answered("tts.synthesize_stream", [zeros(ENOUGH), zeros(ENOUGH, true)]).type, "semantic:silent_audio");
  assert.equal(answered("tts.synthesize_stream", [zeros(ENOUGH), chunk(4, true)]).outcome, "ok");
  const whole = tts.AudioResponse.encode({ audio_data: new Uint8Array(64_000), sample_rate: 16_000 });
  assert.equal(answered("tts.synthesize", [whole]).type, "semantic:silent_audio");
});

Deno.test("a sample rate that no speech has is a failure; where none is told it is June's", () => {
  for (const rate of [-1, 1, 3999, 192_001]) {
    assert.equal(answered("tts.synthesize", [audio(64_000, "pcm16", rate)]).type, "semantic:sample_rate", `${rate}`);
  }
  assert.deepEqual(heard("tts.synthesize", [audio(ENOUGH, "pcm16", 0)]), [40_000]);
  assert.equal(answered("tts.synthesize", [audio(64_000, "opus", 1)]).outcome, "ok", "a codec has a rate of its own");
});

Deno.test("audio too short for its words is a failure", () => {
  const given = SENTENCES[0] as string;
  assert.equal(given.split(" ").length, 7);
  const length = (bytes: number) => answered("tts.synthesize", [audio(bytes)], { given });
  assert.equal(length(7 * 640).outcome, "ok");
  const end = length(7 * 640 - 2);
  assert.equal(end.type, "semantic:short_audio");
  assert.equal(end.details, "Status OK, but the speech is cut off: 140 ms of audio for 7 words");
});

Deno.test("a WAV file where raw PCM is announced is a failure; where nothing is, its header is not audio", () => {
  const file = wav({ samples: Array.from({ length: 800 }, (_, at) => at - 400) });
  const reply = (encoding: string, audio_data = file) => tts.AudioResponse.encode({ audio_data, encoding });
  assert.equal(answered("tts.synthesize", [reply("pcm16")]).type, "semantic:wav_audio");
  assert.equal(answered("tts.synthesize", [reply("wav")]).outcome, "ok");
  assert.deepEqual(heard("tts.synthesize", [reply("")]), [50_000]);
  const fast = wav({ samples: Array.from({ length: 800 }, (_, at) => at - 400), rate: 32_000 });
  assert.deepEqual(heard("tts.synthesize", [reply("wav", fast)]), [25_000], "the header tells the rate");
});

Deno.test("a message with the header of a WAV file alone is no content yet", () => {
  const file = wav({ samples: Array.from({ length: 800 }, (_, at) => at - 400) });
  const part = (audio_data: Uint8Array, is_final = false) => tts.AudioChunk.encode({ audio_data, is_final });
  const parts = [part(file.subarray(0, 44)), part(file.subarray(44, 844)), part(file.subarray(844), true)];
  assert.deepEqual(heard("tts.synthesize_stream", parts), [25_000, 25_000]);
  assert.equal(answered("tts.synthesize_stream", parts).outcome, "ok");
});

Deno.test("content tells the length of the audio in each message", () => {
  assert.deepEqual(heard("tts.synthesize", [audio(32_000)]), [1_000_000]);
  assert.deepEqual(heard("tts.synthesize_stream", [chunk(0), chunk(320), chunk(640), chunk(0, true)]), [
    10_000,
    20_000,
  ]);
  const stereo = { sample_rate: 48_000, channels: 2 };
  const replies = [chunk(1920, false, "pcm16", stereo), chunk(1920, true, "")];
  assert.deepEqual(heard("tts.synthesize_stream", replies), [10_000, 10_000], "what a stream told once holds on");
  assert.deepEqual(heard("tts.synthesize", [audio(999, "mp3")]), [0], "not known of a codec");
});

Deno.test("SynthesizeStream marks content for chunks with audio only", () => {
  const { channel, marks } = start("tts.synthesize_stream");
  for (const reply of [chunk(0), chunk(ENOUGH), chunk(2), chunk(0, true)]) channel.call.reply(reply);
  channel.call.end();
  assert.deepEqual(marks.names, ["content", "content", "end"]);
});
