/** June's speech-to-text tasks: send a clip whole, or stream it in chunks. */
import * as asr from "../../../proto/asr.ts";
import type { SttOptions } from "../../plan/plan.ts";
import type { Operation } from "../driver.ts";
import { type Task, unaryOperation, type UnaryRequest } from "../rpc/task.ts";
import { type Clip, Prepared, SAMPLE_RATE, type Supply } from "../inputs/inputs.ts";
import { speakOperation, wholeClip } from "../speech/spoken.ts";
import { RecognitionReply, RecognitionStreamReply } from "./stt_replies.ts";

const CHANNELS = 1;
/** June's name for int16 little-endian; it reads every other name as float32. */
const ENCODING = "pcm";

/** Sends a clip whole and waits for its transcript. */
export function recognize(task: Task, options: SttOptions, clips: Supply<Clip>): Operation {
  const { language } = options;
  const ask = (clip: Clip): UnaryRequest => {
    const spoken = wholeClip(clip, language, options);
    const request = asr.RecognitionRequest.encode({
      audio_data: clip.pcm,
      sample_rate: SAMPLE_RATE,
      encoding: ENCODING,
      config: { language },
    });
    return { request, reply: (marks) => new RecognitionReply(spoken, marks) };
  };
  return unaryOperation(task, asr.PATHS.recognize, new Prepared(clips, ask));
}

/** Streams a clip. */
export function recognizeStream(task: Task, options: SttOptions, clips: Supply<Clip>): Operation {
  return speakOperation(task, options, clips, {
    path: asr.PATHS.recognizeStream,
    language: options.language,
    preface: null,
    chunk: (audio_data, timestamp_us) =>
      asr.AudioChunk.encode({
        audio_data,
        sample_rate: SAMPLE_RATE,
        channels: CHANNELS,
        encoding: ENCODING,
        timestamp_us,
      }),
    reply: (spoken, marks) => new RecognitionStreamReply(spoken, marks),
  });
}
