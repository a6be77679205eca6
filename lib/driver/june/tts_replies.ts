/** Decides what counts as speech of June's text-to-speech service. */
import * as tts from "../../../proto/tts.ts";
import { type Fault, semantic } from "../core/outcome.ts";
import { ReceivedAudio } from "../speech/audio.ts";
import type { Reply } from "../core/reply.ts";

const MISSING_FINAL = semantic("missing_final", "The audio stream ended with status OK before its last chunk");

/** The reply to Synthesize. */
export class SynthesisReply implements Reply {
  readonly #audio = new ReceivedAudio();

  /** @param words of the text to speak */
  constructor(readonly words: number) {}

  read(bytes: Uint8Array): number {
    return this.#audio.add(tts.AudioResponse.decode(bytes));
  }

  judge(): Fault | null {
    return this.#audio.judge(this.words);
  }
}

/** The replies to SynthesizeStream. */
export class SynthesisStreamReply implements Reply {
  readonly #audio = new ReceivedAudio();
  #final = false;

  /** @param words of the text to speak */
  constructor(readonly words: number) {}

  read(bytes: Uint8Array): number {
    const chunk = tts.AudioChunk.decode(bytes);
    if (chunk.is_final) this.#final = true;
    return this.#audio.add(chunk);
  }

  judge(): Fault | null {
    // A stream that ended early has short audio for that reason.
    const fault = this.#audio.judge(this.#final ? this.words : 0);
    return fault ?? (this.#final ? null : MISSING_FINAL);
  }
}
