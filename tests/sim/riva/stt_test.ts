import assert from "node:assert/strict";
import * as asr from "../../../proto/riva_asr.ts";
import { transcriptOf } from "../../../lib/sim/model/transcripts.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import { sound, wav } from "../sounds.ts";
import { worldOf, type WorldOptions } from "../world.ts";

const CLIP = sound(2900, 1);
const TEXT = "one two three four five six";
const KNOWN: WorldOptions = { transcripts: [transcriptOf(sound(2900, 2), "another clip"), transcriptOf(CLIP, TEXT)] };
const CONFIG = { encoding: asr.LINEAR_PCM, sample_rate_hertz: 16_000, language_code: "en-US", audio_channel_count: 1 };

interface Told {
  at_ms: number;
  text: string;
  is_final: boolean;
  covered_ms: number;
}

interface Spoken {
  interim_results?: boolean;
  config?: Partial<asr.RecognitionConfig>;
}

/** Speaks a clip in real time, 100 ms a message; returns results with the instants at which they came. */
function speak(options: WorldOptions, pcm: Uint8Array, { interim_results = true, config = {} }: Spoken = {}) {
  const { clock, server } = worldOf("stt", options);
  const call = server.open(asr.PATHS.streamingRecognize);
  const streaming_config = { config: { ...CONFIG, ...config }, interim_results };
  call.send(asr.StreamingRecognizeRequest.encode({ streaming_config }));
  for (let at = 0; at < pcm.length; at += 3200) {
    clock.moveTo(at / 32 + 100);
    call.send(asr.StreamingRecognizeRequest.encode({ audio_content: pcm.subarray(at, at + 3200) }));
  }
  call.handler.halfClose();
  clock.runOut();
  const results = call.replies.flatMap(({ at_ms, bytes }) =>
    asr.StreamingRecognizeResponse.decode(bytes).results.map(({ alternatives, is_final, audio_processed }): Told => {
      const covered_ms = Math.round(audio_processed * 1000);
      return { at_ms, text: alternatives[0]?.transcript ?? "", is_final, covered_ms };
    })
  );
  return { results, ended: call.ended };
}

function recognize(options: WorldOptions, audio: Uint8Array, config: Partial<asr.RecognitionConfig> | null = {}) {
  const { clock, server } = worldOf("stt", options);
  const request = { audio, ...(config === null ? {} : { config: { ...CONFIG, ...config } }) };
  const call = server.ask(asr.PATHS.recognize, asr.RecognizeRequest.encode(request));
  clock.runOut();
  return { reply: call.replies[0] && asr.RecognizeResponse.decode(call.replies[0].bytes), ended: call.ended };
}

Deno.test("StreamingRecognize: interim results grow within a segment and tell the audio behind them", () => {
  const { results, ended } = speak(KNOWN, CLIP);
  assert.deepEqual(results.map(({ at_ms, text, is_final, covered_ms }) => [at_ms, text, is_final, covered_ms]), [
    [1020, "one two", false, 1000],
    [2020, "one two three four", false, 2000],
    [3040, TEXT, true, 2900],
  ]);
  assert.deepEqual(ended, { at_ms: 3040, code: StatusCode.OK, details: "" });
});

Deno.test("StreamingRecognize closes a segment after five seconds; its final results join to the transcript", () => {
  const long = sound(8000, 3);
  const text = "a b c d e f g h i j k l m n o p";
  const known = { transcripts: [transcriptOf(long, text)] };
  const { results } = speak(known, long);
  const finals = results.filter(({ is_final }) => is_final);
  assert.deepEqual(finals.map(({ text, covered_ms }) => [text, covered_ms]), [
    ["a b c d e f g h i j", 5000],
    ["k l m n o p", 8000],
  ]);
  assert.deepEqual(results.filter(({ is_final }) => !is_final).map(({ text }) => text), [
    "a b",
    "a b c d",
    "a b c d e f",
    "a b c d e f g h",
    "k l",
    "k l m n",
    "k l m n o",
  ]);
  const only = speak(known, long, { interim_results: false }).results;
  assert.deepEqual(only.map(({ text, is_final }) => [text, is_final]), finals.map(({ text }) => [text, true]));
});

Deno.test("StreamingRecognize knows a clip behind the header of a WAV file", () => {
  const { results } = speak(KNOWN, wav(CLIP));
  assert.equal(results.at(-1)?.text, TEXT);
});

Deno.test("StreamingRecognize gives an empty final result for silence, and none where a fault says so", () => {
  const silent = speak(KNOWN, new Uint8Array(64_000)).results;
  assert.deepEqual(silent.map(({ text, is_final }) => [text, is_final]), [["", true]]);
  const empty = speak({ ...KNOWN, faults: ["empty_rate=100%"] }, CLIP);
  assert.deepEqual([empty.results, empty.ended?.code], [[], StatusCode.OK]);
  const error = speak({ ...KNOWN, faults: ["in_band_error_rate=100%"] }, CLIP);
  assert.deepEqual(error.results.map(({ text, is_final }) => [text, is_final]), [["", true]]);
  const failed = speak({ ...KNOWN, faults: ["error_rate=100%"] }, CLIP);
  assert.deepEqual([failed.results, failed.ended?.code], [[], StatusCode.INTERNAL]);
});

Deno.test("StreamingRecognize wants its configuration first, and once", () => {
  const { server } = worldOf("stt", KNOWN);
  const open = () => server.open(asr.PATHS.streamingRecognize);
  const streaming_config = { config: CONFIG };
  const audio = open();
  audio.send(asr.StreamingRecognizeRequest.encode({ audio_content: CLIP }));
  assert.deepEqual([audio.ended?.code, audio.ended?.details], [3, "the first message must hold streaming_config"]);
  const twice = open();
  for (let time = 0; time < 2; time++) twice.send(asr.StreamingRecognizeRequest.encode({ streaming_config }));
  assert.match(twice.ended?.details ?? "", /only come in the first message/);
  const none = open();
  none.handler.halfClose();
  assert.match(none.ended?.details ?? "", /ended without streaming_config/);
});

Deno.test("Recognize knows a clip, with and without a WAV header", () => {
  for (const audio of [CLIP, wav(CLIP)]) {
    const { reply, ended } = recognize(KNOWN, audio);
    const [result] = reply?.results ?? [];
    assert.equal(result?.alternatives[0]?.transcript, TEXT);
    assert.ok(Math.abs((result?.audio_processed ?? 0) - 2.9) < 1e-6);
    assert.equal(ended?.at_ms, 340);
  }
  assert.deepEqual(recognize(KNOWN, new Uint8Array(32_000)).reply?.results, []);
  assert.deepEqual(recognize({ ...KNOWN, faults: ["empty_rate=100%"] }, CLIP).reply?.results, []);
});

for (
  const [what, config, words] of [
    ["encoding", { encoding: 2 }, /encoding is 2; only LINEAR_PCM/],
    ["sample rate", { sample_rate_hertz: 4000 }, /sample rate 4000 is not within/],
    ["channels", { audio_channel_count: 2 }, /2 channels/],
    ["model", { model: "whisper" }, /there is no (offline|online) model "whisper"; there is june-sim-asr/],
    ["language", { language_code: "xx-XX" }, /no model for the language "xx-XX"; there are en-US/],
  ] as const
) {
  Deno.test(`Recognize and StreamingRecognize refuse what they cannot do: ${what}`, () => {
    for (const ended of [recognize(KNOWN, CLIP, config).ended, speak(KNOWN, CLIP, { config }).ended]) {
      assert.equal(ended?.code, StatusCode.INVALID_ARGUMENT);
      assert.match(ended?.details ?? "", words);
    }
  });
}

Deno.test("Recognize without a configuration is refused", () => {
  assert.deepEqual(recognize(KNOWN, CLIP, null).ended?.details, "the request has no configuration");
});

Deno.test("the catalogue lists models by name, whatever becomes of calls", () => {
  const { clock, server } = worldOf("stt", { faults: ["error_rate=100%"] });
  const list = (model_name: string) => {
    const call = server.ask(asr.PATHS.getConfig, asr.ConfigRequest.encode({ model_name }));
    clock.runOut();
    const names = call.replies.flatMap(({ bytes }) =>
      asr.ConfigResponse.decode(bytes).model_config.map((model) => `${model.model_name} ${model.parameters["type"]}`)
    );
    return [names, call.ended?.code];
  };
  assert.deepEqual(list(""), [["june-sim-asr-online online", "june-sim-asr-offline offline"], StatusCode.OK]);
  assert.deepEqual(list("june-sim-asr-offline"), [["june-sim-asr-offline offline"], StatusCode.OK]);
  assert.deepEqual(list("whisper"), [[], StatusCode.NOT_FOUND]);
});
