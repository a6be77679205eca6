/** June's speech-to-text tasks: how a clip is sent, whole or spoken in chunks. */
import * as asr from "../../../proto/asr.ts";
import { Reference } from "../../measure/word_error.ts";
import type { SttOptions } from "../../plan/plan.ts";
import type { Operation } from "../driver.ts";
import { type Clip, clipLength, Prepared, SAMPLE_RATE } from "../inputs/inputs.ts";
import { OperationCall } from "../grpc_call.ts";
import { type ChunkedClip, Speaker } from "../speaker.ts";
import { RecognitionReply, RecognitionStreamReply, type Spoken } from "./stt_replies.ts";
import { type Ask, askOperation, type Task } from "../grpc_task.ts";

const CHANNELS = 1;
/** June's word for int16 little-endian; it reads every other word as float32. */
const ENCODING = "pcm";

/** Sends a clip whole and waits for its transcript. */
export function recognize(task: Task, { language }: SttOptions, clips: readonly Clip[]): Operation {
  const ask = (clip: Clip): Ask => {
    const spoken = { ...said(clip, language), sent_us: () => 1000 * clipLength(clip), all_sent: () => true };
    const request = asr.RecognitionRequest.encode({
      audio_data: clip.pcm,
      sample_rate: SAMPLE_RATE,
      encoding: ENCODING,
      config: { language },
    });
    return { request, reply: (marks) => new RecognitionReply(spoken, marks) };
  };
  return askOperation(task, asr.PATHS.recognize, new Prepared(clips, ask));
}

/** What is said in a clip; its transcript is compared word by word where it is known. */
function said(clip: Clip, language: string): Pick<Spoken, "has_speech" | "reference"> {
  const { text, speech_samples } = clip;
  return { has_speech: speech_samples > 0, reference: text === null ? null : new Reference(text, language) };
}

/** Speaks a clip into a stream. Paced speech adds its own length to the deadline. */
export function recognizeStream(task: Task, options: SttOptions, clips: readonly Clip[]): Operation {
  const method = task.method(asr.PATHS.recognizeStream);
  const prepared = new Prepared(clips, (clip) => ({ ...chunkClip(clip, options), ...said(clip, options.language) }));
  return {
    name: task.name,
    reply_stream: task.reply_stream,
    start(random, clock, marks) {
      const clip = prepared.pick(random);
      const speaker = new Speaker(clip, clock, marks);
      const { has_speech, reference } = clip;
      const spoken = { has_speech, reference, sent_us: () => speaker.sent_us, all_sent: () => speaker.spoken };
      const reply = new RecognitionStreamReply(spoken, marks);
      return OperationCall.stream(
        method,
        speaker,
        task.timeout_ms + (clip.paced ? clip.length_us / 1000 : 0),
        marks,
        reply,
      );
    },
  };
}

/** Cuts a clip into encoded chunks. Their times come from sample positions, so they do not drift. */
function chunkClip(clip: Clip, { chunk_ms, pacing }: SttOptions): ChunkedClip {
  const paced = pacing === "real_time";
  const chunk_samples = Math.max(1, Math.round(chunk_ms * SAMPLE_RATE / 1000));
  const chunks: Uint8Array[] = [];
  const starts_us: number[] = [];
  for (let at = 0; at < clip.pcm.length / 2; at += chunk_samples) {
    const timestamp_us = Math.round(at * 1_000_000 / SAMPLE_RATE);
    chunks.push(asr.AudioChunk.encode({
      audio_data: clip.pcm.subarray(2 * at, 2 * (at + chunk_samples)),
      sample_rate: SAMPLE_RATE,
      channels: CHANNELS,
      encoding: ENCODING,
      timestamp_us,
    }));
    starts_us.push(timestamp_us);
  }
  const last_speech = clip.speech_samples > 0 ? Math.ceil(clip.speech_samples / chunk_samples) - 1 : null;
  return { chunks, starts_us, length_us: 1000 * clipLength(clip), paced, last_speech };
}
