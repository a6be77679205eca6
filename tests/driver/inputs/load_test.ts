import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { makeClip } from "../../../lib/driver/inputs/clip.ts";
import { clipLength, isList, NO_CALL, Prepared } from "../../../lib/driver/inputs/inputs.ts";
import { DEFAULT_INPUT_PLAN } from "../../../lib/plan/inputs.ts";
import { SERVICES } from "../workbench.ts";
import { wav } from "./read/make_wav.ts";
import { clips, inFolder, loaded, refused, refusedBy, texts, withInputs } from "./folder.ts";
import { picking } from "../call_start.ts";

Deno.test("the built-in clips are speech with transcripts, short enough for a demo", async () => {
  const { clips } = await loaded("stt", SERVICES.stt);
  assert.ok(isList(clips));
  assert.equal(clips.length, 8);
  let bytes = 0;
  for (const clip of clips) {
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
  const { prompts, chats } = await loaded("llm", SERVICES.llm);
  const { sentences } = await loaded("tts", SERVICES.tts);
  assert.ok(isList(prompts) && isList(chats) && isList(sentences));
  for (const [list, least] of [[prompts, 40], [chats, 30], [sentences, 30]] as const) {
    assert.ok(list.length >= least);
    assert.equal(new Set(list.map((entry) => JSON.stringify(entry))).size, list.length);
  }
  for (const turns of chats) {
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
    const convert = `find '${folder}' -name '*.flac' -exec sh -c 'ffmpeg -i "$1" -ac 1 -ar 16000 -c:a pcm_s16le ` +
      `"\${1%.*}.16k.wav"' - {} \\;`;
    const what = `there is no .wav file in this folder (it holds a.flac); convert its files: ${convert}`;
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
    const what = "it is 301 s long, and the limit is 300 s; cut it into pieces";
    await refused("stt", join(folder, "long.wav"), what);
  });
});

Deno.test("loadInputs() tells the line of a manifest that is wrong", async () => {
  await inFolder({
    "json.jsonl": '{"audio": "a.wav"}\n{"audio"',
    "list.jsonl": "[1]",
    "other.jsonl": '{"sound": "a.wav"}',
    "part.jsonl": '{"audio": "a.wav"}\n{"audio": "a.wav", "offset": 3, "duration": 1}',
    "text.jsonl": '{"audio": "a.wav", "text": 3}',
    "none.jsonl": "\n",
    "gone.jsonl": '{"audio": "gone.wav"}',
    "a.wav": wav({}),
  }, async (folder) => {
    const path = (name: string) => join(folder, name);
    await refused("stt", path("json.jsonl"), /^line 2 is not JSON: /);
    await refused("stt", path("list.jsonl"), "line 1 is a number; each line must be an object");
    const part = "line 2 has a segment that goes from 3 to 4 s; its recording is 0.000125 s long";
    await refused("stt", path("part.jsonl"), part);
    const keys =
      'line 1 is an object with "sound"; it must have "audio" (or "audio_filepath") with the path of a WAV file';
    await refused("stt", path("other.jsonl"), keys);
    await refused("stt", path("text.jsonl"), 'line 1 has a number as "text"; it must be a string');
    await refused("stt", path("none.jsonl"), /^it holds no lines/);
    await refused("stt", path("gone.jsonl"), "there is no such file; check the path", path("gone.wav"));
  });
});

Deno.test("loadInputs() reads a manifest as NeMo writes it", async () => {
  const manifest = '{"audio_filepath": "w/a.wav", "duration": 0.1, "text": "one"}\n';
  await inFolder({ "m.json": manifest, "w/a.wav": wav({}) }, async (folder) => {
    assert.deepEqual((await clips(join(folder, "m.json"))).map(({ name, text }) => [name, text]), [["a.wav", "one"]]);
  });
});

Deno.test("loadInputs() looks into the folders of a folder, and past what is hidden", async () => {
  const files = { "b/1.wav": wav({}), "a/2/3.wav": wav({}), "a/.x.wav": "no" };
  await inFolder(files, async (folder) => {
    assert.deepEqual((await clips(folder)).map(({ name }) => name), ["3.wav", "1.wav"]);
  });
});

Deno.test("loadInputs() reads prompts from lines of text and of JSON; a chat of each", async () => {
  const files = { "a.txt": "\ufeffone\r\n\n two \n", "b.jsonl": '{"prompt": "three"}\n{"text": "four"}' };
  await inFolder(files, async (folder) => {
    const prompts = ["one", "two", "three", "four"];
    const chats = prompts.map((content) => [{ role: "user", content } as const]);
    assert.deepEqual(await texts(join(folder, "a.txt"), join(folder, "b.jsonl")), { prompts, chats });
    assert.deepEqual(await texts(folder), { prompts, chats });
    const { sentences } = await loaded("tts", withInputs("tts", join(folder, "a.txt")));
    assert.ok(!isList(sentences));
    assert.deepEqual([...sentences.all()], ["one", "two"]);
  });
});

Deno.test("loadInputs() refuses texts that are none, too long, not UTF-8, or without a known key", async () => {
  await inFolder({
    "blank.txt": " \n\n",
    "long.txt": `ok\n${"x".repeat(100_001)}`,
    "emoji.txt": "😀".repeat(100_000),
    "latin.txt": new Uint8Array([0x63, 0x61, 0x66, 0xe9]),
    "keys.jsonl": '{"text": "ok"}\n{"answer": "?"}\n{"answer": 1}',
  }, async (folder) => {
    const path = (name: string) => join(folder, name);
    await refused("llm", path("blank.txt"), "it has no text; write one prompt or sentence per line");
    await refused("llm", path("long.txt"), "line 2 has more than 100000 characters; shorten it");
    assert.equal((await texts(path("emoji.txt"))).prompts.length, 1);
    await refused("tts", path("latin.txt"), "line 1 is not UTF-8 text; save it as UTF-8");
    const wanted = 'it must have "prompt" or "text" with a string, or "messages" with a conversation';
    const others = "(2 of 3 entries are bad; this is the first)";
    await refused("tts", path("keys.jsonl"), `line 2 is an object with "answer"; ${wanted} ${others}`);
    await Deno.mkdir(path("empty"));
    await refused("tts", path("empty"), "there is no .txt, .jsonl, .json or .csv file in this folder (it is empty)");
    const openai = { ...withInputs("llm", path("long.txt")), protocol: "openai" as const };
    assert.equal((await loaded("llm", openai)).kind, "llm", "only June's servers refuse long texts");
  });
});

Deno.test("loadInputs() reads a list of conversations, and says where one breaks", async () => {
  const list = [
    { id: 1, conversations: [{ from: "human", value: "Hi" }, { from: "gpt", value: "Hello" }] },
    { id: 2, conversations: [] },
    {
      id: 3,
      conversations: [{ from: "system", value: "S" }, { from: "gpt", value: "x" }, { from: "human", value: "Q" }],
    },
  ];
  const bad = [{ prompt: "fine" }, { conversations: [{ from: "robot", value: "?" }] }];
  await inFolder({
    "a.json": JSON.stringify(list, null, 2),
    "bad.json": JSON.stringify(bad, null, 1),
    "cut.json": '[{"prompt": "a"},',
    "more.json": '["a"] ["b"]',
    "none.json": '"a"',
  }, async (folder) => {
    const { prompts, chats } = await texts(join(folder, "a.json"));
    assert.deepEqual(prompts, ["Hi", "Q"], "what holds no question is passed over");
    assert.deepEqual(chats[1], [{ role: "system", content: "S" }, { role: "user", content: "Q" }]);
    const path = (name: string) => join(folder, name);
    const roles = 'line 5 has a turn of "robot"; roles are system, user (human), assistant (gpt), tool (observation)';
    await refused("llm", path("bad.json"), roles);
    await refused("llm", path("cut.json"), "line 1: it ends before its list is closed");
    await refused("llm", path("more.json"), "line 1: something follows the end of its list");
    await refused("llm", path("none.json"), 'it must hold one list: "[" comes first');
  });
});

Deno.test("loadInputs() reads columns of a CSV file, and says which there are", async () => {
  const rows = 'id,Question,max_tokens\r\n1,"Why, ""oh"" why?\nSay.",7\r\n\r\n2,Plain,\r\n';
  await inFolder({ "a.csv": rows, "b.tsv": "q\tid\nhello\t1\n", "c.csv": 'prompt,x\n"open,1\n' }, async (folder) => {
    const path = (name: string) => join(folder, name);
    assert.deepEqual((await texts(path("a.csv"))).prompts, ['Why, "oh" why?\nSay.', "Plain"]);
    const none =
      "its first line has no column called prompt, text, question or similar: it has q, id; name one as field";
    await refused("llm", path("b.tsv"), none);
    const field = { ...withInputs("llm", path("b.tsv")), input_plan: { ...DEFAULT_INPUT_PLAN, field: "q" } };
    assert.equal((await loaded("llm", field)).kind, "llm");
    const wrong = { ...withInputs("llm", path("b.tsv")), input_plan: { ...DEFAULT_INPUT_PLAN, field: "z" } };
    await refusedBy(wrong, 'its first line has no column "z": it has q, id; name one as field', path("b.tsv"));
    await refused("llm", path("c.csv"), "line 2 has a quote that is never closed");
  });
});

Deno.test("a file that changes while a run reads it is told as that", async () => {
  await inFolder({ "a.jsonl": '{"prompt": "one"}\n{"prompt": "two"}\n' }, async (folder) => {
    const path = join(folder, "a.jsonl");
    const { prompts } = await loaded("llm", withInputs("llm", path));
    assert.ok(!isList(prompts));
    assert.equal(prompts.next(NO_CALL).input, "one");
    await Deno.writeTextFile(path, "gone");
    assert.equal(prompts.next(NO_CALL).input, "one", "what was read is kept");
    const what = /has changed since the run began; leave inputs alone/;
    assert.throws(() => prompts.next(picking({ next: () => 0.9 })), { name: "UserError", message: what });
  });
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
    const first = prepared.pick(picking({ next: () => at }));
    assert.equal(prepared.pick(picking({ next: () => at })), first);
    assert.equal(first.i, Math.floor(at * n));
    assert.equal(made, 1);
  }));
  assert.throws(() => new Prepared([], (x) => x), { name: "RangeError" });
});
