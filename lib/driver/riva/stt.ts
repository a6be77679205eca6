/** Riva's speech recognition: sends a clip whole, or streams it in chunks. */
import * as asr from "../../../proto/riva_asr.ts";
import type { SttOptions } from "../../plan/plan.ts";
import type { RivaSettings } from "../../plan/protocols.ts";
import type { Operation } from "../driver.ts";
import { type Task, unaryOperation, type UnaryRequest } from "../rpc/task.ts";
import { type Clip, Prepared, SAMPLE_RATE, type Supply } from "../inputs/inputs.ts";
import { speakOperation, wholeClip } from "../speech/spoken.ts";
import { RecognizeReply, StreamingRecognizeReply } from "./stt_replies.ts";

function configFrom({ language_code, model, automatic_punctuation }: RivaSettings): asr.RecognitionConfig {
  return {
    encoding: asr.LINEAR_PCM,
    sample_rate_hertz: SAMPLE_RATE,
    language_code,
    max_alternatives: 1,
    audio_channel_count: 1,
    enable_automatic_punctuation: automatic_punctuation,
    model,
  };
}

/** Sends a clip whole and waits for its transcript. */
export function recognize(task: Task, settings: RivaSettings, options: SttOptions, clips: Supply<Clip>): Operation {
  const config = configFrom(settings);
  const ask = (clip: Clip): UnaryRequest => {
    const spoken = wholeClip(clip, settings.language_code, options);
    const request = asr.RecognizeRequest.encode({ config, audio: clip.pcm });
    return { request, reply: (marks) => new RecognizeReply(spoken, marks) };
  };
  return unaryOperation(task, asr.PATHS.recognize, new Prepared(clips, ask));
}

/** Streams a clip: first the configuration, then audio. */
export function recognizeStream(
  task: Task,
  settings: RivaSettings,
  options: SttOptions,
  clips: Supply<Clip>,
): Operation {
  const { interim_results } = settings;
  const streaming_config = { config: configFrom(settings), interim_results };
  return speakOperation(task, options, clips, {
    path: asr.PATHS.streamingRecognize,
    language: settings.language_code,
    preface: asr.StreamingRecognizeRequest.encode({ streaming_config }),
    chunk: (audio_content) => asr.StreamingRecognizeRequest.encode({ audio_content }),
    reply: (spoken, marks) => new StreamingRecognizeReply(spoken, marks),
  });
}
