/** Sound as bytes: 16-bit little-endian mono samples. */

/** Sample rate of the simulator's speech, the same as June's TTS; Hz. */
export const SPEECH_RATE_HZ = 16_000;
/** Bytes of one sample. */
const SAMPLE_BYTES = 2;

const TONE_HZ = 220;
const TONE_AMPLITUDE = 900;
/** Samples of whole periods of the tone, so that blocks join without a click. */
const TONE_MS = 200;
/** One tone for each sample rate, made on first use. */
const tones = new Map<number, Uint8Array>();

/**
 * `duration_ms` of a quiet tone that begins `from_ms` into it; pcm16.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const bytes = toneBytes(0, 500);
 * assert.equal(pcmDuration_ms(bytes.length, SPEECH_RATE_HZ), 500);
 * assert.equal(isSilent(bytes), false);
 * ```
 */
export function toneBytes(from_ms: number, duration_ms: number, rate_hz: number = SPEECH_RATE_HZ): Uint8Array {
  const tone = toneOf(rate_hz);
  const from = bytesOf(from_ms, rate_hz);
  const size = bytesOf(from_ms + duration_ms, rate_hz) - from;
  const bytes = new Uint8Array(size);
  for (let done = 0; done < size;) {
    const part = tone.subarray((from + done) % tone.length).subarray(0, size - done);
    bytes.set(part, done);
    done += part.length;
  }
  return bytes;
}

/** Length of pcm16 mono audio; milliseconds. */
export function pcmDuration_ms(bytes: number, rate_hz: number): number {
  return (bytes / SAMPLE_BYTES / rate_hz) * 1000;
}

/** Whether every sample is zero. */
export function isSilent(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** Bytes of a WAV file's header, or 0 when the bytes are not a WAV file: everything up to the data chunk's content. */
export function wavHeaderBytes(bytes: Uint8Array): number {
  if (ascii(bytes, 0) !== "RIFF" || ascii(bytes, 8) !== "WAVE") return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 8 <= bytes.length;) {
    if (ascii(bytes, at) === "data") return at + 8;
    const size = view.getUint32(at + 4, true);
    at += 8 + size + (size & 1);
  }
  return 0;
}

/**
 * Whether 32-bit float samples could be sound. Integer samples read as floats are not: their exponents are scattered
 * over the whole range, while sound lies within -1 to 1 and hardly ever below a millionth.
 */
export function looksLikeFloatSound(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.min(Math.floor(bytes.length / 4), 2048);
  let odd = 0;
  for (let i = 0; i < count; i++) {
    const size = Math.abs(view.getFloat32(i * 4, true));
    if (!(size === 0 || (size >= 1e-7 && size <= 1.5))) odd++;
  }
  return odd * 20 <= count;
}

function bytesOf(ms: number, rate_hz: number): number {
  return Math.round((ms * rate_hz) / 1000) * SAMPLE_BYTES;
}

function ascii(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function toneOf(rate_hz: number): Uint8Array {
  let tone = tones.get(rate_hz);
  if (tone === undefined) tones.set(rate_hz, tone = makeTone(rate_hz));
  return tone;
}

function makeTone(rate_hz: number): Uint8Array {
  const samples = new Int16Array(Math.round((TONE_MS * rate_hz) / 1000));
  for (let i = 0; i < samples.length; i++) {
    samples[i] = Math.round(TONE_AMPLITUDE * Math.sin((2 * Math.PI * TONE_HZ * i) / rate_hz));
  }
  const bytes = new Uint8Array(samples.length * SAMPLE_BYTES);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, i) => view.setInt16(i * SAMPLE_BYTES, sample, true));
  return bytes;
}
