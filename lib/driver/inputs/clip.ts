/** Makes clips and finds where their speech ends. */
import { type Clip, SAMPLE_RATE } from "./inputs.ts";

/** Below this peak a clip is silence: 1 % of full scale, well above dither and hum. */
const SILENCE_PEAK = 328;
/** Speech ends with the last sample that reaches this share of the clip's peak, -32 dB; room noise stays below. */
const SPEECH_SHARE = 0.025;

/**
 * A clip from its samples. One with a transcript has speech, whatever its level; one whose transcript is known to be
 * empty has none; where no transcript is known the level decides.
 */
export function makeClip(name: string, pcm: Uint8Array, text: string | null): Clip {
  if (text === "") return { name, pcm, text, speech_samples: 0 };
  const heard = speechEnd(pcm);
  const speech_samples = heard === 0 && text !== null ? pcm.length / 2 : heard;
  return { name, pcm, text, speech_samples };
}

/** Samples up to the end of speech by level; 0 for silence. */
function speechEnd(pcm: Uint8Array): number {
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const level = (at: number) => Math.abs(view.getInt16(2 * at, true));
  const samples = pcm.length / 2;
  let peak = 0;
  for (let at = 0; at < samples; at++) peak = Math.max(peak, level(at));
  if (peak < SILENCE_PEAK) return 0;
  let end = samples;
  while (end > 0 && level(end - 1) < peak * SPEECH_SHARE) end--;
  return end;
}

/** Longest clip accepted; samples of 5 minutes. */
export const MAX_CLIP_SAMPLES = 5 * 60 * SAMPLE_RATE;
