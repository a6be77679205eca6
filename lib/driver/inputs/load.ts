/** Loads the inputs of a service: its own files, built-in inputs, or generated ones. */
import { DEFAULT_INPUT_PLAN } from "../../plan/inputs.ts";
import type { ServicePlan } from "../../plan/plan.ts";
import { builtInClips, CHATS, PROMPTS, SENTENCES } from "./built_in.ts";
import { clipSource } from "./pick/clip_source.ts";
import { EntryFiles } from "./read/entries.ts";
import type { Entry } from "./read/entry.ts";
import { indexInputs, type InputIndex } from "./read/index.ts";
import type { Clip, Inputs } from "./inputs.ts";
import { Order } from "./order.ts";
import { madeText } from "./pick/made_text.ts";
import { isDefault, TextSource } from "./pick/text_source.ts";

/**
 * Loads the inputs of one service; the built-in ones where it names none.
 * @param index of its files, where workers share one; else the files are read now
 * @throws {UserError} kind `input`; the message names the file, its place in the scenario, what was found and what to
 * do
 *
 * @example A service that names no inputs has the built-in ones.
 * ```ts
 * import assert from "node:assert/strict";
 * const inputs = await loadInputs({
 *   name: "tts",
 *   kind: "tts",
 *   protocol: "june",
 *   settings: null,
 *   address: "localhost:50053",
 *   connections: 1,
 *   timeout_ms: 30_000,
 *   transparent_retry: false,
 *   metadata: [],
 *   tls: null,
 *   inputs: [],
 *   options: { kind: "tts", voice: "default", language: "en", prebuffer_ms: 0, max_parallel_sentences: 2 },
 * });
 * assert.ok(inputs.kind === "tts" && Array.isArray(inputs.sentences) && inputs.sentences.length > 20);
 * ```
 */
export async function loadInputs(service: ServicePlan, index?: InputIndex): Promise<Inputs> {
  const { kind } = service.options;
  if (kind === "call") return { kind };
  const plan = service.input_plan ?? DEFAULT_INPUT_PLAN;
  if (service.inputs.length === 0 && isDefault(plan)) return await builtIn(kind);
  const { files, memory } = index ?? await indexInputs(service);
  const own = files.length === 0 ? null : new EntryFiles(files);
  if (kind === "stt") {
    const clips = own === null ? await builtInClips() : [];
    const order = new Order(plan.order, own?.count ?? clips.length, memory);
    return { kind, clips: clipSource(order, (at) => own?.clip(at) ?? clips[at] as Clip) };
  }
  const texts = kind === "llm" ? PROMPTS : SENTENCES;
  const order = new Order(plan.order, own?.count ?? texts.length, memory);
  const load = (at: number): Entry => own === null ? entryOf(texts[at] as string) : withPrompt(own.text(at), at);
  const max_tokens = service.options.kind === "llm" ? service.options.max_tokens : 1;
  const source = new TextSource({ order, load, plan, max_tokens });
  return kind === "llm"
    ? { kind, prompts: source.prompts(), chats: source.chats() }
    : { kind, sentences: source.prompts() };
}

async function builtIn(kind: "stt" | "llm" | "tts"): Promise<Inputs> {
  switch (kind) {
    case "stt":
      return { kind, clips: await builtInClips() };
    case "llm":
      return { kind, prompts: PROMPTS, chats: CHATS };
    case "tts":
      return { kind, sentences: SENTENCES };
  }
}

const entryOf = (content: string): Entry => ({
  turns: [{ role: "user", content }],
  max_tokens: null,
  fields: null,
  made: null,
});

/** An entry that gives only the length of its prompt gets a prompt of that length. */
function withPrompt(entry: Entry, number: number): Entry {
  if (entry.made === null) return entry;
  return { ...entry, turns: [{ role: "user", content: madeText(entry.made, number) }] };
}
