/** The audio of one reply: its length, and whether it can be speech. */
import { type Fault, semantic } from "../core/outcome.ts";
import { NO_CONTENT } from "../core/reply.ts";
import { joinBytes } from "../../base/bytes.ts";
import { type AudioFormat, SNIFF_BYTES, sniffFormat } from "./audio_format.ts";
import { type CompressedAudio, compressedAudio } from "./compressed.ts";

/** Sample rate of June's synthesiser, used where a reply names none; Hz. */
const DEFAULT_RATE = 16_000;
/** Possible sample rates of speech, telephone to studio; another rate is an error. Hz. */
const LOWEST_RATE = 4000;
const HIGHEST_RATE = 192_000;
/** Speech with less time than this for each word is cut off: it would be ten times too fast. */
const SHORTEST_WORD_US = 20_000;

const SILENT = semantic("silent_audio", "Status OK, but the audio is silent: every sample is 0");
const WAV = semantic("wav_audio", "The audio should be raw PCM, but it begins with the header of a WAV file");

/** How formats are named in messages. */
const NAMES: Readonly<Record<AudioFormat, string>> = {
  pcm: "raw PCM",
  wav: "a WAV file",
  mp3: "MP3",
  opus: "Ogg",
  flac: "FLAC",
  aac: "AAC",
};

/** Encodings by the beginning of their name; an empty name means raw samples, the servers' default. */
const ENCODINGS: readonly (readonly [RegExp, AudioFormat])[] = [
  [/^(?:pcm|linear|l16|$)/, "pcm"],
  [/^wav/, "wav"],
  [/^(?:mp3|mpeg)/, "mp3"],
  [/^(?:ogg|opus)/, "opus"],
  [/^flac/, "flac"],
  [/^(?:aac|adts)/, "aac"],
];

/** The format that a message's encoding names; null: one that june-load does not know. */
function formatOf(encoding: string): AudioFormat | null {
  const name = encoding.toLowerCase();
  return ENCODINGS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** Format of the samples. */
interface Layout {
  rate: number;
  /** Bytes of one sample of all channels. */
  frame_bytes: number;
}

/** The format fields of a message with audio; 0 and "" where it has none. */
export interface AudioMessage {
  audio_data: Uint8Array;
  encoding: string;
  sample_rate: number;
  channels?: number;
}

/** Collects audio message by message. */
export class ReceivedAudio {
  /** Bytes of audio, WAV headers excluded. */
  #bytes = 0;
  #length_us = 0;
  #encoding = "";
  #rate = DEFAULT_RATE;
  #channels = 1;
  /** From the header of a WAV file. */
  #wav: Layout | null = null;
  #fault: Fault | null = null;
  /** The first bytes, until it is clear what they are; null: it is. */
  #head: Uint8Array | null = new Uint8Array(0);
  /** Of a format whose length is read from its frames. */
  #compressed: CompressedAudio | null = null;
  /** A sample that is not 0 has come. */
  #heard = false;

  /**
   * Takes one message. Returns the length of its audio in microseconds, 0 where the encoding does not show it, or
   * `NO_CONTENT`.
   */
  add(message: AudioMessage): number {
    const { encoding, sample_rate, channels = 0 } = message;
    if (encoding !== "") this.#encoding = encoding;
    if (sample_rate !== 0) this.#rate = sample_rate;
    if (channels > 0) this.#channels = channels;
    const data = this.#bytes === 0 ? this.#withoutHeader(message.audio_data) : message.audio_data;
    if (data.length === 0) return NO_CONTENT;
    this.#bytes += data.length;
    const format = formatOf(this.#encoding);
    if (this.#wav === null) this.#sniff(data, format);
    const layout = this.#layout();
    if (layout === null) return this.#measure(data, format);
    this.#heard ||= hasSound(data);
    const length_us = data.length / (layout.rate * layout.frame_bytes) * 1e6;
    this.#length_us += length_us;
    return length_us;
  }

  /** Whether what comes is what its encoding says. */
  #sniff(data: Uint8Array, format: AudioFormat | null): void {
    if (this.#head === null || format === null) return;
    this.#head = joinBytes(this.#head, data.subarray(0, SNIFF_BYTES));
    const came = sniffFormat(this.#head);
    if (came === null && this.#head.length < SNIFF_BYTES) return;
    this.#head = null;
    if (came !== null && came !== format) {
      this.#fault ??= semantic("wrong_audio", `The audio should be ${NAMES[format]}, but it is ${NAMES[came]}`);
    }
  }

  #measure(data: Uint8Array, format: AudioFormat | null): number {
    if (format === null || format === "pcm" || format === "wav" || this.#fault !== null) return 0;
    const length_us = (this.#compressed ??= compressedAudio(format)).add(data);
    this.#length_us += length_us;
    return length_us;
  }

  /** Null: compressed audio. */
  #layout(): Layout | null {
    if (this.#wav !== null) return this.#wav;
    if (formatOf(this.#encoding) !== "pcm") return null;
    if (this.#rate < LOWEST_RATE || this.#rate > HIGHEST_RATE) {
      this.#fault ??= semantic("sample_rate", `Audio of ${this.#rate} samples a second cannot be speech`);
      return null;
    }
    return { rate: this.#rate, frame_bytes: 2 * this.#channels };
  }

  #withoutHeader(data: Uint8Array): Uint8Array {
    if (this.#wav !== null || !isWav(data)) return data;
    if (this.#encoding.startsWith("pcm")) this.#fault ??= WAV;
    const { length, ...layout } = wavHeader(data);
    this.#wav = layout;
    return data.subarray(length);
  }

  /**
   * What is wrong with it, or null.
   * @param words of the text to speak
   */
  judge(words: number): Fault | null {
    if (this.#bytes === 0) return semantic("empty_audio", "Status OK, but no audio came");
    if (this.#fault !== null) return this.#fault;
    const layout = this.#layout();
    if (layout === null) return this.#compressed === null ? null : this.#judgeFrames(words);
    if (layout.frame_bytes % 2 === 0 && this.#bytes % 2 !== 0) {
      return semantic("odd_audio", "The audio is 16-bit PCM, but its byte count is odd");
    }
    return this.#heard ? this.#judgeLength(words) : SILENT;
  }

  #judgeFrames(words: number): Fault | null {
    if (this.#length_us > 0) return this.#judgeLength(words);
    // Over gRPC, Opus comes as bare packets too, which say nothing of their length.
    if (formatOf(this.#encoding) === "opus") return null;
    const format = formatOf(this.#encoding);
    const name = format === null ? this.#encoding : NAMES[format];
    return semantic("wrong_audio", `The audio should be ${name}, but no frame of it came`);
  }

  #judgeLength(words: number): Fault | null {
    if (this.#length_us >= words * SHORTEST_WORD_US) return null;
    const length = `${Math.round(this.#length_us / 1000)} ms of audio for ${words} words`;
    return semantic("short_audio", `Status OK, but the speech is cut off: ${length}`);
  }
}

/** Whether any byte is not 0; in speech an early one is. */
function hasSound(data: Uint8Array): boolean {
  for (let at = 0; at < data.length; at++) if (data[at] !== 0) return true;
  return false;
}

const ascii = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

const isWav = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x52 && ascii(bytes, 0) === "RIFF" && ascii(bytes, 8) === "WAVE";

/** Parses a WAV file's header, which ends where the samples begin, or with the bytes. */
function wavHeader(bytes: Uint8Array): Layout & { length: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const layout = { rate: DEFAULT_RATE, frame_bytes: 2 };
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true);
    const id = ascii(bytes, at);
    if (id === "data") return { ...layout, length: at + 8 };
    if (id === "fmt " && at + 24 <= bytes.length) {
      layout.rate = view.getUint32(at + 12, true) || DEFAULT_RATE;
      layout.frame_bytes = view.getUint16(at + 20, true) || 2;
    }
    at += 8 + size + (size & 1);
  }
  return { ...layout, length: bytes.length };
}
