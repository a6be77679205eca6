/** The clips that are sent, and the errors in what is heard of them. */
import assert from "node:assert/strict";
import type { Counter } from "../../lib/plan/threshold/threshold.ts";
import { CACHE } from "../foreign/servers/cache.ts";
import type { Pair } from "./compare.ts";
import { engineScript, type Logged, SENTENCES } from "./engines.ts";

const CLIP_HZ = 16_000;
const WAV_HEADER_BYTES = 44;

/** The sentences as Piper speaks them. */
export interface Clips {
  folder: string;
  /** What is said, by the clip's length in samples: that is all a server tells of it. */
  said: Map<number, string>;
}

/** Speaks the sentences into a folder; once. */
export async function spokenClips(): Promise<Clips> {
  const folder = `${CACHE}voice_clips`;
  const sentences = await Deno.readTextFile(SENTENCES);
  const mark = `${folder}/made_of`;
  if (await Deno.readTextFile(mark).catch(() => null) !== sentences) {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    await Deno.mkdir(folder, { recursive: true });
    await engineScript("clips.py", [folder], sentences);
    await Deno.writeTextFile(mark, sentences);
  }
  const said = new Map<number, string>();
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".wav")) continue;
    const { size } = await Deno.stat(`${folder}/${name}`);
    const text = await Deno.readTextFile(`${folder}/${name.replace(".wav", ".txt")}`);
    said.set((size - WAV_HEADER_BYTES) / 2, text.trim());
  }
  assert.equal(said.size, sentences.trim().split("\n").length, "two clips have the same length");
  return { folder, said };
}

/** What june-load counted of a call, or of all. */
export interface CountedErrors {
  count(name: Counter): number;
}

const RULES = [
  { rule: "english", errors: "word_errors", words: "reference_words" },
  { rule: "basic", errors: "basic_word_errors", words: "basic_reference_words" },
] as const;

/**
 * Word errors as june-load has them, beside those that jiwer finds in what the server heard.
 * @param calls each with its requests for speech
 */
export async function wordErrors(
  clips: Clips,
  calls: readonly (readonly [CountedErrors, Logged[]])[],
): Promise<Pair[]> {
  const pairs = calls.map(([, requests]) =>
    requests.map(({ audio_s, text }): [string, string] => {
      const words = clips.said.get(Math.round(audio_s * CLIP_HZ));
      assert.ok(words, `no clip is ${audio_s} s long`);
      return [words, text];
    })
  );
  const found = JSON.parse(await engineScript("words.py", [], JSON.stringify(pairs))) as JiwerErrors[];
  return RULES.flatMap(({ rule, errors, words }): Pair[] => {
    const ours = calls.map(([call]) => [call.count(errors), call.count(words)] as const);
    const theirs = found.map((one) => one[rule]);
    const both = (figure: string, unit: Pair["unit"], of: (all: readonly Errors[]) => number[]): Pair => ({
      figure: `${figure}, ${rule}`,
      unit,
      ours: of(ours),
      theirs: of(theirs),
    });
    return [
      both("word errors", "count", (all) => all.map(([bad]) => bad)),
      both("words", "count", (all) => all.map(([, words]) => words)),
      both("word error rate", "ratio", (all) => [total(all, 0) / total(all, 1)]),
    ];
  });
}

type Errors = readonly [errors: number, words: number];

/** Of the speech of one call. */
interface JiwerErrors {
  english: Errors;
  basic: Errors;
}

const total = (all: readonly Errors[], at: 0 | 1): number => all.reduce((sum, one) => sum + one[at], 0);
