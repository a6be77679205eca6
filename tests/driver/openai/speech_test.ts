import assert from "node:assert/strict";
import { SpokenBody } from "../../../lib/driver/openai/speech_replies.ts";
import { FakeClock } from "../fake_clock.ts";
import { mp3 } from "../speech_frames.ts";
import { MarkList } from "../workbench.ts";
import { type Inputs } from "../../../lib/driver/inputs/inputs.ts";
import { parseWav } from "../../../lib/driver/inputs/read/wav.ts";
import { wavFile } from "../../../lib/driver/http/multipart.ts";
import { clip } from "../workbench.ts";
import { type Answer, call, events, json, type Setup, stream } from "./bench.ts";

/** Sound of some length at 24 kHz. */
const sound = (ms: number): Uint8Array => new Uint8Array(48 * ms).fill(3);
const audio = (...pieces: Uint8Array[]): Answer => ({ headers: { "content-type": "audio/pcm" }, pieces });
const total = (values: readonly number[]) => Math.round(values.reduce((sum, value) => sum + value, 0));

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

Deno.test("a clip goes up as a WAV file among the fields of a form, and speech ends with its last byte", async () => {
  const { marks, end, seen } = await call("stt.recognize", json({ text: " Hello " }), {
    listen: true,
    settings: { extra: { temperature: 0, prompt: "names" } },
  });
  assert.deepEqual([seen.method, seen.path], ["POST", "/v1/audio/transcriptions"]);
  const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(seen.headers["content-type"] ?? "")?.[1] ?? "";
  const parts = seen.body.split(`--${boundary}`).slice(1, -1).map((part) => part.split(/\r\n\r\n([^]*)\r\n$/));
  const texts = parts.slice(0, -1).map(([head, content]) => [/name="(\w+)"/.exec(head ?? "")?.[1], content]);
  assert.deepEqual(texts, [
    ["model", "m1"],
    ["language", "en"],
    ["response_format", "json"],
    ["temperature", "0"],
    ["prompt", "names"],
  ]);
  const [head, file] = parts.at(-1) as [string, string];
  assert.match(head, /name="file"; filename="clip.wav"\r\nContent-Type: audio\/wav/);
  assert.deepEqual(parseWav(latin1(file)), clip(450, 250).pcm);
  assert.deepEqual(marks.names, ["sent", "speech_end@0", "content", "end"]);
  assert.deepEqual(marks.pieces, ["Hello"]);
  assert.deepEqual(end.content, { audio_sent_us: 450_000, words: { errors: 0, reference: 1 } });
});

Deno.test("transcripts as streams: vLLM's chunks, OpenAI's events, and only the last of them", async () => {
  const piece = (content: string) => ({ object: "transcription.chunk", choices: [{ delta: { content } }] });
  const vllm = stream(events(piece("Hel"), piece("lo")), events({ choices: [], usage: {} }, "[DONE]"));
  const delta = (delta: string) => ({ type: "transcript.text.delta", delta });
  const done = { type: "transcript.text.done", text: "Hello" };
  const cases: [Answer, number][] = [
    [vllm, 2],
    [stream(events(delta("Hel"), delta("lo"), done)), 2],
    [stream(events(done)), 1],
  ];
  for (const [answer, contents] of cases) {
    const { marks, end, seen } = await call("stt.recognize_stream", answer, { listen: true });
    assert.deepEqual(marks.names, ["sent", "speech_end@0", ...new Array(contents).fill("content"), "end"]);
    assert.deepEqual(marks.pieces, ["Hello"]);
    assert.deepEqual(end.content?.words, { errors: 0, reference: 1 });
    assert.match(seen.body, /name="stream"\r\n\r\ntrue\r\n/);
  }
});

Deno.test("transcript streams of every dialect: pieces, repeated texts, segments and lists of them", async () => {
  const delta = (text: string) => ({ type: "transcript.text.delta", delta: text });
  const part = (text: string, is_final?: boolean) => ({ text, start: 0, end: 1, ...(is_final && { is_final }) });
  const list = (...texts: string[]) => ({ segments: texts.map((text) => part(text)) });
  const said = "Please turn the lights off and call me";
  /** Events, the transcript, what is noted, and how often content came. */
  const dialects: Record<string, [Record<string, unknown>[], string, string[] | undefined, number]> = {
    "pieces": [[delta("Please turn"), delta(" the lights off"), delta(" and call me")], said, undefined, 3],
    "pieces that say a word twice": [[delta("no"), delta(" no"), delta(" no")], "no no no", undefined, 3],
    "the whole text with each event": [
      [delta("Please turn the"), delta("Please turn the lights off"), delta(said), delta(said)],
      said,
      ["interims_replaced"],
      3,
    ],
    "segments": [[part("Please turn the lights off"), part("and call me")], said, ["interims_joined"], 2],
    "segments that grow": [[part("Please turn"), part("Please turn the lights"), part(said)], said, [
      "interims_replaced",
    ], 3],
    "segments marked as final": [
      [part("Please turn"), part("Please turn the lights off", true), part("and"), part("and call me", true)],
      said,
      ["interims_replaced"],
      4,
    ],
    "lists of all segments so far": [
      [
        list("Please turn"),
        list("Please turn", "the lights off"),
        list("Please turn", "the lights off", "and call me"),
      ],
      said,
      ["interims_replaced"],
      3,
    ],
    "a text beside its segments": [
      [{ text: said, ...list("Please turn", "the lights off and call me") }],
      said,
      undefined,
      1,
    ],
  };
  for (const [name, [list, text, notes, contents]] of Object.entries(dialects)) {
    const { marks, end } = await call("stt.recognize_stream", stream(events(...list, "[DONE]")), { listen: true });
    assert.deepEqual([marks.pieces, end.content?.notes], [[text], notes], name);
    assert.equal(marks.names.filter((mark) => mark === "content").length, contents, name);
  }
});

Deno.test("transcripts that are none: empty, cut off, an error", async () => {
  const type = async (name: "stt.recognize" | "stt.recognize_stream", answer: Answer, setup: Setup = {}) =>
    (await call(name, answer, setup)).end.type;
  assert.equal(await type("stt.recognize", json({ text: " " })), "semantic:empty_transcript");
  assert.equal(await type("stt.recognize_stream", stream(events("[DONE]"))), "semantic:empty_transcript");
  assert.equal(await type("stt.recognize_stream", stream(events({ type: "x" }))), "semantic:truncated");
  assert.equal(await type("stt.recognize", json({ error: { message: "bad audio" } })), "semantic:stream_error");
  assert.equal(await type("stt.recognize", json({ detail: "no" }, 422)), "HTTP 422");
  const silence: Inputs = { kind: "stt", clips: [clip(450, 0)] };
  assert.equal(await type("stt.recognize", json({ text: "" }), { inputs: silence }), "");
});

Deno.test("raw speech: the audio's length comes from its bytes and the rate of the scenario", async () => {
  const { marks, end, seen } = await call("tts.synthesize_stream", audio(sound(100), sound(300)));
  assert.equal(total([...marks.audio_us, ...marks.more_us]), 400_000);
  assert.equal(end.outcome, "ok");
  assert.equal(seen.path, "/v1/audio/speech");
  assert.deepEqual(JSON.parse(seen.body), {
    model: "m1",
    input: "Good day.",
    voice: "default",
    response_format: "pcm",
  });
  const slower = await call("tts.synthesize", audio(sound(100)), { settings: { sample_rate_hz: 12_000 }, given: "Hi" });
  assert.equal(total(slower.marks.audio_us), 200_000);
  assert.equal(JSON.parse(slower.seen.body).input, "Hi");
});

Deno.test("a WAV header is no audio, wherever it is cut; its rate counts, not the scenario's", async () => {
  const pcm = new Uint8Array(32 * 250).fill(5);
  const file = wavFile(pcm, 16_000);
  file.fill(0xff, 40, 44);
  for (const cut of [1, 4, 13, 20, 36, 43, 44, 46]) {
    const answer = { headers: { "content-type": "audio/wav" }, pieces: [file.slice(0, cut), file.slice(cut)] };
    const { marks, end } = await call("tts.synthesize_stream", answer, { settings: { audio_format: "wav" } });
    assert.deepEqual([end.type, total([...marks.audio_us, ...marks.more_us])], ["", 250_000], `cut at ${cut}`);
  }
});

Deno.test("speech that is none", async () => {
  const type = async (answer: Answer, setup: Setup = {}) =>
    (await call("tts.synthesize_stream", answer, setup)).end.type;
  assert.equal(await type(audio()), "semantic:empty_audio");
  assert.equal(await type(audio(new Uint8Array(24_000))), "semantic:silent_audio");
  assert.equal(await type(audio(sound(100).subarray(1))), "semantic:odd_audio");
  assert.equal(await type(audio(wavFile(sound(100), 24_000))), "semantic:wav_audio");
  assert.equal(await type(audio(sound(10))), "semantic:short_audio");
  assert.equal(await type({ ...audio(sound(100)), cut: true }), "semantic:truncated");
  assert.equal(await type(json({ error: "x" })), "semantic:not_audio");
  assert.equal(await type(audio(sound(100)), { settings: { audio_format: "wav" } }), "semantic:not_wav");
  const header = audio(wavFile(new Uint8Array(0), 24_000));
  assert.equal(await type(header, { settings: { audio_format: "wav" } }), "semantic:empty_audio");
});

Deno.test("speech of another format than was asked for is a failure that names both", async () => {
  const said = async (type: string, bytes: Uint8Array, format: "pcm" | "wav" | "mp3") => {
    const answer = { headers: { "content-type": type }, pieces: [bytes] };
    const { end } = await call("tts.synthesize_stream", answer, { settings: { audio_format: format } });
    return end.outcome === "ok" ? "ok" : end.details;
  };
  assert.match(await said("audio/mpeg", mp3(20), "pcm"), /content type "audio\/mpeg" where pcm was asked for/);
  assert.equal(await said("application/octet-stream", mp3(20), "pcm"), "The audio should be raw PCM, but it is MP3");
  assert.equal(await said("audio/mpeg", mp3(20), "mp3"), "ok");
  assert.match(await said("application/json", new TextEncoder().encode('{"error":"no voice"}'), "pcm"), /no voice/);
  const file = wavFile(new Uint8Array(3200).fill(5), 16_000);
  for (const type of ["audio/wav", "audio/pcm", ""]) assert.equal(await said(type, file, "wav"), "ok", type);
});

Deno.test("speech as events: audio in base64, ended by its own event or failed in words", async () => {
  const delta = (bytes: Uint8Array) => ({ type: "speech.audio.delta", audio: bytes.toBase64() });
  const done = { type: "speech.audio.done", usage: {} };
  const good = await call("tts.synthesize_stream", { ...stream(events(delta(sound(100)), delta(sound(100)), done)) });
  assert.deepEqual([good.end.outcome, total([...good.marks.audio_us, ...good.marks.more_us])], ["ok", 200_000]);
  const bad = await call("tts.synthesize_stream", stream(events(delta(sound(100)), { error: { message: "gone" } })));
  assert.match(bad.end.details, /gone/);
  const odd = await call("tts.synthesize_stream", stream(events({ type: "speech.audio.delta", audio: "%%" })));
  assert.equal(odd.end.type, "semantic:bad_base64");
  const asWav: Setup = { settings: { audio_format: "wav" } };
  const file = stream(events(delta(wavFile(new Uint8Array(0), 24_000)), delta(sound(100)), done));
  assert.equal((await call("tts.synthesize_stream", file, asWav)).end.outcome, "ok");
  const raw = await call("tts.synthesize_stream", stream(events(delta(sound(100)), done)), asWav);
  assert.match(raw.end.details, /its events does not begin as a WAV file; if these are raw samples, set `format: pcm`/);
});

Deno.test("reads that follow closely are one piece of audio; later ones are another", () => {
  const clock = new FakeClock();
  const marks = new MarkList(clock, false);
  const body = new SpokenBody({ marks, clock, words: 1, format: "pcm", sample_rate_hz: 16_000 });
  body.accept("audio/pcm");
  for (const at_us of [0, 2000, 4000, 90_000, 92_500, 200_000]) {
    clock.advanceTo(at_us);
    body.data(new Uint8Array(320).fill(3));
  }
  assert.deepEqual([marks.audio_us.length, marks.more_us.length], [3, 3]);
});
