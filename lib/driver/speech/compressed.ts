/**
 * How long compressed audio plays, read from its frames as they come; nothing is decoded. Sources: the headers named in
 * `audio_format.ts`, RFC 3533 (Ogg), RFC 7845 (Opus in Ogg), RFC 9639 (FLAC).
 */
import { joinBytes } from "../../base/bytes.ts";
import { adtsFrame, type AudioFormat, type FrameReader, mpegFrame } from "./audio_format.ts";

/** Bytes of a frame or page that did not end are kept up to this; more is no audio. */
const MAX_KEPT_BYTES = 1024 * 1024;

/** Measures one stream of compressed audio. */
export abstract class CompressedAudio {
  #rest = new Uint8Array(0);

  /**
   * Takes the next bytes.
   * @returns playing time that they completed; microseconds
   */
  add(bytes: Uint8Array): number {
    const all = this.#rest.length === 0 ? bytes : joinBytes(this.#rest, bytes);
    let length_us = 0;
    let at = 0;
    for (let step = this.next(all, at); step !== null; step = this.next(all, at)) {
      at += step.bytes;
      length_us += step.length_us;
    }
    this.#rest = new Uint8Array(all.subarray(Math.max(at, all.length - MAX_KEPT_BYTES)));
    return length_us;
  }

  /** The next whole step from `at` on: bytes that are done with, and what they play. Null: more bytes are needed. */
  protected abstract next(bytes: Uint8Array, at: number): { bytes: number; length_us: number } | null;
}

/**
 * Makes a measure for a format.
 *
 * @example One frame of MP3 with 24,000 samples a second plays 24 ms, whichever way its bytes are cut.
 * ```ts
 * import assert from "node:assert/strict";
 * const frame = new Uint8Array(384);
 * frame.set([0xff, 0xf3, 0xc4, 0xc4]);
 * const audio = compressedAudio("mp3");
 * const lengths_us = [frame.subarray(0, 3), frame.subarray(3)].map((bytes) => audio.add(bytes));
 * assert.deepEqual(lengths_us, [0, 24_000]);
 * ```
 */
export function compressedAudio(format: Exclude<AudioFormat, "pcm" | "wav">): CompressedAudio {
  switch (format) {
    case "mp3":
      return new Frames(mpegFrame, isInfoFrame);
    case "aac":
      return new Frames(adtsFrame, () => false);
    case "opus":
      return new OggPages();
    case "flac":
      return new FlacFrames();
  }
}

const ascii = (bytes: Uint8Array, at: number, length = 4): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));

/** Frames one after another; what is between them, such as tags, is stepped over. */
class Frames extends CompressedAudio {
  constructor(readonly frame: FrameReader, readonly isSilent: (bytes: Uint8Array) => boolean) {
    super();
  }

  protected override next(bytes: Uint8Array, at: number): { bytes: number; length_us: number } | null {
    if (bytes.length - at < 10) return null;
    if (ascii(bytes, at, 3) === "ID3") return tagAt(bytes, at);
    const found = this.frame(bytes, at);
    if (found === null) return { bytes: 1, length_us: 0 };
    if (bytes.length - at < found.bytes) return null;
    return this.isSilent(bytes.subarray(at, at + found.bytes)) ? { bytes: found.bytes, length_us: 0 } : found;
  }
}

/** A tag before the frames. Source: ID3v2.4, section 3.1, with a size of four times 7 bits. */
function tagAt(bytes: Uint8Array, at: number): { bytes: number; length_us: number } | null {
  const size = 10 + [6, 7, 8, 9].reduce((sum, place) => sum * 128 + ((bytes[at + place] as number) & 0x7f), 0);
  return bytes.length - at < size ? null : { bytes: size, length_us: 0 };
}

/** The first frame of a file may hold its number of frames in place of sound. */
function isInfoFrame(frame: Uint8Array): boolean {
  const head = ascii(frame, 0, 48);
  return head.includes("Xing") || head.includes("Info");
}

/** Pages of Ogg; the position of each says how much has played at its end. */
class OggPages extends CompressedAudio {
  /** Samples per second that positions count in, and those that are not played at the start. */
  #rate = 48_000;
  #skipped = 0;
  #played = 0;

  protected override next(bytes: Uint8Array, at: number): { bytes: number; length_us: number } | null {
    if (bytes.length - at < 27) return null;
    if (ascii(bytes, at) !== "OggS") return { bytes: 1, length_us: 0 };
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
    const segments = view.getUint8(26);
    const bodyAt = 27 + segments;
    if (bytes.length - at < bodyAt) return null;
    const body_bytes = bytes.subarray(at + 27, at + bodyAt).reduce((sum, lacing) => sum + lacing, 0);
    if (bytes.length - at < bodyAt + body_bytes) return null;
    this.#readHead(bytes.subarray(at + bodyAt, at + bodyAt + body_bytes));
    return { bytes: bodyAt + body_bytes, length_us: this.#advance(view.getBigInt64(6, true)) };
  }

  #readHead(body: Uint8Array): void {
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    if (ascii(body, 0, 8) === "OpusHead" && body.length >= 19) this.#skipped = view.getUint16(10, true);
    else if (ascii(body, 1, 6) === "vorbis" && body[0] === 1 && body.length >= 16) {
      this.#rate = view.getUint32(12, true) || this.#rate;
    }
  }

  /** A position of -1 ends no packet. */
  #advance(position: bigint): number {
    const played = Math.max(0, Number(position) - this.#skipped);
    const more = Math.max(0, played - this.#played);
    this.#played += more;
    return more / this.#rate * 1e6;
  }
}

/** Frames of FLAC: each says how many samples it has, none how many bytes, so that the next is searched for. */
class FlacFrames extends CompressedAudio {
  #rate = 0;
  /** Samples of each frame but the last, of a stream whose frames are of one size. */
  #block = 0;
  #headed = false;
  /** Number of the next frame. */
  #number = 0;

  protected override next(bytes: Uint8Array, at: number): { bytes: number; length_us: number } | null {
    return this.#headed ? this.#frame(bytes, at) : this.#metadata(bytes, at);
  }

  /** `fLaC` and the blocks of metadata, of which the first has the rate. */
  #metadata(bytes: Uint8Array, at: number): { bytes: number; length_us: number } | null {
    if (bytes.length - at < 4) return null;
    if (ascii(bytes, at) === "fLaC") return { bytes: 4, length_us: 0 };
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
    const size = 4 + (view.getUint32(0) & 0xffffff);
    if (view.byteLength < size) return null;
    if ((view.getUint8(0) & 0x7f) === 0 && size >= 22) {
      this.#block = view.getUint16(6);
      this.#rate = view.getUint32(14) >>> 12;
    }
    this.#headed = (view.getUint8(0) & 0x80) !== 0;
    return { bytes: size, length_us: 0 };
  }

  #frame(bytes: Uint8Array, at: number): { bytes: number; length_us: number } | null {
    for (let from = at; from + 16 <= bytes.length; from++) {
      const samples = this.#samplesAt(bytes, from);
      if (samples === null) continue;
      this.#number++;
      return { bytes: from + 2 - at, length_us: this.#rate === 0 ? 0 : samples / this.#rate * 1e6 };
    }
    // The last bytes may begin a header.
    const skipped = bytes.length - at - 15;
    return skipped > 0 ? { bytes: skipped, length_us: 0 } : null;
  }

  /** Samples of the frame that begins at a place; null: none does. */
  #samplesAt(bytes: Uint8Array, at: number): number | null {
    if (bytes[at] !== 0xff || ((bytes[at + 1] as number) & 0xfe) !== 0xf8) return null;
    const sizeCode = (bytes[at + 2] as number) >> 4;
    const number = codedNumber(bytes, at + 4);
    if (number === null) return null;
    const isVariable = ((bytes[at + 1] as number) & 1) === 1;
    if (!isVariable && number.value !== this.#number) return null;
    const place = at + 4 + number.bytes;
    if (sizeCode === 6) return (bytes[place] as number) + 1;
    if (sizeCode === 7) return (bytes[place] as number) * 256 + (bytes[place + 1] as number) + 1;
    return blockSize(sizeCode) ?? this.#block;
  }
}

/** Samples of a frame by its code. Source: RFC 9639, section 9.1.1. */
function blockSize(code: number): number | null {
  if (code === 1) return 192;
  if (code >= 2 && code <= 5) return 144 * 2 ** code;
  return code >= 8 ? 2 ** code : null;
}

/** A number in the manner of UTF-8, of up to 7 bytes; null: none. Source: RFC 9639, section 9.1.5. */
function codedNumber(bytes: Uint8Array, at: number): { value: number; bytes: number } | null {
  const first = bytes[at] as number;
  if (first < 0x80) return { value: first, bytes: 1 };
  const length = Math.clz32(~(first << 24));
  if (length < 2 || length > 7) return null;
  let value = first & (0x7f >> length);
  for (let place = 1; place < length; place++) {
    const byte = bytes[at + place] as number;
    if ((byte & 0xc0) !== 0x80) return null;
    value = value * 64 + (byte & 0x3f);
  }
  return { value, bytes: length };
}
