import assert from "node:assert/strict";
import fc from "fast-check";
import * as asr from "../../../proto/asr.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import { answered, type Bench, clip, endOf, SERVICES, start } from "../workbench.ts";
import { FakeChannel } from "../fake_channel.ts";
import { FakeClock } from "../fake_clock.ts";

const result = (transcript: string, is_final: boolean, confidence = 0.9) =>
  asr.RecognitionResult.encode({ transcript, is_final, confidence });
const response = (...transcripts: string[]) =>
  asr.RecognitionResponse.encode({ results: transcripts.map((transcript) => ({ transcript, is_final: true })) });
const silence = { inputs: { kind: "stt", clips: [clip(450, 0)] } } as const;
const fast = (chunk_ms = 100) =>
  ({ service: { options: { ...SERVICES.stt.options, pacing: "fast", chunk_ms } } }) as const;

/** When each chunk was written, by moving the clock a millisecond at a time. */
function writeTimes({ clock, channel: { call } }: Bench, from_us: number, until_us: number): number[] {
  const times = call.written.map(() => from_us);
  for (let now_us = from_us; now_us <= until_us; now_us += 1000) {
    clock.advanceTo(now_us);
    while (times.length < call.written.length) times.push(now_us);
  }
  return times;
}

Deno.test("Recognize sends the clip as pcm, mono, 16 kHz", () => {
  const { channel } = start("stt.recognize");
  const request = asr.RecognitionRequest.decode(channel.call.request as Uint8Array);
  assert.equal(request.audio_data.length, 14_400);
  assert.deepEqual([request.sample_rate, request.encoding, request.config?.language], [16_000, "pcm", "en"]);
});

Deno.test("Recognize: no result, or only blank ones, is an empty transcript when the clip has speech", () => {
  assert.equal(answered("stt.recognize", [response("hello")]).outcome, "ok");
  assert.equal(answered("stt.recognize", [response("", "hello")]).outcome, "ok");
  assert.equal(answered("stt.recognize", [response()]).type, "semantic:empty_transcript");
  assert.equal(answered("stt.recognize", [response(" ")]).type, "semantic:empty_transcript");
  assert.equal(answered("stt.recognize", [response()], silence).outcome, "ok");
});

Deno.test("RecognizeStream cuts the clip into chunks with exact times", () => {
  const bench = start("stt.recognize_stream", fast());
  const chunks = bench.channel.call.written.map((bytes) => asr.AudioChunk.decode(bytes));
  assert.deepEqual(chunks.map((chunk) => chunk.audio_data.length), [3200, 3200, 3200, 3200, 1600]);
  assert.deepEqual(chunks.map((chunk) => chunk.timestamp_us), [0, 100_000, 200_000, 300_000, 400_000]);
  for (const chunk of chunks) assert.deepEqual([chunk.sample_rate, chunk.channels, chunk.encoding], [16_000, 1, "pcm"]);
  const joined = new Uint8Array(chunks.flatMap((chunk) => [...chunk.audio_data]));
  assert.deepEqual(joined, clip(450, 250).pcm);
});

Deno.test("RecognizeStream chunks join to the clip for every chunk length", () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 100 }), fc.integer({ min: 1, max: 300 }), (chunk_ms, ms) => {
      const inputs = { kind: "stt", clips: [clip(ms, ms)] } as const;
      const { channel, marks } = start("stt.recognize_stream", { ...fast(chunk_ms), inputs });
      const chunks = channel.call.written.map((bytes) => asr.AudioChunk.decode(bytes));
      assert.equal(chunks.reduce((sum, chunk) => sum + chunk.audio_data.length, 0), 32 * ms);
      chunks.forEach((chunk, index) => assert.equal(chunk.timestamp_us, index * chunk_ms * 1000));
      assert.deepEqual(marks.names, ["speech_end@0"]);
      assert.equal(channel.call.half_closed, true);
    }),
    { numRuns: 50 },
  );
});

Deno.test("RecognizeStream in real time writes each chunk when due, then half-closes", () => {
  const bench = start("stt.recognize_stream", { clock: new FakeClock(5000) });
  const times = writeTimes(bench, 5000, 454_000);
  assert.deepEqual(times, [105_000, 205_000, 305_000, 405_000]);
  assert.equal(bench.channel.call.half_closed, false);
  bench.clock.advanceTo(455_000);
  assert.equal(bench.channel.call.written.length, 5);
  assert.equal(bench.channel.call.half_closed, true);
  assert.equal(bench.clock.timers, 0);
});

Deno.test("RecognizeStream with late timers does not drift", () => {
  const bench = start("stt.recognize_stream");
  bench.clock.late_us = 7000;
  assert.deepEqual(writeTimes(bench, 0, 500_000), [107_000, 207_000, 307_000, 407_000, 457_000]);
});

Deno.test("RecognizeStream after a long stall sends at once all that is due", () => {
  const bench = start("stt.recognize_stream");
  bench.clock.late_us = 250_000;
  assert.deepEqual(writeTimes(bench, 0, 1_000_000), [350_000, 350_000, 350_000, 650_000, 650_000]);
});

Deno.test("RecognizeStream marks the end of speech with the chunk that holds it, not the clip's end", () => {
  const bench = start("stt.recognize_stream");
  bench.clock.advanceTo(1_000_000);
  assert.deepEqual(bench.marks.names, ["speech_end@300000"]);
});

Deno.test("a recogniser that answers at once is between 0 and one chunk behind the end of speech", () => {
  const any = fc.record({
    speech: fc.integer({ min: 1, max: 20_000 }),
    silence: fc.integer({ min: 0, max: 10_000 }),
    chunk_ms: fc.integer({ min: 20, max: 1000 }),
    start_us: fc.integer({ min: 0, max: 1_000_000_000 }),
    late_us: fc.integer({ min: 0, max: 20_000 }),
  });
  fc.assert(fc.property(any, ({ speech, silence, chunk_ms, start_us, late_us }) => {
    const pcm = new Uint8Array(2 * (speech + silence));
    const inputs = { kind: "stt", clips: [{ name: "clip.wav", pcm, text: "hello", speech_samples: speech }] } as const;
    const service = { options: { ...SERVICES.stt.options, chunk_ms } };
    const clock = new FakeClock(start_us);
    let heard = 0;
    let answered_us = NaN;
    const channel = new FakeChannel((call) =>
      call.onWrite = () => {
        heard += asr.AudioChunk.decode(call.written.at(-1) as Uint8Array).audio_data.length / 2;
        if (heard >= speech && Number.isNaN(answered_us)) answered_us = clock.now_us();
      }
    );
    const { marks } = start("stt.recognize_stream", { service, inputs, clock, channel });
    clock.late_us = late_us;
    clock.advanceTo(start_us + 10_000_000);
    const response_us = answered_us - (start_us + marks.asking_us);
    assert.ok(response_us >= 0 && response_us < 1000 * chunk_ms + late_us, `${response_us} us`);
    assert.deepEqual(marks.names, [`speech_end@${answered_us}`], "final latency counts from the chunk itself");
    assert.equal(channel.call.half_closed, true);
  }));
});

Deno.test("RecognizeStream of silence has no end of speech", () => {
  const bench = start("stt.recognize_stream", silence);
  bench.clock.advanceTo(1_000_000);
  assert.deepEqual(bench.marks.names, []);
});

Deno.test("RecognizeStream, fast: writes until the stream is full, goes on when it drains", () => {
  const bench = start("stt.recognize_stream", fast());
  assert.equal(bench.channel.call.written.length, 5);
  assert.equal(bench.channel.call.timeout_ms, 30_000);
  assert.equal(bench.clock.timers, 0);

  const full = start("stt.recognize_stream", { clock: new FakeClock() });
  full.channel.call.room = false;
  full.clock.advanceTo(100_000);
  assert.equal(full.channel.call.written.length, 1);
  full.clock.advanceTo(300_000);
  assert.equal(full.channel.call.written.length, 1, "waits while the stream is full");
  full.channel.call.drain();
  assert.equal(full.channel.call.written.length, 3, "catches up with what is due");
  full.clock.advanceTo(450_000);
  assert.equal(full.channel.call.half_closed, true);
});

Deno.test("RecognizeStream ignores a drain while it waits for the next chunk's time", () => {
  const bench = start("stt.recognize_stream");
  for (const written of [0, 1]) {
    bench.channel.call.drain();
    assert.equal(bench.channel.call.written.length, written);
    assert.equal(bench.clock.timers, 1);
    bench.clock.advanceTo(100_000);
  }
});

Deno.test("RecognizeStream ended by the server while speaking stops the pacing", () => {
  const bench = start("stt.recognize_stream");
  bench.clock.advanceTo(100_000);
  bench.channel.call.end(StatusCode.UNAVAILABLE, "restarting");
  assert.equal(bench.clock.timers, 0);
  const end = endOf(bench);
  assert.deepEqual([end.outcome, end.type], ["failed", "UNAVAILABLE"]);
  assert.equal(bench.channel.call.written.length, 1);
  const sent = bench.channel.call.written.reduce((sum, bytes) => sum + bytes.length, 0);
  assert.equal(end.sent_bytes, sent);
});

Deno.test("RecognizeStream ended inside a write neither speaks on nor marks the end of speech", () => {
  const bench = start("stt.recognize_stream");
  const { call } = bench.channel;
  call.onWrite = () => call.written.length === 3 && call.end(StatusCode.INTERNAL, "bad chunk");
  bench.clock.advanceTo(1_000_000);
  assert.equal(call.written.length, 3, "the third chunk holds the end of speech");
  assert.deepEqual(bench.marks.names, ["end"]);
  assert.equal(bench.clock.timers, 0);
});

Deno.test("RecognizeStream ended with OK before all speech was sent is a failure", () => {
  for (const ended_us of [0, 299_000]) {
    const bench = start("stt.recognize_stream");
    bench.clock.advanceTo(ended_us);
    bench.channel.call.reply(result("hel", true));
    bench.channel.call.end();
    assert.equal(endOf(bench).type, "semantic:ended_early");
    assert.equal(bench.clock.timers, 0);
  }
  const spoken = start("stt.recognize_stream");
  spoken.clock.advanceTo(300_000);
  spoken.channel.call.reply(result("hello", true));
  spoken.channel.call.end();
  assert.equal(endOf(spoken).outcome, "ok", "only silence was left to send");
});

Deno.test("RecognizeStream cancelled stops the pacing at once", () => {
  const bench = start("stt.recognize_stream");
  bench.clock.advanceTo(250_000);
  bench.running.cancel();
  assert.equal(bench.clock.timers, 0);
  assert.equal(endOf(bench).outcome, "cancelled");
  bench.clock.advanceTo(1_000_000);
  assert.equal(bench.channel.call.written.length, 2);
});

Deno.test("RecognizeStream takes interim and final results as parts of one transcript", () => {
  assert.equal(answered("stt.recognize_stream", [result("hel", false), result("lo", true)]).outcome, "ok");
  assert.equal(answered("stt.recognize_stream", [result("hello", false)]).outcome, "ok", "the final may be missing");
  assert.equal(answered("stt.recognize_stream", [result("hello", false), result("", true)]).outcome, "ok");
});

Deno.test("RecognizeStream without a transcript is a failure when the clip has speech", () => {
  assert.equal(answered("stt.recognize_stream", []).type, "semantic:empty_transcript");
  assert.equal(answered("stt.recognize_stream", [result("", true)]).type, "semantic:empty_transcript");
  assert.equal(answered("stt.recognize_stream", [], silence).outcome, "ok");
  const end = answered("stt.recognize_stream", []);
  assert.deepEqual([end.outcome, end.code, end.details], [
    "failed",
    0,
    "Status OK, but no transcript came for a clip with speech",
  ]);
});

Deno.test("RecognizeStream: an empty final with confidence 0 is an error, even after text", () => {
  assert.equal(answered("stt.recognize_stream", [result("", true, 0)]).type, "semantic:in_band_error");
  assert.equal(
    answered("stt.recognize_stream", [result("hel", false), result("", true, 0)]).type,
    "semantic:in_band_error",
  );
  assert.equal(answered("stt.recognize_stream", [result("hello", true, 0)]).outcome, "ok");
  assert.equal(answered("stt.recognize_stream", [result("", false, 0), result("hello", true)]).outcome, "ok");
});

Deno.test("RecognizeStream marks content for results with text only", () => {
  const bench = start("stt.recognize_stream", fast());
  for (const reply of [result("", false), result("hel", false), result("lo", true)]) bench.channel.call.reply(reply);
  bench.channel.call.end();
  assert.deepEqual(bench.marks.names, ["speech_end@0", "content", "content", "end"]);
});

/** A clip of one second of which all is speech, and what is said in it. */
const said = (text: string | null) => ({ inputs: { kind: "stt", clips: [{ ...clip(1000, 1000), text }] } }) as const;

Deno.test("Recognize and RecognizeStream compare the joined transcript with what was said", () => {
  const clipOf = said("Turn on the lights, please.");
  const whole = answered("stt.recognize", [response("turn on", "the light please")], clipOf);
  const texts = { said: "Turn on the lights, please.", heard: "turn on the light please" };
  assert.deepEqual(whole.content, { audio_sent_us: 1_000_000, words: { errors: 1, reference: 5, texts } });
  const parts = [result("turn on the", false), result("", false), result("lights please", true)];
  const stream = answered("stt.recognize_stream", parts, clipOf);
  const notes = ["interims_joined"];
  assert.deepEqual(stream.content, { audio_sent_us: 1_000_000, notes, words: { errors: 0, reference: 5 } });
});

Deno.test("a clip whose transcript is not known has no word errors, one of silence has only insertions", () => {
  assert.deepEqual(answered("stt.recognize", [response("hello")], said(null)).content, { audio_sent_us: 1_000_000 });
  const { errors, reference } = answered("stt.recognize", [response("hello")], silence).content?.words ?? {};
  assert.deepEqual([errors, reference], [1, 0]);
});

Deno.test("languages without word borders are compared by character", () => {
  const service = { options: { ...SERVICES.stt.options, language: "zh" } };
  const { content } = answered("stt.recognize", [response("今天 天汽")], { ...said("今天天气。"), service });
  assert.deepEqual([content?.words?.errors, content?.words?.reference], [1, 4]);
});

Deno.test("RecognizeStream ended when only silence was left tells what was sent", () => {
  const bench = start("stt.recognize_stream");
  bench.clock.advanceTo(300_000);
  bench.channel.call.reply(result("hello", true));
  bench.channel.call.end();
  assert.equal(endOf(bench).content?.audio_sent_us, 300_000);
});

Deno.test("paced speech tells how late each chunk was", () => {
  const bench = start("stt.recognize_stream");
  bench.clock.late_us = 7000;
  bench.clock.advanceTo(1_000_000);
  assert.deepEqual(bench.marks.late_us, [7000, 7000, 7000, 7000, 7000]);
  assert.deepEqual(start("stt.recognize_stream", fast()).marks.late_us, []);
});

Deno.test("speech that a full stream held back is late, but not through june-load's fault", () => {
  const bench = start("stt.recognize_stream");
  const { clock, channel: { call }, marks } = bench;
  call.room = false;
  clock.advanceTo(100_000);
  clock.advanceTo(250_000);
  call.room = true;
  call.drain();
  clock.late_us = 30_000;
  clock.advanceTo(480_000);
  // Due at 100, 200, 300, 400 and 450 ms: the first went into the last room there was, the second waited for room.
  assert.deepEqual(marks.late_us, [0, 50_000, 30_000, 30_000, 30_000]);
  assert.deepEqual(marks.own_us, [0, 0, 30_000, 30_000, 30_000]);
});

Deno.test("transcripts are told segment by segment", () => {
  const whole = start("stt.recognize", { listen: true });
  whole.channel.call.reply(response("hello", " ", "there"));
  assert.deepEqual(whole.marks.pieces, ["hello", "there"]);
  const stream = start("stt.recognize_stream", { ...fast(), listen: true });
  for (const reply of [result("", false), result(" hel", false), result("lo", true)]) stream.channel.call.reply(reply);
  assert.deepEqual(stream.marks.pieces, [], "what is replaced later is not told");
  stream.channel.call.end();
  assert.deepEqual(stream.marks.pieces, ["hel", "lo"]);
});

Deno.test("a server of June's protocol that replaces its results is heard as one that does", () => {
  const grows = [result("please", false), result("please call", false), result("please call me", true)];
  const bench = start("stt.recognize_stream", { ...fast(), ...said("please call me"), listen: true });
  for (const reply of grows) bench.channel.call.reply(reply);
  bench.channel.call.end();
  assert.deepEqual(bench.marks.pieces, ["please call me"]);
  const { words, notes } = endOf(bench).content ?? {};
  assert.deepEqual([words, notes], [{ errors: 0, reference: 3 }, ["interims_replaced"]]);
  const options = { ...SERVICES.stt.options, pacing: "fast", interims: "join" } as const;
  const joined = answered("stt.recognize_stream", grows, { ...said("please call me"), service: { options } });
  assert.deepEqual([joined.content?.words?.errors, joined.content?.notes], [3, ["interims_joined"]]);
});

Deno.test("English is compared by its own rules where the scenario does not say otherwise", () => {
  const options = { ...SERVICES.stt.options, wer_normalizer: "english" } as const;
  const setup = { ...said("Wake me at nine, please."), service: { options } };
  const { content } = answered("stt.recognize", [response("wake me at 9 please")], setup);
  assert.deepEqual(content?.words, { errors: 0, reference: 5, basic: { errors: 1, reference: 5 } });
  const german = { ...setup, service: { options: { ...options, language: "de" } } };
  const plain = answered("stt.recognize", [response("wake me at 9 please")], german).content?.words;
  assert.deepEqual([plain?.errors, plain?.basic], [1, undefined]);
});
