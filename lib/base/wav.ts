/** The head of a WAV file. */

/** Bytes of the head; samples follow. */
export const WAV_HEAD_BYTES = 44;
/** Stands for a length that nobody knows yet. */
const UNKNOWN = 0xffffffff;

/**
 * The head of a file of mono 16-bit samples.
 * @param pcm_bytes length of the samples; null: unknown, as in a file that is streamed
 */
export function wavHead(sample_rate_hz: number, pcm_bytes: number | null): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(WAV_HEAD_BYTES);
  const view = new DataView(head.buffer);
  const word = (at: number, text: string) => head.set(new TextEncoder().encode(text), at);
  word(0, "RIFF");
  view.setUint32(4, pcm_bytes === null ? UNKNOWN : WAV_HEAD_BYTES - 8 + pcm_bytes, true);
  word(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sample_rate_hz, true);
  view.setUint32(28, 2 * sample_rate_hz, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  word(36, "data");
  view.setUint32(40, pcm_bytes ?? UNKNOWN, true);
  return head;
}
