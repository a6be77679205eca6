/** Sounds for tests. */

/** `duration_ms` of a tone at 16 kHz, pcm16; another `pitch`, another clip. */
export function sound(duration_ms: number, pitch: number): Uint8Array {
  const samples = new Int16Array(duration_ms * 16);
  for (let i = 0; i < samples.length; i++) samples[i] = 3000 * Math.sin((i * pitch) / 20) + 500;
  return new Uint8Array(samples.buffer);
}

/** A WAV file of 16-bit mono samples at 16 kHz. */
export function wav(pcm: Uint8Array): Uint8Array {
  const file = new Uint8Array(44 + pcm.length);
  const view = new DataView(file.buffer);
  const ascii = (at: number, text: string) => file.set(new TextEncoder().encode(text), at);
  ascii(0, "RIFF");
  view.setUint32(4, 36 + pcm.length, true);
  ascii(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 16_000, true);
  view.setUint32(28, 32_000, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  ascii(36, "data");
  view.setUint32(40, pcm.length, true);
  file.set(pcm, 44);
  return file;
}
