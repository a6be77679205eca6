import assert from "node:assert/strict";
import * as tts from "../../../proto/riva_tts.ts";
import { answered, endOf, start } from "../workbench.ts";
import { wav } from "../inputs/read/make_wav.ts";
import { riva, rivaService } from "./bench.ts";

const tone = (bytes: number) => new Uint8Array(bytes).map((_, at) => at < 2 ? 0 : at % 250);
const reply = (bytes: number) => tts.SynthesizeSpeechResponse.encode({ audio: tone(bytes) });
const SETUP = riva(rivaService("tts"));
/** The two words of "Good day." need 40 ms at least: 1764 bytes at 22,050 Hz. */
const ENOUGH = 1764;

Deno.test("Synthesize asks for LINEAR_PCM at the settings' rate, language and voice", () => {
  const service = rivaService("tts", { sample_rate_hz: 44_100 }, { voice: "English-US.Female-1" });
  const { call } = start("tts.synthesize", riva(service)).channel;
  assert.equal(call.spec.path, "/nvidia.riva.tts.RivaSpeechSynthesis/Synthesize");
  assert.deepEqual({ ...tts.SynthesizeSpeechRequest.decode(call.request as Uint8Array) }, {
    text: "Good day.",
    language_code: "en-US",
    encoding: 1,
    sample_rate_hz: 44_100,
    voice_name: "English-US.Female-1",
  });
});

Deno.test("the voice a server is to choose is asked for with no name", () => {
  for (const voice of ["", "default"]) {
    const { call } = start("tts.synthesize", riva(rivaService("tts", {}, { voice }))).channel;
    assert.equal(tts.SynthesizeSpeechRequest.decode(call.request as Uint8Array).voice_name, "");
  }
});

Deno.test("SynthesizeOnline sends one request, then closes its side; a given text goes in place of an input", () => {
  const service = rivaService("tts", {}, { prebuffer_ms: 250 });
  const { channel: { call }, operation } = start("tts.synthesize_stream", riva(service, { given: "It will rain." }));
  assert.equal(call.spec.path, "/nvidia.riva.tts.RivaSpeechSynthesis/SynthesizeOnline");
  assert.deepEqual([call.written.length, call.half_closed], [1, true]);
  assert.equal(tts.SynthesizeSpeechRequest.decode(call.written[0] as Uint8Array).text, "It will rain.");
  assert.equal(operation.prebuffer_us, 250_000);
});

Deno.test("SynthesizeOnline tells the length of the audio of each message, by the rate asked for", () => {
  const bench = start("tts.synthesize_stream", SETUP);
  for (const bytes of [4410, 0, 2205 * 4]) bench.channel.call.reply(reply(bytes));
  bench.channel.call.end();
  assert.deepEqual(bench.marks.audio_us, [100_000, 200_000]);
  assert.deepEqual([bench.marks.names, endOf(bench).outcome], [["content", "content", "end"], "ok"]);
});

for (const name of ["tts.synthesize", "tts.synthesize_stream"] as const) {
  Deno.test(`${name} is judged by its audio: none, half a sample, silence, too little, a WAV file`, () => {
    const judged = (...replies: Uint8Array[]) => answered(name, replies, SETUP).type;
    assert.equal(judged(reply(ENOUGH)), "");
    assert.equal(judged(), "semantic:empty_audio");
    assert.equal(judged(reply(0)), "semantic:empty_audio");
    assert.equal(judged(reply(ENOUGH + 1)), "semantic:odd_audio");
    assert.equal(judged(reply(ENOUGH - 4)), "semantic:short_audio");
    const silent = tts.SynthesizeSpeechResponse.encode({ audio: new Uint8Array(ENOUGH) });
    assert.equal(judged(silent), "semantic:silent_audio");
    const file = tts.SynthesizeSpeechResponse.encode({
      audio: wav({ rate: 22_050, samples: Array(ENOUGH).fill(900) }),
    });
    assert.equal(judged(file), "semantic:wav_audio");
  });
}
