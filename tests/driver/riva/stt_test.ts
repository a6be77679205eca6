import assert from "node:assert/strict";
import fc from "fast-check";
import * as asr from "../../../proto/riva_asr.ts";
import { FakeChannel } from "../fake_channel.ts";
import { FakeClock } from "../fake_clock.ts";
import { answered, clip, endOf, start } from "../workbench.ts";
import { riva, rivaService } from "./bench.ts";

/** A reply of a stream; `audio_processed` in seconds. */
const result = (transcript: string, is_final: boolean, audio_processed = 0) =>
  asr.StreamingRecognizeResponse.encode({ results: [{ alternatives: [{ transcript }], is_final, audio_processed }] });
const response = (...transcripts: string[]) =>
  asr.RecognizeResponse.encode({ results: transcripts.map((transcript) => ({ alternatives: [{ transcript }] })) });

const FAST = riva(rivaService("stt", {}, { pacing: "fast" }));
const said = (text: string | null, speech_ms = 1000) =>
  riva(rivaService("stt", {}, { pacing: "fast" }), {
    inputs: { kind: "stt", clips: [{ ...clip(1000, speech_ms), text }] },
  });
const silence = said("", 0);

Deno.test("Recognize sends the clip as LINEAR_PCM, mono, 16 kHz, with language, model and punctuation as set", () => {
  const service = rivaService("stt", { language_code: "de-DE", model: "conformer", automatic_punctuation: true });
  const { call } = start("stt.recognize", riva(service)).channel;
  assert.equal(call.spec.path, "/nvidia.riva.asr.RivaSpeechRecognition/Recognize");
  const { config, audio } = asr.RecognizeRequest.decode(call.request as Uint8Array);
  assert.equal(audio.length, 14_400);
  assert.deepEqual({ ...config }, {
    encoding: 1,
    sample_rate_hertz: 16_000,
    language_code: "de-DE",
    max_alternatives: 1,
    audio_channel_count: 1,
    enable_automatic_punctuation: true,
    model: "conformer",
  });
});

Deno.test("Recognize joins its segments and holds them against what was said", () => {
  const whole = answered(
    "stt.recognize",
    [response("turn on", "the light please")],
    said("Turn on the lights, please."),
  );
  assert.deepEqual([whole.outcome, whole.content], ["ok", {
    audio_sent_us: 1_000_000,
    words: {
      errors: 1,
      reference: 5,
      texts: { said: "Turn on the lights, please.", heard: "turn on the light please" },
    },
  }]);
  assert.equal(answered("stt.recognize", [response("", " ")], said("hello")).type, "semantic:empty_transcript");
  assert.equal(answered("stt.recognize", [asr.RecognizeResponse.encode({ results: [{}] })], silence).outcome, "ok");
});

Deno.test("StreamingRecognize sends its configuration alone, then audio alone, then closes its side", () => {
  const { channel: { call }, marks } = start("stt.recognize_stream", FAST);
  const [first, ...rest] = call.written.map((bytes) => asr.StreamingRecognizeRequest.decode(bytes));
  assert.equal(first?.streaming_config?.interim_results, true);
  assert.equal(first?.streaming_config?.config?.language_code, "en-US");
  assert.equal(first?.audio_content.length, 0);
  assert.deepEqual(rest.map(({ streaming_config }) => streaming_config), Array(5).fill(null));
  assert.deepEqual(rest.map(({ audio_content }) => audio_content.length), [3200, 3200, 3200, 3200, 1600]);
  assert.deepEqual(new Uint8Array(rest.flatMap(({ audio_content }) => [...audio_content])), clip(450, 250).pcm);
  assert.equal(call.half_closed, true);
  assert.deepEqual(marks.names, ["speech_end@0"]);
});

Deno.test("StreamingRecognize paces its audio; the configuration goes out at once", () => {
  const bench = start("stt.recognize_stream", riva(rivaService("stt"), { clock: new FakeClock(5000) }));
  assert.equal(bench.channel.call.written.length, 1);
  bench.clock.advanceTo(104_000);
  assert.equal(bench.channel.call.written.length, 1);
  bench.clock.advanceTo(105_000);
  assert.equal(bench.channel.call.written.length, 2);
  bench.clock.advanceTo(454_000);
  assert.deepEqual([bench.channel.call.written.length, bench.channel.call.half_closed], [5, false]);
  bench.clock.advanceTo(455_000);
  assert.deepEqual([bench.channel.call.written.length, bench.channel.call.half_closed], [6, true]);
  assert.equal(bench.channel.call.timeout_ms, 30_450);
});

Deno.test("StreamingRecognize holds back its audio while there is no room after the configuration", () => {
  const channel = new FakeChannel((call) => call.room = false);
  const { clock, channel: { call }, marks } = start("stt.recognize_stream", riva(rivaService("stt"), { channel }));
  clock.advanceTo(150_000);
  assert.equal(call.written.length, 1);
  call.drain();
  assert.equal(call.written.length, 2);
  assert.deepEqual([marks.late_us, marks.own_us], [[50_000], [0]], "the server held back the first chunk, too");
});

Deno.test("an interim result is replaced by the next, final ones are joined", () => {
  const setup = { ...said("turn on the lights please now"), listen: true };
  const bench = start("stt.recognize_stream", setup);
  for (
    const reply of [
      result("turn", false),
      result("turn on", false),
      result("turn on the", true),
      result("light", false),
      result("lights please now", true),
    ]
  ) bench.channel.call.reply(reply);
  bench.channel.call.end();
  const end = endOf(bench);
  assert.deepEqual([end.outcome, end.content?.words], ["ok", { errors: 0, reference: 6 }]);
  assert.deepEqual(end.content?.notes, ["interims_replaced"]);
  assert.deepEqual(bench.marks.pieces, ["turn on the", "lights please now"], "only final text is told");
  assert.deepEqual(bench.marks.names, ["speech_end@0", ...Array(5).fill("content"), "end"]);
});

Deno.test("interim results are joined where the scenario says so", () => {
  const service = rivaService("stt", {}, { pacing: "fast", interims: "join" });
  const parts = [result("turn on", false), result("the lights", false)];
  const { outcome, content } = answered("stt.recognize_stream", parts, { ...said("turn on the lights"), service });
  assert.deepEqual([outcome, content?.words?.errors, content?.notes], ["ok", 0, ["interims_joined"]]);
});

Deno.test("a reply without text is no first partial", () => {
  const bench = start("stt.recognize_stream", FAST);
  bench.channel.call.reply(asr.StreamingRecognizeResponse.encode({}));
  bench.channel.call.reply(asr.StreamingRecognizeResponse.encode({ results: [{ audio_processed: 0.1 }] }));
  bench.channel.call.reply(result(" ", false, 0.2));
  assert.deepEqual([bench.marks.names, bench.marks.responses_us], [["speech_end@0"], []]);
  bench.channel.call.reply(result("hello", true, 0.3));
  assert.deepEqual(bench.marks.names, ["speech_end@0", "content"]);
});

Deno.test("several results of one reply are one message; its latest audio counts", () => {
  const bench = start("stt.recognize_stream", riva(rivaService("stt")));
  bench.clock.advanceTo(350_000);
  const results = [
    { alternatives: [{ transcript: "turn on" }], is_final: true, audio_processed: 0.1 },
    { alternatives: [{ transcript: "the" }], audio_processed: 0.3 },
  ];
  bench.channel.call.reply(asr.StreamingRecognizeResponse.encode({ results }));
  assert.deepEqual(bench.marks.names, ["speech_end@300000", "content"]);
  assert.deepEqual(bench.marks.responses_us, [50_000], "the audio up to 0.3 s was sent at 0.3 s");
});

Deno.test("a transcript is told by how long after its audio it came", () => {
  const bench = start("stt.recognize_stream", riva(rivaService("stt"), { clock: new FakeClock(7_000_000) }));
  const { call } = bench.channel;
  bench.clock.late_us = 3000;
  bench.clock.advanceTo(7_260_000);
  call.reply(result("a", false, 0.1));
  call.reply(result("a b", false, 0.10005));
  call.reply(result("a b c", false, 0.2));
  bench.clock.advanceTo(7_500_000);
  call.reply(result("a b c d", false, 0.45));
  call.reply(result("a b c d e", true, 2));
  call.reply(result("no place is told", true, 0));
  // Chunks were handed over at 103, 203, 303, 403 and 453 ms; the second reply's place is a float's error beyond 0.1 s.
  assert.deepEqual(bench.marks.responses_us, [157_000, 157_000, 57_000, 47_000, 47_000]);
});

Deno.test("the latency is that of the chunk that holds the place, for every chunk length, place and lateness", () => {
  const any = fc.record({
    chunk_ms: fc.integer({ min: 20, max: 100 }),
    late_us: fc.integer({ min: 0, max: 500_000 }),
    place_ms: fc.integer({ min: 1, max: 450 }),
    now_us: fc.integer({ min: 0, max: 1_000_000 }),
  });
  fc.assert(fc.property(any, ({ chunk_ms, late_us, place_ms, now_us }) => {
    const bench = start("stt.recognize_stream", riva(rivaService("stt", {}, { chunk_ms })));
    const { call } = bench.channel;
    const handed_us: number[] = [];
    call.onWrite = () => handed_us.push(bench.clock.now_us());
    bench.clock.late_us = late_us;
    bench.clock.advanceTo(now_us);
    call.reply(result("hello", false, place_ms / 1000));
    const at_us = handed_us[Math.min(Math.ceil(place_ms / chunk_ms), handed_us.length) - 1];
    assert.deepEqual(bench.marks.responses_us, at_us === undefined ? [] : [now_us - at_us], "none before any audio");
  }));
});

Deno.test("a stream without final text is a failure when the clip has speech", () => {
  const stream = (...replies: Uint8Array[]) => answered("stt.recognize_stream", replies, said("hello"));
  assert.equal(stream().type, "semantic:empty_transcript");
  assert.equal(stream(result("", true)).type, "semantic:empty_transcript");
  assert.equal(stream(result("hello", false)).type, "semantic:missing_final");
  assert.equal(stream(result("hello", true), result("", true)).outcome, "ok");
  assert.equal(answered("stt.recognize_stream", [result("", true)], silence).outcome, "ok");
});

Deno.test("a stream ended with OK before all speech was sent is a failure", () => {
  const bench = start("stt.recognize_stream", riva(rivaService("stt")));
  bench.channel.call.reply(result("hel", true));
  bench.channel.call.end();
  assert.equal(endOf(bench).type, "semantic:ended_early");
  assert.equal(bench.clock.timers, 0);
});

Deno.test("languages without word borders are compared by character", () => {
  const setup = {
    ...said("今天天气。"),
    service: rivaService("stt", { language_code: "zh-CN" }, { pacing: "fast", language: "en" }),
  };
  const { words } = answered("stt.recognize_stream", [result("今天 天汽", true)], setup).content ?? {};
  assert.deepEqual([words?.errors, words?.reference], [1, 4]);
});

Deno.test("a reply that is no message of Riva fails the call as undecodable", () => {
  const end = answered("stt.recognize_stream", [new Uint8Array([0xff, 0xff])], FAST);
  assert.deepEqual([end.outcome, end.type], ["failed", "INTERNAL"]);
  assert.match(end.details, /^Cannot decode a reply: /);
});
