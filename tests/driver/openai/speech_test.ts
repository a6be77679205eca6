import assert from "node:assert/strict";
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
  assert.equal(total(marks.audio_us), 400_000);
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
    assert.deepEqual([end.type, total(marks.audio_us)], ["", 250_000], `cut at ${cut}`);
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
