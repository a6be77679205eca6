/** Data sets and recordings. */
import { parseRow, readHead } from "../../../lib/base/csv.ts";
import { parseWav, WavError } from "../../../lib/driver/inputs/read/wav.ts";
import { everyInput } from "../../../lib/driver/inputs/inputs.ts";
import { loadInputs } from "../../../lib/driver/registry.ts";
import { UserError } from "../../../lib/plan/errors.ts";
import type { ServiceKind } from "../../../lib/plan/plan.ts";
import { editDistance, normalWords } from "../../../lib/measure/word_error.ts";
import { wav } from "../../driver/inputs/read/make_wav.ts";
import { SERVICES } from "../../driver/workbench.ts";
import { type Target, textOf } from "../target.ts";

const repeated = (piece: string, before = "") => (size: number) =>
  before + piece.repeat(Math.ceil(size / piece.length));

/** Two seconds, for manifests. */
const RECORDING = wav({ samples: Array.from({ length: 32_000 }, (_, at) => at % 1000) });

/** Reads a file of this name as a service's inputs, all of them. */
function fileOf(kind: Exclude<ServiceKind, "call">, name: string): Target["read"] {
  return async (input) => {
    const folder = await Deno.makeTempDir({ prefix: "june_load_fuzz_" });
    try {
      const path = `${folder}/${name}`;
      await Deno.writeFile(path, input);
      if (kind === "stt") await Deno.writeFile(`${folder}/a.wav`, RECORDING);
      const inputs = await loadInputs({ ...SERVICES[kind], inputs: [{ path, at: "f.yaml:1:1" }] });
      if (inputs.kind === "call") throw new Error("no inputs");
      const supply = inputs.kind === "stt" ? inputs.clips : inputs.kind === "llm" ? inputs.prompts : inputs.sentences;
      for (const _ of everyInput(supply as Parameters<typeof everyInput>[0]));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
}

const isUserError = (error: unknown): boolean => error instanceof UserError;

const JSONL = '{"prompt": "Hello", "max_tokens": 5}\n{"messages": [{"role": "user", "content": "Hi \\u00e4"}]}\n';
const TABLE = 'prompt,max_tokens\n"Hello, ""you""",5\nBye,6\n';
const JSON_WORDS = ["{", "}", "[", "]", '"', "\\u", ",", "\n", "null", "1e999", "\ufeff", '"role"', '"content"', ":"];

export const INPUT_TARGETS: readonly Target[] = [
  {
    name: "prompts of JSON lines",
    slow: true,
    seeds: [JSONL],
    words: JSON_WORDS,
    read: fileOf("llm", "prompts.jsonl"),
    isRefusal: isUserError,
    growing: [
      repeated('{"prompt": "a"}\n'),
      repeated("["),
      repeated('{"a":'),
      repeated("\n", "a"),
      repeated("\\", '{"prompt": "'),
    ],
  },
  {
    name: "prompts of a JSON list",
    slow: true,
    seeds: ['[{"prompt": "Hello"}, {"conversations": [{"from": "human", "value": "Hi"}]}, "x"]'],
    words: JSON_WORDS,
    read: fileOf("llm", "prompts.json"),
    isRefusal: isUserError,
    growing: [repeated("["), repeated('{"prompt": "a"},', "["), repeated('"', "["), repeated(" ")],
  },
  {
    name: "tables of prompts",
    slow: true,
    seeds: [TABLE, "sep=;\nprompt;x\na;b\n", "prompt\tmax_tokens\na\t1\n"],
    words: [",", '"', '""', "\n", "\r\n", ";", "\t", "sep=", "\ufeff"],
    read: fileOf("llm", "prompts.csv"),
    isRefusal: isUserError,
    growing: [
      repeated('"', "prompt\n"),
      repeated("a,1\n", "prompt,max_tokens\n"),
      repeated(","),
      repeated('""', 'prompt\n"'),
    ],
  },
  {
    name: "CSV",
    seeds: ['a,"b ""c""",d', "a;b;c", "sep=,\nprompt,x\n1,2"],
    words: [",", '"', ";", "\t", "\n", "sep="],
    read(input) {
      const text = textOf(input);
      readHead(text, () => false);
      for (const loose of [true, false]) parseRow(text, { separator: ",", loose });
    },
    growing: [repeated('"'), repeated(","), repeated('"",'), repeated("\n")],
  },
  {
    name: "manifests",
    slow: true,
    seeds: ['{"audio_filepath": "a.wav", "text": "hello", "offset": 0.5, "duration": 1}\n'],
    words: [...JSON_WORDS, '"../a.wav"', '"/dev/zero"', "-1", '"offset"'],
    read: fileOf("stt", "manifest.jsonl"),
    isRefusal: isUserError,
    growing: [repeated('{"audio_filepath": "a.wav"}\n'), repeated("{")],
  },
  {
    name: "WAV",
    seeds: [
      wav({ samples: [1, 2, 3] }),
      wav({ channels: 2, samples: [1, 2] }),
      wav({ before: [["LIST", [1, 2, 3]]], samples: [5] }),
    ],
    words: ["RIFF", "WAVE", "fmt ", "data", "LIST", new Uint8Array([255, 255, 255, 255]), new Uint8Array(4)],
    read: (input) => void parseWav(input),
    isRefusal: (error) => error instanceof WavError,
    growing: [
      (size) => {
        const chunk = new Uint8Array(8).map((_, at) => "JUNK".charCodeAt(at) || 0);
        const head = new TextEncoder().encode("RIFF....WAVE");
        return Uint8Array.from([...head, ...Array.from({ length: size / 8 }, () => [...chunk]).flat()]);
      },
    ],
  },
  {
    name: "transcripts",
    seeds: ["Doctor Smith paid twenty-five dollars and 50 cents.", "it's 5:30 p.m. on the 21st", "I can't"],
    words: ["twenty ", "hundred ", "point ", "$", "%", "'", "million ", "-", "(", "[", "°"],
    read(input) {
      const words = normalWords(textOf(input).slice(0, 2000), "en");
      editDistance(words.slice(0, 200), ["twenty", "five", "dollars"]);
    },
    growing: [],
  },
];
