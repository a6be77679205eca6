/** What the name of a model says of its task. One server often lists models of several kinds, which its list mixes. */

/** Tasks that names tell; `other`: none that june-load has as a service's main task, such as embedding. */
export type NamedTask = "stt" | "tts" | "other";

/** Parts of names by task, in the order of their trial: `gpt-4o-mini-tts` speaks and `gpt-4o-transcribe` listens. */
const PARTS: readonly (readonly [NamedTask, RegExp])[] = [
  [
    "other",
    /embed|rerank|reward|moderation|guard|dall-?e|image|diffusion|flux|sora|(?:^|[-_/ ])(?:bge|gte|e5|clip)[-_]/,
  ],
  ["tts", /tts|text[-_]to[-_]speech|kokoro|piper|orpheus|chatterbox|parler|bark(?:$|[-_])|speecht5|styletts|cosyvoice/],
  ["tts", /(?:^|[-_/])(?:vits|f5|fish[-_]speech|zonos|melo|dia|csm|outetts|spark|speech-\d+)(?:$|[-_])/],
  [
    "stt",
    /whisper|transcri|(?:^|[-_/])(?:asr|stt)(?:$|[-_])|speech[-_]to[-_]text|parakeet|canary|moonshine|sensevoice/,
  ],
  ["stt", /paraformer|wav2vec|conformer|zipformer|vosk|kotoba|nova-\d/],
];

/**
 * The task that a model's name tells; null: none, as names of language models do.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const names = ["openai/whisper-tiny.en", "kokoro", "gpt-4o-mini-tts", "bge-m3", "Qwen/Qwen3-32B"];
 * assert.deepEqual(names.map(namedTask), ["stt", "tts", "tts", "other", null]);
 * ```
 */
export function namedTask(model: string): NamedTask | null {
  const name = model.toLowerCase();
  return PARTS.find(([, part]) => part.test(name))?.[0] ?? null;
}

/** What a name says that the model does. */
export const NAMED_TASKS: Readonly<Record<NamedTask, string>> = {
  stt: "recognises speech",
  tts: "speaks",
  other: "does something else",
};

/**
 * Models that may serve a kind of service, the likeliest first: those named for it, then those whose names say nothing; all
 * where neither is there. A language model's name says nothing.
 */
export function candidatesFor(kind: "llm" | "stt" | "tts", models: readonly string[]): string[] {
  const named = kind === "llm" ? [] : models.filter((model) => namedTask(model) === kind);
  const unnamed = models.filter((model) => namedTask(model) === null);
  const fit = [...named, ...unnamed];
  return fit.length > 0 ? fit : [...models];
}
