/** The audio of one reply: its length, and whether it can be speech. */
import { type Fault, semantic } from "../core/outcome.ts";
import { NO_CONTENT } from "../core/reply.ts";

/** Sample rate of June's synthesiser, used where a reply names none; Hz. */
const DEFAULT_RATE = 16_000;
/** Possible sample rates of speech, telephone to studio; another rate is an error. Hz. */
const LOWEST_RATE = 4000;
const HIGHEST_RATE = 192_000;
/** Speech with less time than this for each word is cut off: it would be ten times too fast. */
const SHORTEST_WORD_US = 20_000;

const SILENT = semantic("silent_audio", "Status OK, but the audio is silent: every sample is 0");
const WAV = semantic("wav_audio", "The audio should be raw PCM, but it begins with the header of a WAV file");

/** Whether an encoding is raw 16-bit samples; an empty name means the same, the servers' default. */
const isPcm16 = (encoding: string): boolean => encoding === "" || encoding.startsWith("pcm");

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
    const layout = this.#layout();
    if (layout === null) return 0;
    this.#heard ||= hasSound(data);
    const length_us = data.length / (layout.rate * layout.frame_bytes) * 1e6;
    this.#length_us += length_us;
    return length_us;
  }

  /** Null: compressed audio, whose length is not known. */
  #layout(): Layout | null {
    if (this.#wav !== null) return this.#wav;
    if (!isPcm16(this.#encoding)) return null;
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
    if (layout === null) return null;
    if (layout.frame_bytes % 2 === 0 && this.#bytes % 2 !== 0) {
      return semantic("odd_audio", "The audio is 16-bit PCM, but its byte count is odd");
    }
    if (!this.#heard) return SILENT;
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
