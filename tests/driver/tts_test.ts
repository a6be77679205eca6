import assert from "node:assert/strict";
import * as tts from "../../proto/tts.ts";
import { answered, start } from "./workbench.ts";

const audio = (bytes: number, encoding = "pcm16") =>
  tts.AudioResponse.encode({ audio_data: new Uint8Array(bytes), sample_rate: 16_000, encoding });
const chunk = (bytes: number, is_final = false, encoding = "pcm16") =>
  tts.AudioChunk.encode({ audio_data: new Uint8Array(bytes), encoding, is_final });

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

Deno.test("Synthesize: no audio, and half a sample of PCM, are failures", () => {
  assert.equal(answered("tts.synthesize", [audio(640)]).outcome, "ok");
  assert.equal(answered("tts.synthesize", [audio(0)]).type, "semantic:empty_audio");
  assert.equal(answered("tts.synthesize", [audio(641)]).type, "semantic:odd_audio");
  assert.equal(answered("tts.synthesize", [audio(641, "")]).type, "semantic:odd_audio");
  assert.equal(answered("tts.synthesize", [audio(641, "mp3")]).outcome, "ok");
});

Deno.test("SynthesizeStream is judged by all its audio and its last flag", () => {
  assert.equal(answered("tts.synthesize_stream", [chunk(640), chunk(320, true)]).outcome, "ok");
  assert.equal(answered("tts.synthesize_stream", [chunk(641), chunk(1), chunk(0, true)]).outcome, "ok");
  assert.equal(answered("tts.synthesize_stream", [chunk(641), chunk(0, true, "")]).type, "semantic:odd_audio");
  assert.equal(answered("tts.synthesize_stream", [chunk(641, true, "opus")]).outcome, "ok");
  assert.equal(answered("tts.synthesize_stream", [chunk(0, true)]).type, "semantic:empty_audio");
  assert.equal(answered("tts.synthesize_stream", []).type, "semantic:empty_audio");
  assert.equal(answered("tts.synthesize_stream", [chunk(640)]).type, "semantic:missing_final");
});

Deno.test("SynthesizeStream marks content for chunks with audio only", () => {
  const { channel, marks } = start("tts.synthesize_stream");
  for (const reply of [chunk(0), chunk(2), chunk(2), chunk(0, true)]) channel.call.reply(reply);
  channel.call.end();
  assert.deepEqual(marks.names, ["content", "content", "end"]);
});
