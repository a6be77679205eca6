/**
 * How the simulator "recognises" speech: it knows a fingerprint of each known clip, whole and after every half second,
 * so that it can follow a clip during the stream. Unknown audio becomes words in proportion to its length.
 */
import { isSilent, pcmDuration_ms } from "./audio.ts";
import { Random } from "./random.ts";
import { makeSpeech } from "./text.ts";

/** Bytes between two fingerprints of a clip's beginning: half a second at 16 kHz. */
const CHECKPOINT_BYTES = 16_000;
/** Words a second of unknown speech. */
const WORDS_PER_S = 2.5;

/** Fingerprints and words of one clip; plain data, which can be sent to a worker. */
export interface Transcript {
  pcm_bytes: number;
  /** FNV-1a of the whole clip. */
  fingerprint: number;
  /** FNV-1a of the first 16000, 32000, ... bytes. */
  checkpoints: number[];
  text: string;
}

/** Prepares a clip for recognition; `pcm` is the audio that clients send, without a file header. */
export function transcriptOf(pcm: Uint8Array, text: string): Transcript {
  const hash = new Fingerprint();
  hash.add(pcm);
  return { pcm_bytes: pcm.length, fingerprint: hash.value, checkpoints: hash.checkpoints, text };
}

/** FNV-1a, 32 bits, of bytes that come in parts. */
class Fingerprint {
  value = 0x811c9dc5;
  readonly checkpoints: number[] = [];
  bytes = 0;

  add(part: Uint8Array): void {
    let value = this.value;
    let untilCheckpoint = CHECKPOINT_BYTES - (this.bytes % CHECKPOINT_BYTES);
    for (let i = 0; i < part.length; i++) {
      value = Math.imul(value ^ (part[i] as number), 0x01000193);
      if (--untilCheckpoint === 0) {
        this.checkpoints.push(value >>> 0);
        untilCheckpoint = CHECKPOINT_BYTES;
      }
    }
    this.value = value >>> 0;
    this.bytes += part.length;
  }
}

/** Listens to one utterance. */
export class Listener {
  readonly #hash = new Fingerprint();
  readonly #rate_hz: number;
  #candidates: readonly Transcript[];
  #checked = 0;
  /** End of the last sound; bytes; 0 while all was silent. */
  #sound_end_bytes = 0;

  constructor(transcripts: readonly Transcript[], rate_hz: number) {
    this.#candidates = transcripts;
    this.#rate_hz = rate_hz;
  }

  /** Takes more audio; the bytes may be reused afterwards. */
  add(pcm: Uint8Array): void {
    this.#hash.add(pcm);
    if (!isSilent(pcm)) this.#sound_end_bytes = this.#hash.bytes;
    const { checkpoints } = this.#hash;
    for (; this.#checked < checkpoints.length; this.#checked++) {
      const at = this.#checked;
      this.#candidates = this.#candidates.filter((clip) => clip.checkpoints[at] === checkpoints[at]);
    }
  }

  /** Length so far, silence included; milliseconds. */
  get duration_ms(): number {
    return pcmDuration_ms(this.#hash.bytes, this.#rate_hz);
  }

  /** Length up to the last sound; milliseconds. */
  get sound_end_ms(): number {
    return pcmDuration_ms(this.#sound_end_bytes, this.#rate_hz);
  }

  /**
   * The words of everything heard so far; none for silence. Before the end the last word is held back: more sound may
   * change it, and the final result must have a word.
   */
  words(ended: boolean): string[] {
    if (this.#sound_end_bytes === 0) return [];
    if (!ended) return this.#wordsSoFar();
    const whole = this.#candidates.find((clip) => this.#isWhole(clip));
    return whole === undefined ? this.#unknownWords() : split(whole.text);
  }

  #wordsSoFar(): string[] {
    const clip = this.#candidates.find((candidate) => candidate.pcm_bytes >= this.#hash.bytes);
    if (clip === undefined || this.#checked === 0) return this.#unknownWords().slice(0, -1);
    const words = split(clip.text);
    const share = this.#hash.bytes / clip.pcm_bytes;
    return words.slice(0, Math.min(words.length - 1, Math.floor(words.length * share)));
  }

  #isWhole(clip: Transcript): boolean {
    return clip.pcm_bytes === this.#hash.bytes && clip.fingerprint === this.#hash.value;
  }

  /** The same beginning gives the same words, so that later words never change earlier ones. */
  #unknownWords(): string[] {
    const count = Math.max(1, Math.round((this.sound_end_ms / 1000) * WORDS_PER_S));
    return makeSpeech(new Random(this.#hash.checkpoints[0] ?? 1), count);
  }
}

function split(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
