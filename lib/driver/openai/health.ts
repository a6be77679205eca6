/** Checks a server with OpenAI's interface: its list of models, else its health path. */
import type { TaskPlan } from "../../plan/plan.ts";
import type { OpenAiSettings } from "../../plan/protocols.ts";
import type { ServiceKind, VoiceKind } from "../../plan/tasks.ts";
import type { Health, Operation } from "../driver.ts";
import { askHttp, brokenWords, type HttpAnswer } from "../http/request.ts";
import { describeStatus } from "../http/outcome.ts";
import { refusedHealth } from "../core/access.ts";
import type { Fault } from "../core/outcome.ts";
import { oneLine } from "../core/text.ts";
import type { BodyReply } from "./call.ts";
import { arrayIn, fieldsOf, JsonBody, parseFields, textIn } from "./json.ts";
import { NAMED_TASKS, namedTask } from "./model_names.ts";
import { type AskServer, type Tried, tryModel } from "./trial.ts";
import { hasVoice, listVoices } from "./voices.ts";
import { missingVoice } from "../speech/voices.ts";
import { httpOperation, type OpenAi, pathOf } from "./task.ts";

/** Health paths of vLLM and llama.cpp, and of NIM; requested where there is no list of models. */
const HEALTH_PATHS = ["/health", "/v1/health/ready"];
/** What a status means; others are failures. */
const MEANINGS: Readonly<Record<number, Pick<Health, "state" | "remedy">>> = {
  401: refusedHealth("unknown_key", "headers"),
  403: refusedHealth("forbidden", "headers"),
  503: { state: "unhealthy", remedy: "Wait until the server has loaded its model, or look at its log" },
};
/** Most models named in the details; more are only counted. */
const MAX_NAMED = 4;

/**
 * Requests the list of models, which also tests the key, or the health where there is no list; of speech synthesis also
 * the voice and, where raw PCM is asked for, its sample rate. Never rejects because of an answer of the server.
 * @param timeout_ms deadline of each request; there are at most seven
 */
export async function checkHealth(shared: OpenAi, timeout_ms: number): Promise<Health> {
  const health = await checkModels(shared, timeout_ms);
  const isUp = health.state !== "failed" && health.state !== "unhealthy";
  return isUp ? await checkSpeech(shared, health, timeout_ms) : health;
}

async function checkModels(shared: OpenAi, timeout_ms: number): Promise<Health> {
  const path = `${shared.settings.base_path}/models`;
  const answer = await get(shared, pathOf(shared.settings, "/models"), timeout_ms);
  const whole = answer.end.reason === "complete";
  if (whole && answer.status === 200) return { asked: `GET ${path}`, ...readModels(shared, answer) };
  if (!whole || (answer.status !== 404 && answer.status !== 405)) return unwell(path, answer, timeout_ms);
  for (const other of HEALTH_PATHS) {
    const health = await get(shared, other, timeout_ms);
    if (health.status === 404) continue;
    return health.status === 200
      ? { state: "serving", asked: `GET ${other}`, details: "it lists no models" }
      : unwell(other, health, timeout_ms);
  }
  return { state: "connected", asked: `GET ${path}`, details: "it lists no models and has no health path" };
}

function unwell(path: string, answer: HttpAnswer, timeout_ms: number): Health {
  const { end, status, headers, body } = answer;
  const isWhole = end.reason === "complete";
  const details = isWhole ? describeStatus(status, headers, body) : brokenWords(answer, timeout_ms);
  const meaning = isWhole ? MEANINGS[status] : undefined;
  return { ...meaning ?? { state: "failed" }, asked: `GET ${path}`, details: oneLine(details), fault: end.fault };
}

/** Adds to the health whether the voice is there, and how raw PCM is to be read. */
async function checkSpeech(shared: OpenAi, well: Health, timeout_ms: number): Promise<Health> {
  const { settings, service: { options } } = shared;
  if (options.kind !== "tts") return well;
  const voices = await listVoices(askerOf(shared), settings, timeout_ms) ?? [];
  const missing = missingVoice(options.voice, voices, hasVoice);
  const voiced = missing === null ? well : { ...well, ...missing, details: alsoOf(well, missing.details) };
  if (settings.audio_format !== "pcm") return voiced;
  return rated(settings, voiced, await tryModel(askerOf(shared), settings, "tts", options.voice, timeout_ms));
}

/** The words of a finding after those of an earlier doubt. */
const alsoOf = ({ state, details }: Health, more: string): string =>
  state === "doubtful" ? oneLine(`${details}; ${more}`) : more;

/** Sends requests with the service's own headers. */
const askerOf = ({ channel, headers }: OpenAi): AskServer => (request, timeout_ms) =>
  askHttp(channel, { ...request, headers: [...request.headers, ...headers] }, timeout_ms);

/**
 * Asks the model for one word, one sentence or one second of speech. A refusal fails the check: calls will be refused too.
 * @param well the health without the trial, which stays where it showed nothing
 */
export async function tryHealth(shared: OpenAi, well: Health, timeout_ms: number): Promise<Health> {
  const { settings, service: { kind, options } } = shared;
  if (kind === "call") return well;
  const voice = options.kind === "tts" ? options.voice : "";
  const tried = await tryModel(askerOf(shared), settings, kind, voice, timeout_ms);
  const model = settings.model === "" ? "its model" : `model ${settings.model}`;
  switch (tried.kind) {
    case "answers":
      return well;
    case "refuses":
      return {
        ...well,
        state: "failed",
        details: alsoOf(well, `${model} does not ${ANSWERS_TO[kind]}: ${tried.details}`),
        remedy: "Set `model` to one that does; `june-load init` finds it by trying",
      };
    case "unclear":
      return {
        ...well,
        state: well.state === "serving" || well.state === "connected" ? "doubtful" : well.state,
        details: alsoOf(well, `whether ${model} can ${ANSWERS_TO[kind]} could not be tried: ${tried.details}`),
        remedy: "Look at the server's log; calls may fail too, so the run continues",
      };
  }
}

const ANSWERS_TO: Readonly<Record<VoiceKind, string>> = {
  llm: "answer in words",
  stt: "recognise speech",
  tts: "speak",
};

/** Raw PCM says nothing of its sample rate, and a wrong one makes every length of audio wrong: a WAV file tells it. */
function rated(settings: OpenAiSettings, well: Health, tried: Tried): Health {
  const { audio_format, sample_rate_hz, rate_from_server } = settings;
  if (audio_format !== "pcm") return well;
  const rate_hz = tried.kind === "answers" ? tried.rate_hz : null;
  if (rate_from_server === true) {
    if (rate_hz !== null) return { ...well, details: `${well.details}, ${rate_hz} Hz`, sample_rate_hz: rate_hz };
    const unknown = `the sample rate of its raw PCM is not known; ${sample_rate_hz} Hz is assumed`;
    return {
      ...well,
      state: "doubtful",
      details: alsoOf(well, unknown),
      remedy: "Write its `sample_rate`, or ask for another `format`",
    };
  }
  if (rate_hz === null || rate_hz === sample_rate_hz) return well;
  return {
    ...well,
    state: "doubtful",
    details: alsoOf(
      well,
      `it speaks at ${rate_hz} Hz as WAV, and the scenario reads its raw PCM at ${sample_rate_hz} Hz`,
    ),
    remedy: "Leave `sample_rate` out, which asks the server, or ask for `format: wav`, which names its rate itself",
  };
}

/**
 * A server may serve a model that it does not list (under another name, or for any name), so this is only a warning.
 */
function readModels({ settings, service: { kind } }: OpenAi, { body }: HttpAnswer): Omit<Health, "asked"> {
  let names: string[];
  try {
    const list = arrayIn(parseFields(new TextDecoder().decode(body)), "data");
    names = list.map((item) => textIn(fieldsOf(item) ?? {}, "id")).filter((name) => name !== "");
  } catch {
    return { state: "connected", details: "its list of models cannot be read" };
  }
  const { model } = settings;
  if (names.includes(model)) return readName(model, kind);
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
  const listed = names.length === 0 ? "none" : names.slice(0, MAX_NAMED).join(", ") + more;
  if (model === "") return { state: "serving", details: oneLine(`models: ${listed}`) };
  const details = oneLine(`it does not list the model "${model}"; it lists ${listed}`);
  return { state: "doubtful", details, remedy: "Set `model` to one of those; calls for another model may all fail" };
}

/** Whether the name of a listed model says that it is for something else. */
function readName(model: string, kind: ServiceKind): Omit<Health, "asked"> {
  const named = namedTask(model);
  // Embedding is one of the tasks of a language model's service.
  const fits = named === null || named === kind || (named === "other" && kind === "llm");
  const details = oneLine(`model ${model}`);
  if (fits || kind === "call") return { state: "serving", details };
  return {
    state: "doubtful",
    details: `${details}, which by its name ${NAMED_TASKS[named]}, for a service that is to ${ANSWERS_TO[kind]}`,
    remedy: "Set `model` to one for this task; `june-load check` tries it with one small call",
  };
}

const get = ({ channel, headers }: OpenAi, path: string, timeout_ms: number): Promise<HttpAnswer> =>
  askHttp(channel, { method: "GET", path, headers, body: null }, timeout_ms);

/** An operation that requests the list of models. */
export function healthOperation(shared: OpenAi, task: TaskPlan): Operation {
  return httpOperation<null>(shared, task, {
    method: "GET",
    path: "/models",
    inputs: [null],
    ask: () => ({ body: null, content_type: null, reply: () => new ModelList() }),
  });
}

/** A list of models, with any content. */
class ModelList extends JsonBody implements BodyReply {
  protected override read(): Fault | null {
    return null;
  }
}
