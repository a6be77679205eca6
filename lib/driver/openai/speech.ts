/** OpenAI's speech tasks: transcribe a clip, speak a sentence. */
import type { SttOptions, TaskPlan, TtsOptions } from "../../plan/plan.ts";
import type { Operation } from "../driver.ts";
import { type Clip, SAMPLE_RATE, type Supply } from "../inputs/inputs.ts";
import { encodeMultipart, type Part, wavFile } from "../http/multipart.ts";
import { wholeClip } from "../speech/spoken.ts";
import { countWords } from "../core/text.ts";
import { SpokenBody, TranscriptStream, WholeTranscript } from "./speech_replies.ts";
import { fieldsWith, httpOperation, jsonBody, type OpenAi } from "./task.ts";

/**
 * Uploads a clip as a WAV file at full speed, and reads its transcript whole or as a stream. The speech ends with the
 * last byte of the upload.
 */
export function transcribe(
  shared: OpenAi,
  task: TaskPlan,
  options: SttOptions,
  clips: Supply<Clip>,
  stream: boolean,
): Operation {
  const { language } = options;
  return httpOperation<Clip>(shared, task, {
    method: "POST",
    path: "/audio/transcriptions",
    inputs: clips,
    speaks: true,
    ask(clip) {
      const spoken = wholeClip(clip, language, options);
      return {
        ...encodeMultipart(partsOf(shared, clip, language, stream)),
        reply: (marks) => stream ? new TranscriptStream(spoken, marks) : new WholeTranscript(spoken, marks),
      };
    },
  });
}

function partsOf({ settings }: OpenAi, clip: Clip, language: string, stream: boolean): Part[] {
  const { model } = settings;
  const fields = fieldsWith(settings, { model, language, response_format: "json", ...(stream && { stream }) });
  const texts = Object.entries(fields).filter(([, value]) => value !== "" && value !== null)
    .map(([name, value]) => ({ name, content: typeof value === "string" ? value : JSON.stringify(value) }));
  const file = { name: "clip.wav", type: "audio/wav" };
  return [...texts, { name: "file", content: wavFile(clip.pcm, SAMPLE_RATE), file }];
}

/** Synthesises a sentence. Whole or as a stream, its audio is read as it comes. */
export function speak(
  shared: OpenAi,
  task: TaskPlan,
  { voice, prebuffer_ms }: TtsOptions,
  sentences: Supply<string>,
  stream: boolean,
): Operation {
  const { audio_format, sample_rate_hz } = shared.settings;
  return httpOperation<string>(shared, task, {
    method: "POST",
    path: "/audio/speech",
    inputs: sentences,
    given: (text) => text,
    ...(stream && { prebuffer_us: prebuffer_ms * 1000 }),
    ask(input) {
      const words = countWords(input);
      return {
        ...jsonBody(shared, { input, voice, response_format: audio_format }),
        reply: (marks, clock) => new SpokenBody({ marks, clock, words, format: audio_format, sample_rate_hz }),
      };
    },
  });
}
