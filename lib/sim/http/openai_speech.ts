/** OpenAI's transcription and speech over the simulated recogniser and synthesiser. */
import { joinBytes } from "../../base/bytes.ts";
import { wavHead } from "../../base/wav.ts";
import * as asr from "../../../proto/asr.ts";
import { LINEAR_PCM } from "../../../proto/riva_asr.ts";
import * as tts from "../../../proto/riva_tts.ts";
import { wavHeaderBytes } from "../model/audio.ts";
import type { Backend } from "./backend.ts";
import { eventBytes, streamReply } from "./event_stream.ts";
import { type Fields, frameOf, OpenAiRefusal } from "./openai_shapes.ts";
import type { OpenAiBehaviour } from "./openai_behaviour.ts";
import { jsonReply } from "./server.ts";

const RECOGNIZE = [asr.RecognitionRequest, asr.RecognitionResponse] as const;
/** Sample rate of OpenAI's `pcm`; Hz. */
const RATE_HZ = 24_000;
const MAX_INPUT = 4096;
const MODEL = "june-sim-stt";

/**
 * Transcribes a WAV file; in a stream, all pieces come when the work is done.
 * @throws {OpenAiRefusal | BackendError}
 */
export async function transcribe(
  backend: Backend,
  { truncates }: OpenAiBehaviour,
  request: Request,
): Promise<Response> {
  const form = await formOf(request);
  const file = form.get("file");
  if (!(file instanceof File)) throw new OpenAiRefusal(400, "file: a WAV file is required");
  const audio_data = await file.bytes();
  if (wavHeaderBytes(audio_data) === 0) throw new OpenAiRefusal(400, "file: it is not a WAV file");
  const sample_rate = new DataView(audio_data.buffer, audio_data.byteOffset).getUint32(24, true);
  const language = form.get("language");
  const config = { language: typeof language === "string" ? language : "" };
  const asked = { audio_data, sample_rate, encoding: "wav", config };
  const { results } = await backend.ask(asr.PATHS.recognize, RECOGNIZE, asked, "openai", request.signal);
  const text = results.map(({ transcript }) => transcript).join(" ");
  if (form.get("stream") !== "true") {
    return jsonReply({ text, usage: { type: "duration", seconds: secondsOf(audio_data) } });
  }
  const frame = frameOf("transcription", true, MODEL);
  const chunk = (content: string, finish_reason: string | null) => ({
    ...frame,
    choices: [{ index: 0, delta: { content }, finish_reason, stop_reason: null }],
  });
  const words = text.split(" ").map((word, index) => chunk(index === 0 ? word : ` ${word}`, null));
  const end = truncates ? [] : [chunk("", "stop"), "[DONE]"];
  return new Response(eventBytes(...words, ...end) as BodyInit, {
    headers: { "content-type": "text/event-stream; charset=utf-8" },
  });
}

const secondsOf = (file: Uint8Array): number => Math.ceil((file.length - wavHeaderBytes(file)) / 32_000);

async function formOf(request: Request): Promise<FormData> {
  try {
    return await request.formData();
  } catch {
    throw new OpenAiRefusal(400, "The body is not a multipart form");
  }
}

/**
 * Synthesises a text; sends its audio as it is made.
 * @throws {OpenAiRefusal | BackendError}
 */
export function speak(
  backend: Backend,
  { truncates }: OpenAiBehaviour,
  fields: Fields,
  signal: AbortSignal,
): Promise<Response> {
  const { input, response_format: format } = fields;
  if (typeof input !== "string" || input === "" || input.length > MAX_INPUT) {
    throw new OpenAiRefusal(400, `input: 1 to ${MAX_INPUT} characters are required`);
  }
  if (format !== "pcm" && format !== "wav") {
    throw new OpenAiRefusal(400, "response_format: only pcm and wav are supported");
  }
  let head = format === "wav" ? wavHead(RATE_HZ, null) : new Uint8Array(0);
  let messages = 0;
  const request = { text: input, language_code: "en-US", encoding: LINEAR_PCM, sample_rate_hz: RATE_HZ };
  return streamReply(backend, {
    path: tts.PATHS.synthesizeOnline,
    request: tts.SynthesizeSpeechRequest.encode(request),
    caller: "openai",
    content_type: `audio/${format}`,
    message(bytes) {
      if (truncates && messages++ === 1) return null;
      const { audio } = tts.SynthesizeSpeechResponse.decode(bytes);
      const all = joinBytes(head, audio);
      head = new Uint8Array(0);
      return all;
    },
    end: () => head,
  }, signal);
}
