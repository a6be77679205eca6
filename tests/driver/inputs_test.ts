import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import type { InputFile, ServicePlan } from "../../lib/plan/plan.ts";
import { loadInputs } from "../../lib/driver/registry.ts";
import { clipLength, type Inputs, Prepared } from "../../lib/driver/inputs/inputs.ts";
import { Budget, MAX_ENTRIES, MAX_TOTAL_BYTES } from "../../lib/driver/inputs/files.ts";
import { makeClip } from "../../lib/driver/inputs/clip.ts";
import { SERVICES } from "./workbench.ts";
import { wav } from "./make_wav.ts";

/** Files by name, in a folder that goes away with the test. */
async function inFolder(files: Record<string, Uint8Array | string>, use: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(files)) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(join(folder, name), bytes);
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const named = (path: string): InputFile => ({ path, at: "load.yaml:7:9" });
const withInputs = (kind: "stt" | "llm" | "tts", ...paths: string[]): ServicePlan => ({
  ...SERVICES[kind],
  inputs: paths.map(named),
});

async function clips(...paths: string[]) {
  const inputs = await loadInputs(withInputs("stt", ...paths));
  assert.equal(inputs.kind, "stt");
  return inputs.clips;
}

/** Asserts that loading fails, naming the file and where it was named, and with `what`. */
async function refused(kind: "stt" | "llm" | "tts", path: string, what: string | RegExp, culprit = path) {
  await assert.rejects(loadInputs(withInputs(kind, path)), (error: Error & { kind?: string }) => {
    assert.deepEqual([error.name, error.kind], ["UserError", "input"]);
    const start = `Cannot use ${JSON.stringify(culprit)} (named at load.yaml:7:9): `;
    assert.equal(error.message.slice(0, start.length), start);
    const rest = error.message.slice(start.length);
    if (typeof what === "string") assert.equal(rest, what);
    else assert.match(rest, what);
    return true;
  });
}

Deno.test("the built-in clips are speech with transcripts, short enough for a demo", async () => {
  const inputs = await loadInputs(SERVICES.stt);
  assert.equal(inputs.kind, "stt");
  assert.equal(inputs.clips.length, 8);
  let bytes = 0;
  for (const clip of inputs.clips) {
    const length_ms = clipLength(clip);
    assert.ok(length_ms > 1200 && length_ms < 8000, `${clip.name} is ${length_ms} ms`);
    assert.ok(clip.text !== null && clip.text.length > 10);
    const silence_ms = length_ms - clip.speech_samples / 16;
    assert.ok(silence_ms > 50 && silence_ms < 250, `${clip.name} ends in ${silence_ms} ms of silence`);
    bytes += clip.pcm.length;
  }
  assert.ok(bytes < 700_000);
});

Deno.test("the built-in texts are many and all different", async () => {
  const llm = await loadInputs(SERVICES.llm);
  const tts = await loadInputs(SERVICES.tts);
  assert.ok(llm.kind === "llm" && tts.kind === "tts");
  for (const [list, least] of [[llm.prompts, 40], [llm.chats, 30], [tts.sentences, 30]] as const) {
    assert.ok(list.length >= least);
    assert.equal(new Set(list.map((entry) => JSON.stringify(entry))).size, list.length);
  }
  for (const turns of llm.chats) {
    turns.forEach(({ role }, index) => assert.equal(role, index % 2 === 0 ? "user" : "assistant"));
    assert.equal(turns.length % 2, 1, "the user speaks last");
  }
});

Deno.test("loadInputs() reads a WAV file with the transcript beside it", async () => {
  await inFolder({ "a.wav": wav({ samples: [0, 9000, 0] }), "a.txt": " hello there\n" }, async (folder) => {
    const [clip] = await clips(join(folder, "a.wav"));
    assert.deepEqual([clip?.name, clip?.text, clip?.speech_samples], ["a.wav", "hello there", 2]);
  });
});

Deno.test("loadInputs() reads a folder of WAV files in the order of their names", async () => {
  const files = { "b.WAV": wav({}), "a.wav": wav({}), "a.txt": "", "notes.md": "x" };
  await inFolder(files, async (folder) => {
    const list = await clips(folder);
    assert.deepEqual(list.map(({ name, text }) => [name, text]), [["a.wav", ""], ["b.WAV", null]]);
  });
});

Deno.test("loadInputs() reads a manifest, its paths relative to it", async () => {
  const manifest = '{"audio": "a.wav", "text": "one"}\n\n{"audio": "a.wav"}\r\n';
  await inFolder({ "m.jsonl": manifest, "a.wav": wav({}), "a.txt": "beside" }, async (folder) => {
    assert.deepEqual((await clips(join(folder, "m.jsonl"))).map(({ text }) => text), ["one", "beside"]);
  });
});

Deno.test("loadInputs() joins several inputs", async () => {
  await inFolder({ "a.wav": wav({}), "b.wav": wav({}) }, async (folder) => {
    assert.equal((await clips(join(folder, "a.wav"), join(folder, "b.wav"))).length, 2);
  });
});

Deno.test("loadInputs() refuses a WAV file that is missing, a folder without any, a file that is none", async () => {
  const files = { "song.mp3": "ID3\u0004", "words.wav": "once upon", "empty.wav": "" };
  await inFolder(files, async (folder) => {
    await refused("stt", join(folder, "gone.wav"), "there is no such file; check the path");
    await refused("stt", folder, "it is not a WAV file: it looks like an empty file", join(folder, "empty.wav"));
    await refused("stt", join(folder, "words.wav"), "it is not a WAV file: it looks like text");
    await refused("stt", join(folder, "empty.wav"), "it is not a WAV file: it looks like an empty file");
    const song = join(folder, "song.mp3");
    const converted = `'${join(folder, "song.16k.wav")}'`;
    const convert = `ffmpeg -i '${song}' -ac 1 -ar 16000 -c:a pcm_s16le ${converted}`;
    await refused("stt", song, `it is not a WAV file: it looks like MP3. Convert it: ${convert}`);
  });
  await inFolder({ "a.flac": "fLaC" }, async (folder) => {
    const what =
      "there is no .wav file in this folder (it holds a.flac); put WAV files there or name a manifest (.jsonl)";
    await refused("stt", folder, what);
  });
});

Deno.test("loadInputs() says what a WAV file of another format is, and how to convert it", async () => {
  await inFolder({ "it's.wav": wav({ rate: 44_100, channels: 2 }) }, async (folder) => {
    const path = join(folder, "it's.wav");
    const target = path.replace(".wav", ".16k.wav");
    const word = (path: string) => `'${path.replace("'", "'\\''")}'`;
    const format = "it is 44100 Hz, 2 channels, 16-bit PCM, where 16000 Hz, 1 or 2 channels, 16-bit PCM is needed";
    const convert = `ffmpeg -i ${word(path)} -ac 1 -ar 16000 -c:a pcm_s16le ${word(target)}`;
    await refused("stt", path, `${format}. Convert it: ${convert}`);
  });
});

Deno.test("loadInputs() refuses a clip of more than five minutes", async () => {
  await inFolder({ "long.wav": wav({ samples: new Array(16_000 * 301).fill(0) }) }, async (folder) => {
    const what = "it is 301 s long, and at most 300 s are spoken; cut it into pieces";
    await refused("stt", join(folder, "long.wav"), what);
  });
});

Deno.test("loadInputs() refuses a file of more than 50 MB unread", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "huge.txt");
    await Deno.writeFile(path, new Uint8Array(1));
    await Deno.truncate(path, 51 * 1024 * 1024);
    await refused("llm", path, "it is 51 MB, and at most 50 MB are read; split it");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("loadInputs() tells the line of a manifest that is wrong", async () => {
  await inFolder({
    "json.jsonl": '{"audio": "a.wav"}\n{"audio"',
    "list.jsonl": "[1]",
    "other.jsonl": '{"audio_filepath": "a.wav"}',
    "text.jsonl": '{"audio": "a.wav", "text": 3}',
    "none.jsonl": "\n",
    "gone.jsonl": '{"audio": "gone.wav"}',
  }, async (folder) => {
    const path = (name: string) => join(folder, name);
    await refused("stt", path("json.jsonl"), /^line 2 is not JSON: /);
    await refused("stt", path("list.jsonl"), "line 1 is a list; each line must be an object");
    const keys = 'line 1 is an object with "audio_filepath"; it must have "audio" with the path of a WAV file';
    await refused("stt", path("other.jsonl"), keys);
    await refused("stt", path("text.jsonl"), 'line 1: "text" is a number; it must be a string');
    await refused("stt", path("none.jsonl"), /^it holds no lines/);
    await refused("stt", path("gone.jsonl"), "there is no such file; check the path", path("gone.wav"));
  });
});

Deno.test("loadInputs() reads prompts from lines of text and of JSON; a chat of each", async () => {
  const files = { "a.txt": "\ufeffone\r\n\n two \n", "b.jsonl": '{"prompt": "three"}\n{"text": "four"}' };
  await inFolder(files, async (folder) => {
    const inputs = await loadInputs(withInputs("llm", join(folder, "a.txt"), join(folder, "b.jsonl")));
    const prompts = ["one", "two", "three", "four"];
    const chats = prompts.map((content) => [{ role: "user", content } as const]);
    assert.deepEqual(inputs, { kind: "llm", prompts, chats } satisfies Inputs);
    const sentences = await loadInputs(withInputs("tts", join(folder, "a.txt")));
    assert.deepEqual(sentences, { kind: "tts", sentences: ["one", "two"] });
  });
});

Deno.test("loadInputs() refuses texts that are none, too long, not UTF-8, or without a known key", async () => {
  await inFolder({
    "blank.txt": " \n\n",
    "long.txt": `ok\n${"x".repeat(100_001)}`,
    "emoji.txt": "😀".repeat(100_000),
    "latin.txt": new Uint8Array([0x63, 0x61, 0x66, 0xe9]),
    "keys.jsonl": '{"text": "ok"}\n{"question": "?"}',
  }, async (folder) => {
    const path = (name: string) => join(folder, name);
    await refused("llm", path("blank.txt"), "it holds no text; write one prompt or sentence a line");
    await refused("llm", path("long.txt"), "line 2 has more than 100000 characters; shorten it");
    assert.equal((await loadInputs(withInputs("llm", path("emoji.txt")))).kind, "llm");
    await refused("tts", path("latin.txt"), "it is not UTF-8 text; save it as UTF-8");
    const keys = 'line 2 is an object with "question"; it must have "prompt" or "text" with a string';
    await refused("tts", path("keys.jsonl"), keys);
    await refused("tts", folder, "it is a folder; name a file");
  });
});

Deno.test("Budget refuses one entry too many and one byte too many", () => {
  const fail = (what: string): never => {
    throw new Error(what);
  };
  const entries = new Budget();
  for (let i = 0; i < MAX_ENTRIES; i++) entries.take(1, fail);
  assert.throws(() => entries.take(1, fail), { message: "more than 10000 inputs for one service; name fewer" });
  const bytes = new Budget();
  bytes.take(MAX_TOTAL_BYTES, fail);
  assert.throws(() => bytes.take(1, fail), /^Error: more than 256 MB of inputs/);
});

Deno.test("makeClip() finds the end of speech by level, unless the transcript says there is none", () => {
  const pcm = (...samples: number[]) => new Uint8Array(new Int16Array(samples).buffer);
  assert.equal(makeClip("a", pcm(0, 8000, -8000, 100, 0), null).speech_samples, 3);
  assert.equal(makeClip("a", pcm(0, 0, -32768), null).speech_samples, 3);
  assert.equal(makeClip("a", pcm(0, 300, 0), null).speech_samples, 0, "silence");
  assert.equal(makeClip("a", pcm(0, 300, 0), "whispered").speech_samples, 3, "known to be speech");
  assert.equal(makeClip("a", pcm(0, 8000), "").speech_samples, 0, "known to be none");
});

Deno.test("Prepared picks every entry and makes each once", () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }).map(Math.abs);
  fc.assert(fc.property(fc.integer({ min: 1, max: 50 }), random, (n, at) => {
    let made = 0;
    const prepared = new Prepared(Array.from({ length: n }, (_, i) => i), (i) => ({ i, made: ++made }));
    const first = prepared.pick({ next: () => at });
    assert.equal(prepared.pick({ next: () => at }), first);
    assert.equal(first.i, Math.floor(at * n));
    assert.equal(made, 1);
  }));
  assert.throws(() => new Prepared([], (x) => x), { name: "RangeError" });
});
