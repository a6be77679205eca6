/** Makes clips and finds where their speech ends. */
import { type Clip, SAMPLE_RATE } from "./inputs.ts";

/** A clip with a lower peak is silence: 1 % of full scale, well above dither and hum. */
const SILENCE_PEAK = 328;
/** Speech ends with the last sample that reaches this share of the clip's peak, -32 dB; room noise stays below. */
const SPEECH_SHARE = 0.025;

/**
 * A clip from its samples. A clip with a transcript has speech, whatever its level. A clip with an empty transcript has
 * none. Without a transcript the level decides.
 */
export function makeClip(name: string, pcm: Uint8Array, text: string | null): Clip {
  if (text === "") return { name, pcm, text, speech_samples: 0 };
  const heard = speechEnd(pcm);
  const speech_samples = heard === 0 && text !== null ? pcm.length / 2 : heard;
  return { name, pcm, text, speech_samples };
}

/** Samples up to the end of speech by level; 0 for silence. */
function speechEnd(pcm: Uint8Array): number {
  const samples = samplesOf(pcm);
  let peak = 0;
  for (let at = 0; at < samples.length; at++) {
    const level = Math.abs(samples[at] as number);
    if (level > peak) peak = level;
  }
  if (peak < SILENCE_PEAK) return 0;
  let end = samples.length;
  while (end > 0 && Math.abs(samples[end - 1] as number) < peak * SPEECH_SHARE) end--;
  return end;
}

/** Little-endian samples, the byte order of every processor that june-load supports. */
function samplesOf(pcm: Uint8Array): Int16Array {
  const aligned = pcm.byteOffset % 2 === 0 ? pcm : pcm.slice();
  return new Int16Array(aligned.buffer, aligned.byteOffset, Math.floor(aligned.byteLength / 2));
}

/** Longest clip: 5 minutes, in samples. */
export const MAX_CLIP_SAMPLES = 5 * 60 * SAMPLE_RATE;
