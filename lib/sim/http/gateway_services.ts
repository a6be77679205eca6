/** The gateway's calls to its services. */
import * as asr from "../../../proto/asr.ts";
import * as llm from "../../../proto/llm.ts";
import * as tts from "../../../proto/tts.ts";
import { pcmDuration_ms, SPEECH_RATE_HZ, wavHeaderBytes } from "../model/audio.ts";
import type { Backend } from "./backend.ts";
import { fieldsOf, optionalText, Refused, textField } from "./gateway_input.ts";

/** Longest texts that the gateway accepts; characters. */
const MAX_PROMPT = 100_000;
const MAX_SPEECH = 50_000;

const GENERATE = [llm.GenerationRequest, llm.GenerationResponse] as const;
const CHAT = [llm.ChatRequest, llm.ChatResponse] as const;
const RECOGNIZE = [asr.RecognitionRequest, asr.RecognitionResponse] as const;
const SYNTHESIZE = [tts.SynthesisRequest, tts.AudioResponse] as const;

/** A transcript in the gateway's form. */
export interface Heard {
  transcript: string;
  detected_language: string;
}

/** The calls behind the gateway's paths. Errors are `BackendError` of the services and `Refused` of the gateway. */
export class GatewayServices {
  constructor(readonly backend: Backend) {}

  /** The state of each service: `healthy` or `unhealthy`. */
  async health(): Promise<Record<string, string>> {
    const ask = async (check: Promise<{ healthy: boolean }>) =>
      await check.then(({ healthy }) => healthy, () => false) ? "healthy" : "unhealthy";
    const { signal } = new AbortController();
    const [stt, text, speech] = await Promise.all([
      ask(this.backend.ask(asr.PATHS.healthCheck, [asr.HealthRequest, asr.HealthResponse], {}, "", signal)),
      ask(this.backend.ask(llm.PATHS.healthCheck, [llm.HealthRequest, llm.HealthResponse], {}, "", signal)),
      ask(this.backend.ask(tts.PATHS.healthCheck, [tts.HealthRequest, tts.HealthResponse], {}, "", signal)),
    ]);
    return { stt, llm: text, tts: speech };
  }

  /** Answers `POST /api/v1/llm/generate`. */
  async generate(request: Request, user: string): Promise<{ text: string }> {
    const prompt = textField(fieldsOf(await request.text()), "prompt", MAX_PROMPT);
    const { text } = await this.backend.ask(llm.PATHS.generate, GENERATE, { prompt }, user, request.signal);
    return { text };
  }

  /** Answers `POST /api/v1/tts/speak`. */
  async speak(request: Request, user: string): Promise<{ audio_b64: string; sample_rate: number }> {
    const fields = fieldsOf(await request.text());
    const voice_id = optionalText(fields, "voice_id", "default");
    const text = textField(fields, "text", MAX_SPEECH);
    const spoken = await this.synthesize({ text, voice_id, language: optionalText(fields, "language", "en") }, user, {
      signal: request.signal,
    });
    return { audio_b64: spoken.audio_data.toBase64(), sample_rate: spoken.sample_rate };
  }

  /** Answers `POST /api/v1/audio/transcribe`; `full_round_trip` has the transcript answered and the answer spoken. */
  async transcribe(request: Request, user: string) {
    const form = await formOf(request);
    const audio = form.get("audio");
    if (!(audio instanceof File)) throw new Refused(422, "audio: field required");
    const { signal } = request;
    const heard = await this.recognize(await audio.bytes(), textOf(form, "language", "en"), user, signal);
    if (textOf(form, "full_round_trip", "false") !== "true") return heard;
    const llmResponse = await this.answer(heard.transcript, user, signal);
    const spoken = await this.synthesize({ text: llmResponse, voice_id: "default", language: "en" }, user, { signal });
    return {
      ...heard,
      llm_response: llmResponse,
      audio_data: spoken.audio_data.toBase64(),
      sample_rate: spoken.sample_rate,
    };
  }

  /** Answers `POST /chat`. */
  async chat(request: Request, user: string) {
    const fields = fieldsOf(await request.text());
    if (optionalText(fields, "type", "text") !== "text") throw new Refused(422, 'type: only "text" is taken');
    const text = await this.answer(textField(fields, "text", MAX_PROMPT), user, request.signal);
    return { type: "response", text, timestamp: new Date().toISOString() };
  }

  /** The language model's answer to a text. */
  async answer(content: string, user: string, signal: AbortSignal): Promise<string> {
    const asked = { messages: [{ role: "user", content }] };
    return (await this.backend.ask(llm.PATHS.chat, CHAT, asked, user, signal)).message?.content ?? "";
  }

  /** Transcribes a WAV file or raw 16-bit samples at 16 kHz. */
  async recognize(audio_data: Uint8Array, language: string, user: string, signal: AbortSignal): Promise<Heard> {
    const header = wavHeaderBytes(audio_data);
    const sample_rate = header === 0
      ? SPEECH_RATE_HZ
      : new DataView(audio_data.buffer, audio_data.byteOffset).getUint32(
        24,
        true,
      );
    const asked = { audio_data, sample_rate, encoding: header === 0 ? "pcm" : "wav", config: { language } };
    const { results } = await this.backend.ask(asr.PATHS.recognize, RECOGNIZE, asked, user, signal);
    const transcript = results.map((result) => result.transcript).join(" ");
    return { transcript, detected_language: results[0]?.detected_language || language };
  }

  /** Synthesises a text; returns the speech with its length in seconds. */
  async synthesize(
    asked: { text: string; voice_id: string; language: string },
    user: string,
    { signal }: { signal: AbortSignal },
  ): Promise<{ audio_data: Uint8Array; sample_rate: number; duration_s: number }> {
    const reply = await this.backend.ask(tts.PATHS.synthesize, SYNTHESIZE, asked, user, signal);
    const { audio_data, sample_rate } = reply;
    return { audio_data, sample_rate, duration_s: pcmDuration_ms(audio_data.length, sample_rate) / 1000 };
  }
}

async function formOf(request: Request): Promise<FormData> {
  try {
    return await request.formData();
  } catch {
    throw new Refused(422, "the body is not a multipart form");
  }
}

function textOf(form: FormData, name: string, byDefault: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : byDefault;
}
