/** Riva's speech synthesis: synthesise a sentence, whole or as a stream. */
import { LINEAR_PCM } from "../../../proto/riva_asr.ts";
import * as tts from "../../../proto/riva_tts.ts";
import type { TtsOptions } from "../../plan/plan.ts";
import type { RivaSettings } from "../../plan/protocols.ts";
import { ReceivedAudio } from "../speech/audio.ts";
import type { Operation } from "../driver.ts";
import type { Supply } from "../inputs/inputs.ts";
import { requestsFrom, type RequestSource, serverStreamOperation, type Task, unaryOperation } from "../rpc/task.ts";
import type { Fault } from "../core/outcome.ts";
import type { Reply } from "../core/reply.ts";
import { countWords } from "../core/text.ts";
import { rivaVoice } from "./settings.ts";

/** The request of both forms, and the reader of both replies. */
function asksOf(settings: RivaSettings, { voice }: TtsOptions, sentences: Supply<string>): RequestSource {
  const { language_code, sample_rate_hz } = settings;
  const voice_name = rivaVoice(voice);
  return requestsFrom(sentences, (text) => {
    const words = countWords(text);
    return {
      request: tts.SynthesizeSpeechRequest.encode({
        text,
        language_code,
        encoding: LINEAR_PCM,
        sample_rate_hz,
        voice_name,
      }),
      reply: () => new SpeechReply(words, sample_rate_hz),
    };
  }, (text) => text);
}

/** Synthesises a sentence and waits for all its audio. */
export function synthesize(
  task: Task,
  settings: RivaSettings,
  options: TtsOptions,
  sentences: Supply<string>,
): Operation {
  return unaryOperation(task, tts.PATHS.synthesize, asksOf(settings, options, sentences));
}

/**
 * Synthesises a sentence and reads its audio as it comes. One request, then half-close: servers before 2.25, which take
 * one request, get the same bytes.
 */
export function synthesizeOnline(
  task: Task,
  settings: RivaSettings,
  options: TtsOptions,
  sentences: Supply<string>,
): Operation {
  const operation = serverStreamOperation(task, tts.PATHS.synthesizeOnline, asksOf(settings, options, sentences));
  return { ...operation, prebuffer_us: options.prebuffer_ms * 1000 };
}

/** Speech in one message or many. No message is marked as the last: the status ends the stream. */
class SpeechReply implements Reply {
  readonly #audio = new ReceivedAudio();

  /**
   * @param words of the text to speak
   * @param sample_rate of the request; replies do not name theirs
   */
  constructor(readonly words: number, readonly sample_rate: number) {}

  read(bytes: Uint8Array): number {
    const { audio } = tts.SynthesizeSpeechResponse.decode(bytes);
    return this.#audio.add({ audio_data: audio, encoding: "pcm", sample_rate: this.sample_rate });
  }

  judge(): Fault | null {
    return this.#audio.judge(this.words);
  }
}
