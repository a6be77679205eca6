/** One small call of a service's own kind: whether a model answers to its task, and how its speech comes. */
import { parseFields } from "./json.ts";
import type { OpenAiSettings } from "../../plan/protocols.ts";
import type { VoiceKind } from "../../plan/tasks.ts";
import type { HttpRequest } from "../../transport/http/channel.ts";
import type { HttpAnswer } from "../http/request.ts";
import { brokenWords } from "../http/request.ts";
import { describeStatus } from "../http/outcome.ts";
import { encodeMultipart, type Multipart, wavFile } from "../http/multipart.ts";
import { builtInClips } from "../inputs/built_in.ts";
import { SAMPLE_RATE } from "../inputs/inputs.ts";
import { fieldsWith, pathOf } from "./task.ts";

/** Sends one request; `timeout_ms` is its deadline. */
export type AskServer = (request: HttpRequest, timeout_ms: number) => Promise<HttpAnswer>;

/** What a trial found. */
export type Tried =
  /** @param rate_hz sample rate of its speech; null: not told */
  | { kind: "answers"; rate_hz: number | null }
  /** The server says that the model cannot do this, or answers with something else. */
  | { kind: "refuses"; details: string }
  /** Nothing is known: it is too busy, it wants a key, or no reply came in time. */
  | { kind: "unclear"; details: string };

/** Deadline of a trial, in which a server may have to load the model; milliseconds. */
export const TRIAL_TIMEOUT_MS = 15_000;

/** Statuses that say nothing of the model. */
const UNCLEAR: readonly number[] = [401, 403, 408, 425, 429];

/** Fields of `extra` that ask for speech as events: in many servers' events a WAV file has no header to tell its rate. */
const STREAMED = ["stream_format", "stream"];

/** Speech of one second, in bytes. */
const SECOND_BYTES = 2 * SAMPLE_RATE;

/** A service as far as a trial needs it. */
export type Trial = Pick<OpenAiSettings, "base_path" | "query" | "limit_field" | "extra" | "without" | "model">;

/**
 * Tries a model once: one word of an answer, one second of speech to hear, or one sentence to speak.
 * @param voice to speak with
 */
export async function tryModel(
  ask: AskServer,
  trial: Trial,
  kind: VoiceKind,
  voice: string,
  timeout_ms = TRIAL_TIMEOUT_MS,
): Promise<Tried> {
  switch (kind) {
    case "llm":
      return await tryTexts(ask, trial, timeout_ms);
    case "stt":
      return await send(ask, trial, "/audio/transcriptions", await clipBody(trial), timeout_ms, readTranscript);
    case "tts": {
      const whole = { ...trial, without: [...trial.without ?? [], ...STREAMED] };
      const body = jsonOf(whole, { input: "Good day.", voice, response_format: "wav" });
      return await send(ask, trial, "/audio/speech", body, timeout_ms, readSpeech);
    }
  }
}

/** A language model may only chat, only complete, or only embed. */
async function tryTexts(ask: AskServer, trial: Trial, timeout_ms: number): Promise<Tried> {
  const one = { [trial.limit_field]: 1, stream: false };
  const chat = jsonOf(trial, { messages: [{ role: "user", content: "Hi" }], ...one });
  const tried = await send(ask, trial, "/chat/completions", chat, timeout_ms, readJson("choices"));
  if (tried.kind !== "refuses") return tried;
  const others = [
    ["/completions", jsonOf(trial, { prompt: "Hi", ...one }), readJson("choices")],
    ["/embeddings", jsonOf(trial, { input: "Hi" }), readJson("data")],
  ] as const;
  for (const [path, body, read] of others) {
    const other = await send(ask, trial, path, body, timeout_ms, read);
    if (other.kind === "answers") return other;
  }
  return tried;
}

async function send(
  ask: AskServer,
  trial: Trial,
  path: string,
  { content_type, body }: Multipart,
  timeout_ms: number,
  read: (body: Uint8Array) => Tried | null,
): Promise<Tried> {
  const headers = [["content-type", content_type]] as const;
  const answer = await ask({ method: "POST", path: pathOf(trial, path), headers, body }, timeout_ms);
  const { end, status } = answer;
  if (end.reason !== "complete") return { kind: "unclear", details: brokenWords(answer, timeout_ms) };
  const asked = `POST ${trial.base_path}${path}`;
  if (status < 200 || status > 299) {
    const details = describeStatus(status, answer.headers, answer.body, asked);
    return { kind: UNCLEAR.includes(status) || status >= 500 ? "unclear" : "refuses", details };
  }
  return read(answer.body) ?? { kind: "refuses", details: `HTTP ${status} for ${asked}, but no answer of that kind` };
}

const ANSWERS: Tried = { kind: "answers", rate_hz: null };

const jsonOf = (trial: Trial, fields: Record<string, unknown>): Multipart => ({
  content_type: "application/json",
  body: new TextEncoder().encode(JSON.stringify(fieldsWith(trial, { model: trial.model, ...fields }))),
});

async function clipBody(trial: Trial): Promise<Multipart> {
  const [clip] = await builtInClips();
  if (clip === undefined) throw new Error("There is no built-in clip");
  const fields = fieldsWith(trial, { model: trial.model, response_format: "json" });
  const texts = Object.entries(fields).filter(([, value]) => value !== "" && value !== null)
    .map(([name, value]) => ({ name, content: typeof value === "string" ? value : JSON.stringify(value) }));
  const file = { name: "clip.wav", type: "audio/wav" };
  const content = wavFile(clip.pcm.subarray(0, SECOND_BYTES), SAMPLE_RATE);
  return encodeMultipart([...texts, { name: "file", content, file }]);
}

const readJson = (list: string) => (body: Uint8Array): Tried | null => {
  try {
    const found = parseFields(new TextDecoder().decode(body))[list];
    return Array.isArray(found) && found.length > 0 ? ANSWERS : null;
  } catch {
    return null;
  }
};

function readTranscript(body: Uint8Array): Tried | null {
  const text = new TextDecoder().decode(body);
  try {
    const fields = parseFields(text);
    return "text" in fields || "segments" in fields ? ANSWERS : null;
  } catch {
    // Some servers answer with plain text whatever was asked for.
    return /^[^<{]/.test(text.trim()) ? ANSWERS : null;
  }
}

/** Reads the sample rate of a WAV file; other audio has none that is easily read. */
function readSpeech(body: Uint8Array): Tried | null {
  const word = (at: number) => String.fromCharCode(...body.subarray(at, at + 4));
  if (body.length === 0 || /^\s*[{<]/.test(word(0))) return null;
  if (word(0) !== "RIFF" || word(8) !== "WAVE") return ANSWERS;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  for (let at = 12; at + 24 <= body.length;) {
    const size = view.getUint32(at + 4, true);
    if (word(at) === "fmt ") return { kind: "answers", rate_hz: view.getUint32(at + 12, true) };
    at += 8 + size + (size & 1);
  }
  return ANSWERS;
}
