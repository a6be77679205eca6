/** What is said to the services: speech clips, prompts, conversations, sentences. */
import type { Random } from "../random.ts";

/** Sample rate of every clip; what June's speech-to-text service works at. */
export const SAMPLE_RATE = 16_000;

/** One piece of speech, mono, 16-bit little-endian, at `SAMPLE_RATE`. */
export interface Clip {
  /** Name of its file, for messages. */
  name: string;
  pcm: Uint8Array;
  /** What is said in it; null: not known; empty: nothing. */
  text: string | null;
  /** Samples up to the end of speech; 0 for a clip without speech, which may have an empty transcript. */
  speech_samples: number;
}

/** One turn of a conversation. */
export interface ChatTurn {
  role: "user" | "assistant";
  content: string;
}

/** The inputs of one service. No list is empty. */
export type Inputs =
  | { kind: "stt"; clips: readonly Clip[] }
  | { kind: "llm"; prompts: readonly string[]; chats: readonly (readonly ChatTurn[])[] }
  | { kind: "tts"; sentences: readonly string[] }
  /** What such calls send is in the service's settings. */
  | { kind: "call" };

/** Length of a clip; milliseconds. */
export function clipLength(clip: Clip): number {
  return clip.pcm.length / 2 / SAMPLE_RATE * 1000;
}

/**
 * A list whose entries are turned into what is sent on first use, once each.
 *
 * @param make must be pure: its results are kept and shared by all calls
 */
export class Prepared<Input, Output> {
  readonly #made: (Output | undefined)[];

  constructor(readonly inputs: readonly Input[], readonly make: (input: Input) => Output) {
    if (inputs.length === 0) throw new RangeError("Cannot pick from an empty list of inputs");
    this.#made = new Array(inputs.length).fill(undefined);
  }

  /** One entry, picked with one random number. */
  pick(random: Random): Output {
    const at = Math.floor(random.next() * this.inputs.length);
    return this.#made[at] ??= this.make(this.inputs[at] as Input);
  }
}
