/** Files as other tools write them: one line of a table each. The next dialect is another line. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { ChatTurn } from "../../../lib/driver/inputs/inputs.ts";
import { everyInput, isList, NO_CALL } from "../../../lib/driver/inputs/inputs.ts";
import { indexInputs } from "../../../lib/driver/registry.ts";
import { inFolder, loaded, refused, withInputs } from "./folder.ts";
import { wav } from "./read/make_wav.ts";

const user = (content: string): ChatTurn => ({ role: "user", content });
const system = (content: string): ChatTurn => ({ role: "system", content });
const json = JSON.stringify;
const call = (id: string) => ({ id, type: "function", function: { name: "book", arguments: '{"seats":2}' } });

/** What is read from a file of texts: first prompts, chats where they say more, the limit of the first answer. */
interface Texts {
  prompts?: string[];
  chats?: (readonly ChatTurn[])[];
  limit?: number;
  /** Names of fields that are noted as unused. */
  unused?: string[];
}

/** The name of the file, its text, and what is right. */
const TEXTS: Record<string, [name: string, text: string, right: Texts]> = {
  "CSV, one column, commas in its texts": ["a.csv", 'prompt\nHi, you\n"Quoted, too"\n', {
    prompts: ["Hi, you", "Quoted, too"],
  }],
  "CSV without a name for its only column": ["a.csv", "How are you?\nWhat is it, then?\n", {
    prompts: ["How are you?", "What is it, then?"],
  }],
  "CSV with a name of its own for its only column": ["a.csv", "frage\nWie geht es?\n", { prompts: ["Wie geht es?"] }],
  "CSV of a European Excel": ["a.csv", '\ufeffid;prompt;max_tokens\r\n1;"Hi; you";20\r\n', {
    prompts: ["Hi; you"],
    limit: 20,
  }],
  "CSV with Excel's line sep=": ["a.csv", "sep=;\r\nprompt;max_tokens\r\nHi, you;20\r\n", {
    prompts: ["Hi, you"],
    limit: 20,
  }],
  "CSV of pandas": ["a.csv", ",prompt,score\n0,Hi,\n1,Ho,3\n", { prompts: ["Hi", "Ho"], unused: ["score"] }],
  "CSV with bars": ["a.csv", "id|text|output_length\n1|Hi, you|7\n", { prompts: ["Hi, you"], limit: 7 }],
  "CSV with a quote within a text": ["a.csv", 'text,id\n5" pipe,1\nsecond,2\n', { prompts: ['5" pipe', "second"] }],
  "CSV that ends its rows with empty fields": ["a.csv", "prompt,x\nHi,,,\n", { prompts: ["Hi"] }],
  "TSV with tabs in a .csv": ["a.csv", "Question\tMax Tokens\nHi, you\t9\n", { prompts: ["Hi, you"], limit: 9 }],
  "TSV with quotes that belong to the text": ["a.tsv", 'text\tid\n"Hi," he said\t1\nA "b" c\t2\n', {
    prompts: ['"Hi," he said', 'A "b" c'],
  }],
  "TSV with line ends in quotes": ["a.tsv", 'text\tid\n"two\nlines"\t1\n', { prompts: ["two\nlines"] }],
  "a list on one line of a .jsonl": ["a.jsonl", '[{"prompt": "one"}, {"prompt": "two"}]', { prompts: ["one", "two"] }],
  "a pretty-printed list in a .jsonl": ["a.jsonl", json([{ prompt: "one" }, { prompt: "two" }], null, 2), {
    prompts: ["one", "two"],
  }],
  "pretty-printed objects, one after another": [
    "a.jsonl",
    [{ prompt: "one" }, { prompt: "two" }].map((value) => json(value, null, 2)).join("\n"),
    { prompts: ["one", "two"] },
  ],
  "one pretty-printed object in a .json": ["a.json", json({ prompt: "one", max_tokens: 5 }, null, 4), {
    prompts: ["one"],
    limit: 5,
  }],
  "a line of JSON with an indented object in a text": ["a.jsonl", '{"prompt": "{\\n  x\\n}"}\n{"prompt": "two"}\n', {
    prompts: ["{\n  x\n}", "two"],
  }],
  "a list of turns a line": ["a.jsonl", `${json([system("S"), user("one")])}\n${json([user("two")])}\n`, {
    prompts: ["one", "two"],
    chats: [[system("S"), user("one")], [user("two")]],
  }],
  "AIPerf, a single turn": ["a.jsonl", '{"text": "Hi", "output_length": 20}\n', { prompts: ["Hi"], limit: 20 }],
  "AIPerf, several turns": ["a.jsonl", '{"session_id": "s", "turns": [{"text": "one"}, {"text": "two", "delay": 5}]}', {
    chats: [[user("one")]],
    unused: ["turns[].delay", "session_id"],
  }],
  "GenAI-Perf": ["a.jsonl", '{"text_input": "Hi"}', { prompts: ["Hi"] }],
  "vLLM's own data": ["a.jsonl", '{"prompt": "Hi", "output_tokens": 9}', { limit: 9 }],
  "TGI": ["a.jsonl", '{"inputs": "Hi", "parameters": {"max_new_tokens": 9, "top_k": 3}}', {
    prompts: ["Hi"],
    limit: 9,
    unused: ["parameters.top_k"],
  }],
  "GuideLLM": ["a.csv", "prompt,prompt_tokens_count,output_tokens_count\nHi,1,9\n", { prompts: ["Hi"], limit: 9 }],
  "Alpaca": ["a.json", json([{ instruction: "Translate.", input: "Hello", output: "Hallo" }]), {
    prompts: ["Translate.\n\nHello"],
    unused: ["output"],
  }],
  "two texts": ["a.jsonl", '{"prompt": "Hi", "text": "Ho"}', { prompts: ["Hi"], unused: ["text"] }],
  "OpenAI's batches": [
    "a.jsonl",
    json({ custom_id: "1", method: "POST", url: "/v1", body: { model: "m", messages: [user("Hi")], max_tokens: 9 } }),
    { chats: [[user("Hi")]], limit: 9, unused: ["body.model"] },
  ],
  "a prompt and its system message": ["a.jsonl", '{"system_prompt": "S", "prompt": "Hi"}', {
    chats: [[system("S"), user("Hi")]],
  }],
  "OpenAI's chats with tools": [
    "a.jsonl",
    json({
      messages: [
        user("Two?"),
        { role: "assistant", content: null, tool_calls: [call("c1")] },
        { role: "tool", tool_call_id: "c1", content: "free" },
        { role: "assistant", content: "Booked." },
        user("Three."),
      ],
    }),
    {
      chats: [[
        user("Two?"),
        { role: "assistant", content: "", tool_calls: [call("c1")] },
        { role: "tool", content: "free", tool_call_id: "c1" },
        { role: "assistant", content: "Booked." },
        user("Three."),
      ]],
    },
  ],
  "a chat that waits for an answer to a tool": [
    "a.jsonl",
    json({
      messages: [
        user("Two?"),
        { role: "assistant", content: null, tool_calls: [call("c1")] },
        { role: "tool", tool_call_id: "c1", content: "free" },
      ],
    }),
    {
      chats: [[
        user("Two?"),
        { role: "assistant", content: "", tool_calls: [call("c1")] },
        { role: "tool", content: "free", tool_call_id: "c1" },
      ]],
    },
  ],
  "ShareGPT with tools": [
    "a.json",
    json([{
      system: "You book.",
      conversations: [
        { from: "human", value: "Two?" },
        { from: "function_call", value: '{"name": "book", "arguments": {"seats": 2}}' },
        { from: "observation", value: "free" },
        { from: "gpt", value: "Booked." },
        { from: "human", value: "Three.", weight: 1 },
      ],
    }]),
    {
      chats: [[
        system("You book."),
        user("Two?"),
        { role: "assistant", content: "", tool_calls: [call("call_1")] },
        { role: "tool", content: "free", tool_call_id: "call_1" },
        { role: "assistant", content: "Booked." },
        user("Three."),
      ]],
      unused: ["conversations[].weight"],
    },
  ],
  "Mooncake beside texts": ["a.jsonl", '{"timestamp": 0, "text_input": "Hi", "output_length": 12}', {
    prompts: ["Hi"],
    limit: 12,
  }],
};

for (const [dialect, [name, text, right]] of Object.entries(TEXTS)) {
  Deno.test(`texts are read from ${dialect}`, async () => {
    await inFolder({ [name]: text }, async (folder) => {
      const service = withInputs("llm", join(folder, name));
      const { prompts, chats } = await loaded("llm", service);
      assert.ok(!isList(prompts));
      if (right.prompts !== undefined) assert.deepEqual([...everyInput(prompts)], right.prompts);
      if (right.chats !== undefined) assert.deepEqual([...everyInput(chats)], right.chats);
      if (right.limit !== undefined) assert.equal(prompts.next(NO_CALL).limit?.max_tokens, right.limit);
      const { notes } = await indexInputs(service);
      const unused = notes.filter(({ kind }) => kind === "unused").flatMap(({ names }) => names);
      assert.deepEqual(unused, right.unused ?? []);
    });
  });
}

/** Traces: tokens of the prompts that are made. */
const TRACES: Record<string, [name: string, text: string, tokens: number[], limit: number]> = {
  "Mooncake's": [
    "a.jsonl",
    '{"timestamp": 0, "input_length": 1200, "output_length": 20, "hash_ids": [0, 1, 2]}\n' +
    '{"timestamp": 300, "input_length": 1100, "output_length": 30, "hash_ids": [0, 1, 3]}\n',
    [1200, 1100],
    20,
  ],
  "AIPerf's with smaller blocks": [
    "a.jsonl",
    '{"timestamp": 0, "input_length": 120, "output_length": 20, "hash_ids": [0, 1]}\n' +
    '{"timestamp": 300, "input_length": 128, "output_length": 30, "hash_ids": [0, 2]}\n',
    [120, 128],
    20,
  ],
  "BurstGPT's": ["a.csv", "Timestamp,Model,Request tokens,Response tokens\n5,ChatGPT,472,18\n", [472], 18],
  "Azure's": ["a.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.97,374,44\n", [374], 44],
};

for (const [dialect, [name, text, tokens, limit]] of Object.entries(TRACES)) {
  Deno.test(`prompts of the lengths of ${dialect} traces are made, the same each time`, async () => {
    await inFolder({ [name]: text }, async (folder) => {
      const { prompts } = await loaded("llm", withInputs("llm", join(folder, name)));
      assert.ok(!isList(prompts));
      const made = [...everyInput(prompts)];
      for (const [at, prompt] of made.entries()) {
        const words = prompt.split(" ").length;
        assert.ok(Math.abs(words - 0.75 * (tokens[at] as number)) <= 3, `${words} words`);
      }
      assert.equal(made.length, tokens.length);
      assert.deepEqual([...everyInput(prompts)], made);
      assert.equal(prompts.next(NO_CALL).limit?.max_tokens, limit);
      if (made[1] === undefined || made[0] === undefined) return;
      const common = [...made[0]].findIndex((letter, at) => letter !== made[1]?.[at]);
      const shared = text.includes("1200") ? 2 * 512 : 64;
      assert.equal(
        made[0].slice(0, common).split(" ").length,
        1 + 0.75 * shared,
        "blocks with the same ids are the same",
      );
    });
  });
}

/** What is read from a manifest beside `a.wav` (1 s, whose samples are their numbers) and `clips/b.wav`. */
type Heard = [name: string, text: string | null, first: number, samples: number][];
const MANIFESTS: Record<string, [name: string, text: string, right: Heard]> = {
  "NeMo, whole": ["m.json", '{"audio_filepath": "a.wav", "duration": 1.0, "text": "one"}\n', [[
    "a.wav",
    "one",
    0,
    16000,
  ]]],
  "NeMo, segments": [
    "m.jsonl",
    '{"audio_filepath": "a.wav", "offset": 0.25, "duration": 0.5, "text": "one"}\n' +
    '{"audio_filepath": "a.wav", "offset": 0.75, "duration": 0.3, "text": "two"}\n' +
    '{"audio_filepath": "a.wav", "offset": 0, "duration": 0.5}\n',
    [["a.wav from 0.25 s", "one", 4000, 8000], ["a.wav from 0.75 s", "two", 12000, 4000], [
      "a.wav from 0 s",
      null,
      0,
      8000,
    ]],
  ],
  "NeMo, a rounded duration": ["m.jsonl", '{"audio_filepath": "a.wav", "duration": 0.95}', [
    ["a.wav", "the words of all of it", 0, 16000],
  ]],
  "start and end": ["m.jsonl", '{"audio": "a.wav", "start": 0.5, "end": 0.75}', [[
    "a.wav from 0.5 s",
    null,
    8000,
    4000,
  ]]],
  "a pretty-printed list": ["m.json", json([{ audio: "a.wav", text: "one" }], null, 2), [["a.wav", "one", 0, 16000]]],
  "Common Voice": [
    "train.tsv",
    'client_id\tpath\tsentence\tup_votes\n1\tb.mp3\t"Well," he said\t2\n',
    [["b.wav", '"Well," he said', 0, 2]],
  ],
  "Hugging Face's audio folder": ["metadata.csv", 'file_name,transcription\na.wav,"One, two"\n', [
    ["a.wav", "One, two", 0, 16000],
  ]],
  "DeepSpeech": ["m.csv", "wav_filename,wav_filesize,transcript\na.wav,32044,one\n", [["a.wav", "one", 0, 16000]]],
  "WeNet": ["m.jsonl", '{"key": "1", "wav": "a.wav", "txt": "one"}', [["a.wav", "one", 0, 16000]]],
  "LibriSpeech": ["1-2.trans.txt", "1-2-0000 MISTER QUILTER\n1-2-0001 NOR IS\n", [
    ["1-2-0000.wav", "MISTER QUILTER", 0, 2],
    ["1-2-0001.16k.wav", "NOR IS", 0, 2],
  ]],
  "segments of a European Excel": ["m.csv", "audio;start;duration\na.wav;0,5;0,25\n", [[
    "a.wav from 0.5 s",
    null,
    8000,
    4000,
  ]]],
};

const AUDIO = {
  "a.wav": wav({ samples: Array.from({ length: 16_000 }, (_, at) => at) }),
  "a.txt": "the words of all of it",
  "clips/b.wav": wav({ samples: [0, 1] }),
  "1-2-0000.wav": wav({ samples: [0, 1] }),
  "1-2-0001.16k.wav": wav({ samples: [0, 1] }),
};

for (const [dialect, [name, text, right]] of Object.entries(MANIFESTS)) {
  Deno.test(`recordings are found through ${dialect}`, async () => {
    await inFolder({ ...AUDIO, [name]: text }, async (folder) => {
      const { clips } = await loaded("stt", withInputs("stt", join(folder, name)));
      const heard = [...everyInput(clips)].map(({ name, text, pcm }) => {
        const first = new DataView(pcm.buffer, pcm.byteOffset).getInt16(0, true);
        return [name, text, first, pcm.length / 2];
      });
      assert.deepEqual(heard, right);
    });
  });
}

Deno.test("a folder of LibriSpeech holds each recording once, with its words", async () => {
  const files = {
    "1/1-2.trans.txt": "1-2-0000 ONE\n1-2-0001 TWO\n",
    "1/1-2-0000.wav": wav({}),
    "1/1-2-0001.wav": wav({}),
    "2/other.wav": wav({}),
  };
  await inFolder(files, async (folder) => {
    const { clips } = await loaded("stt", withInputs("stt", folder));
    assert.deepEqual([...everyInput(clips)].map(({ name, text }) => [name, text]), [
      ...[["1-2-0000.wav", "ONE"], ["1-2-0001.wav", "TWO"], ["other.wav", null]],
    ]);
  });
});

Deno.test("speech in other formats is refused with the command that converts all of it", async () => {
  await inFolder({ "1-2.trans.txt": "1-2-0000 ONE\n", "1-2-0000.flac": "fLaC" }, async (folder) => {
    const what = /^june-load reads WAV files, and this one is FLAC\. Convert all .*: find '.*' -name '\*\.flac' -exec/;
    await refused("stt", join(folder, "1-2.trans.txt"), what, join(folder, "1-2-0000.flac"));
  });
});

Deno.test("fields that are not used are noted once, with the line they are first seen on", async () => {
  const lines = [
    '{"prompt": "a", "temperature": 0}',
    '{"prompt": "b", "temperature": 1, "seed": 3}',
    '{"prompt": "c"}',
  ];
  await inFolder({ "a.jsonl": lines.join("\n"), "b.jsonl": lines[1] as string }, async (folder) => {
    const path = (name: string) => join(folder, name);
    const { notes } = await indexInputs(withInputs("llm", path("a.jsonl"), path("b.jsonl")));
    assert.deepEqual(notes, [
      { kind: "unused", path: path("a.jsonl"), line: 1, names: ["temperature"] },
      { kind: "unused", path: path("a.jsonl"), line: 2, names: ["seed"] },
    ]);
  });
});

Deno.test("a chat's tools go with its request where the protocol has them, else they are noted", async () => {
  const tools = [{ type: "function", function: { name: "book" } }];
  const chat = json({ messages: [user("Two?")], tools, tool_choice: "auto" });
  await inFolder({ "a.jsonl": chat }, async (folder) => {
    const service = withInputs("llm", join(folder, "a.jsonl"));
    const openai = { ...service, protocol: "openai" as const };
    const { chats } = await loaded("llm", openai);
    assert.ok(!isList(chats));
    assert.deepEqual(chats.next(NO_CALL).fields, { tools, tool_choice: "auto" });
    assert.deepEqual((await indexInputs(openai)).notes, []);
    assert.deepEqual((await indexInputs(service)).notes.flatMap(({ names }) => names), ["tools", "tool_choice"]);
  });
  const bare = json({ query: "Two?", tools: json([{ name: "book", parameters: {} }]) });
  await inFolder({ "a.jsonl": bare }, async (folder) => {
    const { chats } = await loaded("llm", { ...withInputs("llm", join(folder, "a.jsonl")), protocol: "openai" });
    assert.ok(!isList(chats));
    const tools = [{ type: "function", function: { name: "book", parameters: {} } }];
    assert.deepEqual(chats.next(NO_CALL).fields, { tools }, "functions alone, as text, are made tools");
  });
});

Deno.test("a folder holds a converted recording once, with the words of the other", async () => {
  const files = { "a.wav": wav({ rate: 44_100 }), "a.16k.wav": wav({}), "a.txt": "one", "b.wav": wav({}) };
  await inFolder(files, async (folder) => {
    const { clips } = await loaded("stt", withInputs("stt", folder));
    assert.deepEqual([...everyInput(clips)].map(({ name, text }) => [name, text]), [["a.16k.wav", "one"], [
      "b.wav",
      null,
    ]]);
  });
});

Deno.test("a table in another encoding is refused as that", async () => {
  const utf16 = new Uint8Array([0xff, 0xfe, ...[..."prompt\tid\n"].flatMap((letter) => [letter.charCodeAt(0), 0])]);
  await inFolder({ "a.csv": utf16 }, async (folder) => {
    await refused("llm", join(folder, "a.csv"), "its first line is not UTF-8 text; save it as UTF-8");
  });
});
