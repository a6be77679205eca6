/** Shared by all speech recognition over gRPC: streams clips in chunks, and compares transcripts with their words. */
import { Reference } from "../../measure/word_error.ts";
import type { SttOptions } from "../../plan/plan.ts";
import type { AnswerNote, Content, Marks, Operation } from "../driver.ts";
import { OperationCall } from "../rpc/call.ts";
import type { Task } from "../rpc/task.ts";
import { type Clip, clipLength, Prepared, SAMPLE_RATE, type Supply } from "../inputs/inputs.ts";
import { semantic } from "../core/outcome.ts";
import type { Reply } from "../core/reply.ts";
import { type ChunkedClip, Speaker } from "./speaker.ts";
import type { Hearing } from "./transcript.ts";

/** The fault of an empty transcript for a clip with speech. */
export const EMPTY_TRANSCRIPT = semantic(
  "empty_transcript",
  "Status OK, but no transcript came for a clip with speech",
);
/** The fault of a stream that ends before all speech is sent. */
export const ENDED_EARLY = semantic(
  "ended_early",
  "Status OK, but the server ended the stream before all speech was sent",
);

/** The speech of one recognition call. */
export interface Spoken {
  has_speech: boolean;
  /** Its transcript; null: not known. */
  reference: Reference | null;
  /** How results of the service become its transcript. */
  hearing: Hearing;
  /** Length of the audio sent by now; microseconds. */
  sent_us(): number;
  /** Whether all speech has been sent; silence may follow. */
  all_sent(): boolean;
  /**
   * Time since the stream took the audio up to `audio_us`; microseconds. Null: not known, as for a clip that is sent
   * whole, or while none was taken.
   */
  since_us(audio_us: number): number | null;
}

/** What is known of a clip's speech: whether there is any, and its words, for comparison with a transcript. */
type Said = Pick<Spoken, "has_speech" | "reference" | "hearing">;

/** What a service's options say of transcripts. */
type Listening = Pick<SttOptions, "interims" | "wer_normalizer">;

function said({ text, speech_samples }: Clip, language: string, options: Listening): Said {
  const { interims = "auto", wer_normalizer = "basic" } = options;
  return {
    has_speech: speech_samples > 0,
    reference: text === null ? null : new Reference(text, language, wer_normalizer),
    hearing: { language, interims },
  };
}

/**
 * A clip that is sent whole.
 * @param language its ISO 639 code, optionally with a region
 */
export function wholeClip(clip: Clip, language: string, options: Listening): Spoken {
  const length_us = 1000 * clipLength(clip);
  return { ...said(clip, language, options), sent_us: () => length_us, all_sent: () => true, since_us: () => null };
}

/**
 * The content of a call, from its transcript's segments.
 * @param note what became of interim results; null: there were none
 */
export function transcriptContent(
  { reference, sent_us }: Spoken,
  segments: readonly string[],
  note: AnswerNote | null = null,
): Content {
  const content: Content = { audio_sent_us: sent_us(), ...(note !== null && { notes: [note] }) };
  if (reference === null) return content;
  const heard = segments.join(" ");
  const words = reference.errorsOf(heard);
  return { ...content, words: words.errors === 0 ? words : { ...words, texts: { said: reference.text, heard } } };
}

/** How a protocol streams clips. */
export interface SpeechForm {
  path: string;
  /** ISO 639 code, optionally with a region. */
  language: string;
  /** Sent before the first chunk; null: nothing. */
  preface: Uint8Array | null;
  /** Encodes one chunk, which begins at `at_us` of the clip. */
  chunk(pcm: Uint8Array, at_us: number): Uint8Array;
  /** Makes a reader for the replies of one call. */
  reply(spoken: Spoken, marks: Marks): Reply;
}

/** An operation that streams a clip. Paced speech adds its own length to the deadline. */
export function speakOperation(task: Task, options: SttOptions, clips: Supply<Clip>, form: SpeechForm): Operation {
  const method = task.method(form.path);
  const prepared = new Prepared(
    clips,
    (clip) => ({ ...chunkClip(clip, options, form), ...said(clip, form.language, options) }),
  );
  return {
    name: task.name,
    reply_stream: task.reply_stream,
    start(start) {
      const { clock, marks } = start;
      const clip = prepared.pick(start);
      const speaker = new Speaker(clip, clock, marks);
      const spoken: Spoken = {
        has_speech: clip.has_speech,
        reference: clip.reference,
        hearing: clip.hearing,
        sent_us: () => speaker.sent_us,
        all_sent: () => speaker.spoken,
        since_us: (audio_us) => speaker.since_us(audio_us),
      };
      const timeout_ms = task.timeout_ms + (clip.paced ? clip.length_us / 1000 : 0);
      return OperationCall.stream(method, speaker, timeout_ms, marks, form.reply(spoken, marks));
    },
  };
}

/** Splits a clip into encoded chunks. Their times come from sample positions, so they do not drift. */
function chunkClip(clip: Clip, { chunk_ms, pacing }: SttOptions, { preface, chunk }: SpeechForm): ChunkedClip {
  const chunk_samples = Math.max(1, Math.round(chunk_ms * SAMPLE_RATE / 1000));
  const chunks: Uint8Array[] = [];
  const starts_us: number[] = [];
  for (let at = 0; at < clip.pcm.length / 2; at += chunk_samples) {
    const at_us = Math.round(at * 1_000_000 / SAMPLE_RATE);
    chunks.push(chunk(clip.pcm.subarray(2 * at, 2 * (at + chunk_samples)), at_us));
    starts_us.push(at_us);
  }
  const last_speech = clip.speech_samples > 0 ? Math.ceil(clip.speech_samples / chunk_samples) - 1 : null;
  const paced = pacing === "real_time";
  const length_us = clip.pcm.length / 2 * 1_000_000 / SAMPLE_RATE;
  const speech_end_us = clip.speech_samples > 0 ? clip.speech_samples * 1_000_000 / SAMPLE_RATE : length_us;
  return { preface, chunks, starts_us, length_us, paced, last_speech, speech_end_us };
}
