/** Formats of audio: as they are named, claimed by a content type, and known by their first bytes. */

/** Formats that june-load can tell apart, named as OpenAI's interface names them. */
export const AUDIO_FORMATS = ["pcm", "wav", "mp3", "opus", "flac", "aac"] as const;
/** Name of a format; `opus` is Opus in Ogg, `aac` an ADTS stream, `pcm` raw 16-bit samples. */
export type AudioFormat = typeof AUDIO_FORMATS[number];

/** Media types by their name after `audio/` or `application/`, without `x-`; other types claim nothing. */
const BY_TYPE: Readonly<Record<string, AudioFormat>> = {
  mpeg: "mp3",
  mp3: "mp3",
  mpeg3: "mp3",
  wav: "wav",
  wave: "wav",
  "vnd.wave": "wav",
  ogg: "opus",
  opus: "opus",
  flac: "flac",
  aac: "aac",
  aacp: "aac",
  pcm: "pcm",
  l16: "pcm",
  raw: "pcm",
};

/**
 * The format that a content type claims; null: it claims none, as `application/octet-stream` does.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(["audio/mpeg", "audio/x-wav", "application/octet-stream"].map(claimedFormat), ["mp3", "wav", null]);
 * ```
 */
export function claimedFormat(type: string): AudioFormat | null {
  const name = /^(?:audio|application)\/(?:x-)?([^;\s]+)/.exec(type.toLowerCase())?.[1];
  return name !== undefined && Object.hasOwn(BY_TYPE, name) ? BY_TYPE[name] ?? null : null;
}

/** Bytes that `sniffFormat` needs to be sure: two frames of the longest kind. */
export const SNIFF_BYTES = 4096;

const ascii = (bytes: Uint8Array, at: number, length = 4): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));

/**
 * The format of audio by its first bytes; null: they are of no format with a mark, such as raw samples. A frame of MP3 or
 * AAC counts only where another follows it, since samples may look like one.
 */
export function sniffFormat(bytes: Uint8Array): AudioFormat | null {
  const word = ascii(bytes, 0);
  if (word === "RIFF" && ascii(bytes, 8) === "WAVE") return "wav";
  if (word === "OggS") return "opus";
  if (word === "fLaC") return "flac";
  if (word.startsWith("ID3") || isFollowed(bytes, mpegFrame)) return "mp3";
  return isFollowed(bytes, adtsFrame) ? "aac" : null;
}

/** A frame: its bytes with the header, and the time it plays. */
export interface Frame {
  bytes: number;
  length_us: number;
}

/** Reads the frame that begins at a place; null: none does, or its header is incomplete. */
export type FrameReader = (bytes: Uint8Array, at: number) => Frame | null;

function isFollowed(bytes: Uint8Array, frame: FrameReader): boolean {
  const first = frame(bytes, 0);
  return first !== null && frame(bytes, first.bytes) !== null;
}

/** Kilobits per second by index, of layer III: MPEG-1, then MPEG-2 and 2.5. Source: ISO 11172-3, 13818-3. */
const MPEG_1_KBPS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG_2_KBPS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
/** Samples per second by index of MPEG-1; MPEG-2 has half of them, MPEG-2.5 a quarter. */
const MPEG_RATES = [44_100, 48_000, 32_000];

/** A frame of MPEG audio, layer III. Source: ISO 11172-3, section 2.4.1.3. */
export function mpegFrame(bytes: Uint8Array, at: number): Frame | null {
  const [sync = 0, kind = 0, rates = 0] = bytes.subarray(at, at + 3);
  if (sync !== 0xff || (kind & 0xe0) !== 0xe0 || (kind & 0x06) !== 0x02 || (kind & 0x18) === 0x08) return null;
  const isFirst = (kind & 0x18) === 0x18;
  const quarter = (kind & 0x18) === 0;
  const kbps = (isFirst ? MPEG_1_KBPS : MPEG_2_KBPS)[rates >> 4] ?? 0;
  const base = MPEG_RATES[(rates >> 2) & 3];
  if (base === undefined || kbps === 0) return null;
  const rate = isFirst ? base : quarter ? base / 4 : base / 2;
  const samples = isFirst ? 1152 : 576;
  return {
    bytes: Math.floor(samples / 8 * kbps * 1000 / rate) + ((rates >> 1) & 1),
    length_us: samples / rate * 1e6,
  };
}

/** Samples per second by index. Source: ISO 14496-3, table 1.18. */
const AAC_RATES = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350];

/** A frame of AAC with its ADTS header. Source: ISO 14496-3, section 1.A.2. */
export function adtsFrame(bytes: Uint8Array, at: number): Frame | null {
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0, b4 = 0, b5 = 0, b6 = 0] = bytes.subarray(at, at + 7);
  if (b0 !== 0xff || (b1 & 0xf6) !== 0xf0) return null;
  const rate = AAC_RATES[(b2 >> 2) & 0x0f];
  const size = ((b3 & 3) << 11) | (b4 << 3) | (b5 >> 5);
  if (rate === undefined || size < 7) return null;
  return { bytes: size, length_us: 1024 * ((b6 & 3) + 1) / rate * 1e6 };
}
