/** Results of the recogniser. */
import * as asr from "../../../proto/asr.ts";
import type { Draft } from "../../../proto/codec.ts";

/** A stretch of audio and the words in it. */
export interface Segment {
  words: string[];
  from_ms: number;
  to_ms: number;
}

/** The confidence of all results of June's servers. */
const JUNE_CONFIDENCE = 0.9;
/** Confidence of an empty result; 0 would mean an error. */
const SURE = 1;

/**
 * The result for a segment. June's servers give one constant confidence, no word list, and times from the segment's own
 * start.
 */
export function resultOf(
  { words, from_ms, to_ms }: Segment,
  is_final: boolean,
  june: boolean,
  language = "",
): Draft<asr.RecognitionResult> {
  const common = { transcript: words.join(" "), is_final, detected_language: language || "en" };
  const length_us = Math.round((to_ms - from_ms) * 1000);
  if (june) return { ...common, confidence: JUNE_CONFIDENCE, end_time_us: length_us };
  const start_us = Math.round(from_ms * 1000);
  const at_us = (index: number) => start_us + Math.round((length_us * index) / words.length);
  return {
    ...common,
    confidence: words.length === 0 ? SURE : confidenceOf(common.transcript),
    start_time_us: start_us,
    end_time_us: start_us + length_us,
    words: words.map((word, index) => ({
      word,
      confidence: confidenceOf(word),
      start_time_us: at_us(index),
      end_time_us: at_us(index + 1),
    })),
  };
}

/** Encodes `resultOf`. */
export function encodeResult(segment: Segment, is_final: boolean, june: boolean): Uint8Array {
  return asr.RecognitionResult.encode(resultOf(segment, is_final, june));
}

/** An error in the form of June's streams: a final result without words, under status OK. */
export function encodeInBandError(): Uint8Array {
  return asr.RecognitionResult.encode({ transcript: "", is_final: true, confidence: 0 });
}

/** Between 0.8 and 1, fixed by the text. */
function confidenceOf(text: string): number {
  return 0.8 + (text.length % 20) / 100;
}
