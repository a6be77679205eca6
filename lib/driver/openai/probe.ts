/** What `init` reads from a server with OpenAI's interface. */
import type { OpenAiSettings } from "../../plan/protocols.ts";
import type { ServicePlan } from "../../plan/plan.ts";
import type { VoiceKind } from "../../plan/tasks.ts";
import { type Choose, namesComment, PROBE_TIMEOUT_MS, type ProbeLines, quoted } from "../core/probe.ts";
import { fieldOf, jsonOf, probeOverHttp } from "../http/probe.ts";
import { candidatesFor, namedTask } from "./model_names.ts";
import { pathOf } from "./task.ts";
import { type AskServer, type Tried, tryModel } from "./trial.ts";
import { listVoices } from "./voices.ts";

/** Most models that are tried. */
const MAX_TRIALS = 6;
/** The voice where the server lists none: every clone of OpenAI's interface knows it. */
const USUAL_VOICE = "alloy";
/** OpenAI's own voices, and the English ones of Kokoro, are what a first test wants. */
const PREFERRED: readonly RegExp[] = [/^alloy$/i, /^(?:default|af_heart|af_bella)$/i, /^(?:af|am|bf|bm)_/i, /^en/i];

/**
 * A model of the server that answers to the service's task, and a voice that it has.
 * @param choose asks the user where several may be meant; null: nobody can be asked
 * @throws {ConnectError} for a server that cannot be reached
 */
export async function probeOpenAi(service: ServicePlan, choose: Choose | null = null): Promise<ProbeLines> {
  const { settings, kind } = service;
  if (settings?.protocol !== "openai" || kind === "call") return null;
  return await probeOverHttp(service, async (get, ask) => {
    const listed = fieldOf(jsonOf(await get(pathOf(settings, "/models"))), "data");
    const names = (Array.isArray(listed) ? listed : []).map((item) => fieldOf(item, "id"))
      .filter((id) => typeof id === "string");
    if (names.length === 0) return null;
    const picked = await pickModel(ask, settings, kind, names, choose);
    return [
      ...picked.notes,
      `model: ${quoted(picked.model)}${namesComment("also there", names.filter((name) => name !== picked.model))}`,
      ...(kind === "tts" ? speechLines(picked) : []),
    ];
  });
}

/** A model, and what its trial showed. */
interface Picked {
  model: string;
  voices: string[] | null;
  voice: string;
  tried: Tried;
  /** Comments for the user. */
  notes: string[];
}

async function pickModel(
  ask: AskServer,
  settings: OpenAiSettings,
  kind: VoiceKind,
  names: readonly string[],
  choose: Choose | null,
): Promise<Picked> {
  const candidates = candidatesFor(kind, names).slice(0, MAX_TRIALS);
  const isSure = (model: string) => kind === "llm" ? namedTask(model) === null : namedTask(model) === kind;
  const tried: Picked[] = [];
  for (const model of candidates) {
    const one = await tryOne(ask, { ...settings, model }, kind);
    if (one.tried.kind === "answers" && isSure(model)) return one;
    tried.push(one);
  }
  const answering = tried.filter((one) => one.tried.kind === "answers");
  const [only] = answering;
  if (only !== undefined && answering.length === 1) return only;
  return unsure(answering.length > 0 ? answering : tried, kind, choose);
}

async function tryOne(ask: AskServer, settings: OpenAiSettings, kind: VoiceKind): Promise<Picked> {
  const voices = kind === "tts" ? await listVoices(ask, settings, PROBE_TIMEOUT_MS) : null;
  const voice = voices === null ? USUAL_VOICE : preferred(voices);
  const tried = await tryModel(ask, settings, kind, voice);
  return { model: settings.model, voices, voice, tried, notes: [] };
}

function preferred(voices: readonly string[]): string {
  const found = PREFERRED.map((pattern) => voices.find((voice) => pattern.test(voice)));
  return found.find((voice) => voice !== undefined) ?? voices[0] ?? USUAL_VOICE;
}

const DOES: Readonly<Record<VoiceKind, string>> = {
  llm: "answers a chat",
  stt: "recognises speech",
  tts: "speaks",
};

/** Several models answer to the task, or none: the user decides, now or in the file. */
function unsure(models: readonly Picked[], kind: VoiceKind, choose: Choose | null): Picked {
  const [first] = models;
  if (first === undefined) throw new RangeError("There is no model to choose from");
  const names = models.map(({ model }) => model);
  const chosen = choose === null || names.length === 1 ? null : choose(`Which model ${DOES[kind]}?`, names);
  const found = models.find(({ model }) => model === chosen);
  if (found !== undefined) return found;
  const { tried, model } = first;
  const why = tried.kind === "answers" ? "" : `; of ${model}: ${tried.details.replace(/[^\x20-\x7e]/g, "?")}`;
  const others = namesComment("", names).replace(/^ # : /, "");
  return { ...first, notes: [`# it is not certain which model ${DOES[kind]}: ${others}${why}`] };
}

/** Voice and format: WAV names its sample rate itself; of raw PCM the rate was read from a sentence as WAV. */
function speechLines({ voice, voices }: Picked): string[] {
  const others = (voices ?? []).filter((one) => one !== voice);
  return [`voice: ${quoted(voice)}${namesComment("also there", others)}`];
}
