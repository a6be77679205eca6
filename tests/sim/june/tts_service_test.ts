import assert from "node:assert/strict";
import type { Draft } from "../../../proto/codec.ts";
import * as tts from "../../../proto/tts.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import { worldOf, type WorldOptions } from "../world.ts";

const TEXT = "twenty letters long!";

function synthesize(options: WorldOptions = {}, request: Draft<tts.SynthesisRequest> = { text: TEXT }) {
  const { clock, server } = worldOf("tts", options);
  const call = server.ask(tts.PATHS.synthesize, tts.SynthesisRequest.encode(request));
  clock.runOut();
  const reply = call.replies[0] && tts.AudioResponse.decode(call.replies[0].bytes);
  return { reply, ended: call.ended };
}

Deno.test("Synthesize gives quiet pcm16 whose length follows the text's", () => {
  const { reply, ended } = synthesize();
  assert.equal(reply?.duration_ms, 1000);
  assert.equal(reply?.audio_data.length, 32_000);
  assert.deepEqual([reply?.sample_rate, reply?.encoding], [16_000, "pcm16"]);
  const samples = new Int16Array(new Uint8Array(reply!.audio_data).buffer);
  const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  assert.ok(loudest > 100 && loudest < 2000, `${loudest}`);
  assert.equal(ended?.at_ms, 200);
});

Deno.test("Synthesize follows the speed it is asked for, within the range of the .proto", () => {
  const duration = (speed: number) => synthesize({}, { text: TEXT, config: { speed } }).reply?.duration_ms;
  assert.deepEqual([duration(2), duration(0.5), duration(100), duration(0)], [500, 2000, 500, 1000]);
});

Deno.test("Synthesize refuses a text that is empty or too long", () => {
  assert.equal(synthesize({}, { text: " " }).ended?.code, StatusCode.INVALID_ARGUMENT);
  assert.equal(synthesize({}, { text: "x".repeat(10_001) }).ended?.code, StatusCode.INVALID_ARGUMENT);
});

Deno.test("SynthesizeStream sends 200 ms of audio at a time, text after text, and ends after the half-close", () => {
  const { clock, server } = worldOf("tts");
  const call = server.open(tts.PATHS.synthesizeStream);
  call.send(tts.SynthesisRequest.encode({ text: "ten chars." }));
  call.send(tts.SynthesisRequest.encode({ text: "four" }));
  clock.moveTo(1000);
  assert.equal(call.ended, null);
  call.handler.halfClose();
  const chunks = call.replies.map(({ at_ms, bytes }) => Object.assign(tts.AudioChunk.decode(bytes), { at_ms }));
  const seen = chunks.map((chunk) => [chunk.at_ms, chunk.audio_data.length / 32, chunk.timestamp_us, chunk.is_final]);
  assert.deepEqual(seen, [
    [120, 200, 0, false],
    [140, 200, 200_000, false],
    [150, 100, 400_000, true],
    [270, 200, 0, true],
  ]);
  assert.deepEqual(call.ended, { at_ms: 1000, code: StatusCode.OK, details: "" });
});

Deno.test("SynthesizeStream that was half-closed ends with its last chunk", () => {
  const { clock, server } = worldOf("tts");
  const call = server.ask(tts.PATHS.synthesizeStream, tts.SynthesisRequest.encode({ text: "four" }));
  clock.runOut();
  assert.deepEqual([call.ended?.at_ms, call.replies.length], [120, 1]);
});

Deno.test("SynthesizeStream limits the texts that wait", () => {
  const { server } = worldOf("tts");
  const call = server.open(tts.PATHS.synthesizeStream);
  for (let i = 0; i < 65; i++) call.send(tts.SynthesisRequest.encode({ text: "x" }));
  assert.equal(call.ended?.code, StatusCode.RESOURCE_EXHAUSTED);
});

Deno.test("in-band errors and empty answers are OK without audio", () => {
  for (const fault of ["in_band_error_rate=100%", "empty_rate=100%"]) {
    const { reply, ended } = synthesize({ faults: [fault] });
    assert.deepEqual([reply?.audio_data.length, reply?.duration_ms, ended?.code], [0, 0, StatusCode.OK]);
    const { clock, server } = worldOf("tts", { faults: [fault] });
    const call = server.ask(tts.PATHS.synthesizeStream, tts.SynthesisRequest.encode({ text: TEXT }));
    clock.runOut();
    assert.deepEqual([call.replies.length, call.ended?.code], [0, StatusCode.OK]);
  }
});

Deno.test("profile june has no SynthesizeStream, ignores speed and speaks an empty text as silence of no length", () => {
  const { server } = worldOf("tts", { profile: "june" });
  assert.equal(server.open(tts.PATHS.synthesizeStream).ended?.code, StatusCode.UNIMPLEMENTED);
  const june: WorldOptions = { profile: "june" };
  assert.equal(synthesize(june, { text: TEXT, config: { speed: 2 } }).reply?.duration_ms, 1000);
  const empty = synthesize(june, { text: "" });
  assert.deepEqual([empty.reply?.duration_ms, empty.ended?.code], [0, StatusCode.OK]);
});
