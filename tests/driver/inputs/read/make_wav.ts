/** Makes WAV files for tests, sound or broken. */

/** What a WAV file is made of; the defaults are what june-load takes. */
export interface WavParts {
  tag?: number;
  channels?: number;
  rate?: number;
  bits?: number;
  /** 16-bit samples, channels interleaved. */
  samples?: number[];
  /** Length that the data chunk announces; bytes. */
  announced?: number;
  /** Length of the whole file that its head announces, less 8; bytes. */
  riff?: number;
  /** Chunks after the samples. */
  after?: [id: string, body: number[]][];
  /** Makes the format chunk of the extensible kind, with this real tag. */
  extensible_tag?: number;
  /** Chunks before the format chunk: an id of four letters and a body. */
  before?: [id: string, body: number[]][];
}

const text = (word: string): number[] => [...word].map((letter) => letter.charCodeAt(0));
const u16 = (value: number): number[] => [value & 255, (value >> 8) & 255];
const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];
const chunk = (id: string, body: number[]): number[] => [
  ...text(id),
  ...u32(body.length),
  ...body,
  ...(body.length % 2 === 1 ? [0] : []),
];

/** The bytes of a WAV file. */
export function wav(parts: WavParts): Uint8Array {
  const { tag = 1, channels = 1, rate = 16_000, bits = 16, samples = [1000, -1000], before = [], after = [] } = parts;
  const frame = channels * bits / 8;
  const outer = parts.extensible_tag === undefined ? tag : 0xfffe;
  const format = [...u16(outer), ...u16(channels), ...u32(rate), ...u32(rate * frame), ...u16(frame), ...u16(bits)];
  if (parts.extensible_tag !== undefined) {
    format.push(...u16(22), ...u16(bits), ...u32(0), ...u16(parts.extensible_tag), ...new Array(14).fill(0));
  }
  const data = new Uint8Array(new Int16Array(samples).buffer);
  const head = [...before.flatMap(([id, body]) => chunk(id, body)), ...chunk("fmt ", format)];
  const tail = after.flatMap(([id, body]) => chunk(id, body));
  const riff = parts.riff ?? 4 + head.length + 8 + data.length + tail.length;
  const start = [...text("RIFF"), ...u32(riff), ...text("WAVE"), ...head];
  const bytes = new Uint8Array(start.length + 8 + data.length + tail.length);
  bytes.set(start);
  bytes.set([...text("data"), ...u32(parts.announced ?? data.length)], start.length);
  bytes.set(data, start.length + 8);
  bytes.set(tail, start.length + 8 + data.length);
  return bytes;
}
