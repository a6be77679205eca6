/** June's speech-to-text tasks: how a clip is sent, whole or spoken in chunks. */
import * as asr from "../../../proto/asr.ts";
import type { SttOptions } from "../../plan/plan.ts";
import type { Operation } from "../driver.ts";
import { type Clip, clipLength, Prepared, SAMPLE_RATE } from "../inputs/inputs.ts";
import { OperationCall } from "./call.ts";
import { type ChunkedClip, Speaker } from "./speaker.ts";
import { RecognitionReply, RecognitionStreamReply } from "./stt_replies.ts";
import { type Ask, askOperation, type Task } from "./task.ts";

const CHANNELS = 1;
/** June's word for int16 little-endian; it reads every other word as float32. */
const ENCODING = "pcm";

/** Sends a clip whole and waits for its transcript. */
export function recognize(task: Task, { language }: SttOptions, clips: readonly Clip[]): Operation {
  const ask = (clip: Clip): Ask => ({
    request: asr.RecognitionRequest.encode({
      audio_data: clip.pcm,
      sample_rate: SAMPLE_RATE,
      encoding: ENCODING,
      config: { language },
    }),
    reply: () => new RecognitionReply(clip.speech_samples > 0),
  });
  return askOperation(task, asr.PATHS.recognize, new Prepared(clips, ask));
}

/** Speaks a clip into a stream. Paced speech adds its own length to the deadline. */
export function recognizeStream(task: Task, options: SttOptions, clips: readonly Clip[]): Operation {
  const method = task.method(asr.PATHS.recognizeStream);
  const spoken = new Prepared(clips, (clip) => chunkClip(clip, options));
  return {
    name: task.name,
    reply_stream: task.reply_stream,
    start(random, clock, marks) {
      const clip = spoken.pick(random);
      const speaker = new Speaker(clip, clock, marks);
      const reply = new RecognitionStreamReply(clip.last_speech !== null, () => speaker.spoken);
      return OperationCall.stream(method, speaker, task.timeout_ms + clip.paced_ms, marks, reply);
    },
  };
}

/** Cuts a clip into encoded chunks. Their times come from sample positions, so they do not drift. */
function chunkClip(clip: Clip, { chunk_ms, pacing }: SttOptions): ChunkedClip {
  const paced = pacing === "real_time";
  const chunk_samples = Math.max(1, Math.round(chunk_ms * SAMPLE_RATE / 1000));
  const chunks: Uint8Array[] = [];
  const due_us: number[] = [];
  for (let at = 0; at < clip.pcm.length / 2; at += chunk_samples) {
    const timestamp_us = Math.round(at * 1_000_000 / SAMPLE_RATE);
    chunks.push(asr.AudioChunk.encode({
      audio_data: clip.pcm.subarray(2 * at, 2 * (at + chunk_samples)),
      sample_rate: SAMPLE_RATE,
      channels: CHANNELS,
      encoding: ENCODING,
      timestamp_us,
    }));
    due_us.push(paced ? timestamp_us : 0);
  }
  const last_speech = clip.speech_samples > 0 ? Math.ceil(clip.speech_samples / chunk_samples) - 1 : null;
  return { chunks, due_us, last_speech, paced_ms: paced ? clipLength(clip) : 0 };
}
