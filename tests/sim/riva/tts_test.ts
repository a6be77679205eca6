import assert from "node:assert/strict";
import { LINEAR_PCM } from "../../../proto/riva_asr.ts";
import * as tts from "../../../proto/riva_tts.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import { worldOf, type WorldOptions } from "../world.ts";

/** Thirty characters: 1.5 s of speech. */
const TEXT = "abcdefghi abcdefghi abcdefghi.";
const REQUEST = { text: TEXT, language_code: "en-US", encoding: LINEAR_PCM, sample_rate_hz: 16_000 };

function ask(path: string, changes: Partial<tts.SynthesizeSpeechRequest> = {}, options: WorldOptions = {}) {
  const { clock, server } = worldOf("tts", options);
  const call = server.ask(path, tts.SynthesizeSpeechRequest.encode({ ...REQUEST, ...changes }));
  clock.runOut();
  const replies = call.replies.map(({ at_ms, bytes }) => ({ at_ms, ...tts.SynthesizeSpeechResponse.decode(bytes) }));
  return { replies, ended: call.ended };
}

Deno.test("Synthesize speaks at the model's pace and the rate asked for", () => {
  for (const sample_rate_hz of [8000, 16_000, 22_050, 44_100]) {
    const { replies: [reply], ended } = ask(tts.PATHS.synthesize, { sample_rate_hz });
    assert.equal(reply?.audio.length, 1.5 * sample_rate_hz * 2);
    assert.equal(ended?.at_ms, 100 + 150);
  }
  assert.equal(ask(tts.PATHS.synthesize, { sample_rate_hz: 0 }).replies[0]?.audio.length, 48_000);
});

Deno.test("SynthesizeOnline cuts the same audio into messages, each when it is made", () => {
  const whole = ask(tts.PATHS.synthesize, { sample_rate_hz: 22_050 }).replies[0]?.audio;
  const { replies, ended } = ask(tts.PATHS.synthesizeOnline, { sample_rate_hz: 22_050 });
  assert.deepEqual(replies.map(({ at_ms }) => at_ms), [120, 140, 160, 180, 200, 220, 240, 250]);
  assert.deepEqual(new Uint8Array(replies.flatMap(({ audio }) => [...audio])), new Uint8Array(whole ?? []));
  assert.deepEqual(ended, { at_ms: 250, code: StatusCode.OK, details: "" });
});

Deno.test("SynthesizeOnline speaks several texts of one stream one after the other", () => {
  const { clock, server } = worldOf("tts");
  const call = server.open(tts.PATHS.synthesizeOnline);
  for (let text = 0; text < 2; text++) call.send(tts.SynthesizeSpeechRequest.encode(REQUEST));
  call.handler.halfClose();
  clock.runOut();
  const bytes = call.replies.reduce(
    (sum, { bytes }) => sum + tts.SynthesizeSpeechResponse.decode(bytes).audio.length,
    0,
  );
  assert.deepEqual([bytes, call.ended?.code], [96_000, StatusCode.OK]);
});

Deno.test("a fault leaves out the audio", () => {
  const { replies, ended } = ask(tts.PATHS.synthesizeOnline, {}, { faults: ["empty_rate=100%"] });
  assert.deepEqual([replies, ended?.code], [[], StatusCode.OK]);
});

for (
  const [what, changes, words] of [
    ["encoding", { encoding: 4 }, /encoding is 4; only LINEAR_PCM/],
    ["sample rate", { sample_rate_hz: 4000 }, /sample rate 4000 is not within/],
    ["voice", { voice_name: "Nobody" }, /no voice "Nobody"; there are Simulator, Simulator.Amber/],
    ["language", { language_code: "xx-XX" }, /no model for the language "xx-XX"/],
    ["text", { text: " " }, /the text is empty/],
  ] as const
) {
  Deno.test(`Synthesize and SynthesizeOnline refuse what they cannot do: ${what}`, () => {
    for (const path of [tts.PATHS.synthesize, tts.PATHS.synthesizeOnline]) {
      const { ended } = ask(path, changes);
      assert.equal(ended?.code, StatusCode.INVALID_ARGUMENT);
      assert.match(ended?.details ?? "", words);
    }
  });
}

Deno.test("the catalogue's voices are those that may be asked for", () => {
  const { clock, server } = worldOf("tts");
  const call = server.ask(tts.PATHS.getConfig, tts.ConfigRequest.encode({}));
  clock.runOut();
  const [model] = tts.ConfigResponse.decode(call.replies[0]?.bytes as Uint8Array).model_config;
  const { voice_name = "", subvoices = "" } = model?.parameters ?? {};
  const names = subvoices.split(",").map((entry) => `${voice_name}.${entry.split(":")[0]}`);
  assert.equal(names.length, 2);
  for (const name of names) assert.equal(ask(tts.PATHS.synthesize, { voice_name: name }).ended?.code, StatusCode.OK);
});
