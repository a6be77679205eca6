/** Reads WAV files into the samples that services get: mono, 16-bit little-endian, 16 kHz. */
import { SAMPLE_RATE } from "../inputs.ts";

/** Format tags of the `fmt ` chunk; the extensible format has the real tag later. */
const TAG_PCM = 1;
const TAG_EXTENSIBLE = 0xfffe;
const TAG_NAMES: Record<number, string> = {
  [TAG_PCM]: "PCM",
  2: "Microsoft ADPCM",
  3: "float",
  6: "A-law",
  7: "mu-law",
  17: "IMA ADPCM",
  85: "MP3",
};
/** Longer than any recording: programs that write WAV into a pipe do not know its length, and claim such numbers. */
const UNKNOWN_LENGTH = 0x40000000;

/** The bytes are not usable speech. The message says what they are, without naming a file. */
export class WavError extends Error {
  override readonly name = "WavError";
  /** @param convertible whether a conversion would help */
  constructor(message: string, readonly convertible: boolean) {
    super(message);
  }
}

interface WavFormat {
  tag: number;
  channels: number;
  rate: number;
  bits: number;
}

/** Place of the audio in a WAV file. */
export interface WavLayout {
  /** Bytes from the file's beginning. */
  at: number;
  bytes: number;
  channels: number;
  /** Samples of each channel. */
  frames: number;
}

/**
 * The samples of a WAV file: RIFF, PCM, 16 bits, 16 kHz; two channels are averaged into one.
 * @throws {WavError} for anything else, or a file without audio.
 */
export function parseWav(bytes: Uint8Array): Uint8Array {
  const layout = wavLayout(bytes, bytes.length);
  if (layout === null) throw new WavError("it is cut short", false);
  return wavSamples(bytes.subarray(layout.at, layout.at + layout.bytes), layout);
}

/**
 * Finds the audio of a WAV file from its first bytes; null where they are too few.
 * @param size of the whole file; bytes
 * @throws {WavError} as `parseWav` does
 */
export function wavLayout(bytes: Uint8Array, size: number): WavLayout | null {
  if (word(bytes, 0) !== "RIFF" || word(bytes, 8) !== "WAVE") {
    throw new WavError(`it is not a WAV file: it looks like ${looksLike(bytes)}`, isAudio(bytes));
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: WavFormat | null = null;
  let at = 12;
  while (at + 8 <= bytes.length) {
    const length = view.getUint32(at + 4, true);
    const body = at + 8;
    const id = word(bytes, at);
    if (id === "fmt ") {
      if (body + length > bytes.length && bytes.length < size) return null;
      format = readFormat(view, body, length);
    }
    if (id === "data") return dataLayout(body, dataLength(view, at, size), checkFormat(format));
    at = body + length + (length & 1);
  }
  if (bytes.length < size && at < size) return null;
  throw new WavError(`it is cut short: it has no ${format === null ? '"fmt "' : '"data"'} chunk`, false);
}

/**
 * Bytes of audio. A length that was never filled in reaches to the end of the file: 0, a number beyond any recording, or
 * one that contradicts the length of the whole file, which stands before it.
 * @param at where the data chunk begins
 */
function dataLength(view: DataView, at: number, size: number): number {
  const announced = view.getUint32(at + 4, true);
  const whole = view.getUint32(4, true) + 8;
  const there = size - at - 8;
  if (announced === 0) return whole === size && there > 0 && isChunk(view, at + 8, size) ? 0 : there;
  if (announced > there && announced < UNKNOWN_LENGTH && whole >= at + 8 + announced && whole < UNKNOWN_LENGTH) {
    throw new WavError(`it is cut short: ${announced} bytes of audio are announced, ${there} are present`, false);
  }
  return Math.min(announced, there);
}

/** Whether a chunk begins at `at` and ends within the file: a name of four letters, and a length that fits. */
function isChunk(view: DataView, at: number, size: number): boolean {
  if (at + 8 > view.byteLength) return false;
  const isNamed = [0, 1, 2, 3].every((i) => view.getUint8(at + i) >= 0x20 && view.getUint8(at + i) < 0x7f);
  return isNamed && at + 8 + view.getUint32(at + 4, true) <= size;
}

function dataLayout(at: number, bytes: number, { channels }: WavFormat): WavLayout {
  const frames = Math.floor(bytes / (2 * channels));
  if (frames === 0) throw new WavError("it holds no audio", false);
  return { at, bytes, channels, frames };
}

function readFormat(view: DataView, at: number, size: number): WavFormat {
  if (size < 16 || at + size > view.byteLength) throw new WavError('its "fmt " chunk is cut short', false);
  const outer = view.getUint16(at, true);
  return {
    tag: outer === TAG_EXTENSIBLE && size >= 26 ? view.getUint16(at + 24, true) : outer,
    channels: view.getUint16(at + 2, true),
    rate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
}

function checkFormat(format: WavFormat | null): WavFormat {
  if (format === null) throw new WavError('its "fmt " chunk is missing', false);
  const { tag, channels, rate, bits } = format;
  if (tag === TAG_PCM && bits === 16 && rate === SAMPLE_RATE && (channels === 1 || channels === 2)) return format;
  const codec = TAG_NAMES[tag] ?? `format ${tag}`;
  const found = `${rate} Hz, ${channels} channel${channels === 1 ? "" : "s"}, ${bits}-bit ${codec}`;
  throw new WavError(`it is ${found}, where ${SAMPLE_RATE} Hz, 1 or 2 channels, 16-bit PCM is needed`, true);
}

/** The audio of a WAV file as one channel. For a mono file it is the same memory. */
export function wavSamples(data: Uint8Array, { channels, frames }: WavLayout): Uint8Array {
  if (channels === 1) return data.subarray(0, 2 * frames);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const out = new DataView(new ArrayBuffer(2 * frames));
  for (let frame = 0; frame < frames; frame++) {
    const sum = view.getInt16(4 * frame, true) + view.getInt16(4 * frame + 2, true);
    out.setInt16(2 * frame, sum >> 1, true);
  }
  return new Uint8Array(out.buffer);
}

const word = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

/** File types by their first bytes: name, offset of the signature, the signature, whether it is audio. */
const MARKS: readonly (readonly [name: string, at: number, mark: string, audio: boolean])[] = [
  ["FLAC", 0, "fLaC", true],
  ["Ogg (Vorbis or Opus)", 0, "OggS", true],
  ["MP3", 0, "ID3", true],
  ["MP4", 4, "ftyp", true],
  ["WebM or Matroska", 0, "\x1aE\xdf\xa3", true],
  ["big-endian WAV (RIFX)", 0, "RIFX", true],
  ["64-bit WAV (RF64)", 0, "RF64", true],
  ["AIFF", 0, "FORM", true],
  ["NIST SPHERE", 0, "NIST", true],
  ["Sun audio", 0, ".snd", true],
  ["a RIFF file of another kind", 0, "RIFF", false],
  ["a zip archive", 0, "PK", false],
  ["a gzip file", 0, "\x1f\x8b", false],
];

function markOf(bytes: Uint8Array): readonly [name: string, at: number, mark: string, audio: boolean] | undefined {
  return MARKS.find(([, at, mark]) => [...mark].every((letter, i) => bytes[at + i] === letter.charCodeAt(0)));
}

const isMp3Frame = (bytes: Uint8Array): boolean => bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0;

function isAudio(bytes: Uint8Array): boolean {
  return markOf(bytes)?.[3] ?? isMp3Frame(bytes);
}

function looksLike(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty file";
  const mark = markOf(bytes);
  if (mark !== undefined) return mark[0];
  if (isMp3Frame(bytes)) return "MP3";
  const text = bytes.subarray(0, 64).every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13);
  return text ? "text" : "raw or unknown data";
}
