/** The voices that a speech server lists, where it does: OpenAI's interface has no such list of its own. */
import type { OpenAiSettings } from "../../plan/protocols.ts";
import { fieldOf, jsonOf } from "../http/probe.ts";
import type { AskServer } from "./trial.ts";
import { pathOf } from "./task.ts";

/** Where servers list their voices: Kokoro-FastAPI and speaches, older speaches, Orpheus and others. */
const PATHS = ["/audio/voices", "/audio/speech/voices", "/voices"] as const;
/** Members that name a voice, in this order. */
const NAMES = ["voice_id", "id", "voice", "name"] as const;
/** Members that name the model of a voice. */
const MODELS = ["model_id", "model"] as const;

/**
 * The voices for a model; null: the server lists none.
 * @param timeout_ms deadline of each request, of which there are at most three
 */
export async function listVoices(
  ask: AskServer,
  settings: Pick<OpenAiSettings, "base_path" | "query" | "model">,
  timeout_ms: number,
): Promise<string[] | null> {
  for (const path of PATHS) {
    const answer = await ask({ method: "GET", path: pathOf(settings, path), headers: [], body: null }, timeout_ms);
    if (answer.end.reason !== "complete") return null;
    const voices = voicesIn(jsonOf(answer), settings.model);
    if (voices.length > 0) return voices;
  }
  return null;
}

/**
 * The names in a list of voices: of texts or objects, alone or under `voices` or `data`. Voices of other models are left
 * out.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(voicesIn({ voices: ["af_bella", "am_adam"] }, "kokoro"), ["af_bella", "am_adam"]);
 * assert.deepEqual(voicesIn([{ model_id: "a", voice_id: "x" }, { model_id: "b", voice_id: "y" }], "b"), ["y"]);
 * ```
 */
export function voicesIn(list: unknown, model: string): string[] {
  const items = [list, fieldOf(list, "voices"), fieldOf(list, "data")].find(Array.isArray) ?? [];
  const own = items.filter((item: unknown) => {
    const of = MODELS.map((key) => fieldOf(item, key)).find((value) => typeof value === "string");
    return of === undefined || of === model || model === "";
  });
  return [...new Set(own.map(nameOf).filter((name: string | null) => name !== null) as string[])];
}

function nameOf(item: unknown): string | null {
  if (typeof item === "string") return item === "" ? null : item;
  const name = NAMES.map((key) => fieldOf(item, key)).find((value) => typeof value === "string" && value !== "");
  return typeof name === "string" ? name : null;
}

/**
 * Whether a voice is in a list; Kokoro mixes voices, as in `af_bella(2)+af_sky(1)`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(hasVoice(["af_bella", "af_sky"], "af_bella(2)+af_sky"), true);
 * assert.equal(hasVoice(["af_bella"], "alloy"), false);
 * ```
 */
export function hasVoice(voices: readonly string[], voice: string): boolean {
  const isThere = (name: string) => voices.some((one) => one.toLowerCase() === name.toLowerCase());
  return isThere(voice) || voice.split("+").every((part) => isThere(part.replace(/\([\d.]*\)$/, "").trim()));
}
