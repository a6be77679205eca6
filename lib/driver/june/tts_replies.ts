/** What counts as speech from June's text-to-speech service. */
import * as tts from "../../../proto/tts.ts";
import { type Fault, semantic } from "../outcome.ts";
import type { Reply } from "./call.ts";

/** Whether an encoding is 16-bit samples; servers leave it empty for their default, which is that. */
const isPcm16 = (encoding: string): boolean => encoding === "" || encoding.startsWith("pcm");

/** Judges audio by its size: none at all, or half a sample. */
function judgeAudio(bytes: number, encoding: string): Fault | null {
  if (bytes === 0) return semantic("empty_audio", "Status OK, but no audio came");
  if (isPcm16(encoding) && bytes % 2 !== 0) {
    return semantic("odd_audio", "The audio is 16-bit PCM, but its byte count is odd");
  }
  return null;
}

/** The reply to Synthesize. */
export class SynthesisReply implements Reply {
  #bytes = 0;
  #encoding = "";

  read(bytes: Uint8Array): boolean {
    const response = tts.AudioResponse.decode(bytes);
    this.#bytes = response.audio_data.length;
    this.#encoding = response.encoding;
    return this.#bytes > 0;
  }

  judge(): Fault | null {
    return judgeAudio(this.#bytes, this.#encoding);
  }
}

/** The replies to SynthesizeStream. */
export class SynthesisStreamReply implements Reply {
  #bytes = 0;
  #encoding = "";
  #final = false;

  read(bytes: Uint8Array): boolean {
    const chunk = tts.AudioChunk.decode(bytes);
    this.#bytes += chunk.audio_data.length;
    if (chunk.encoding !== "") this.#encoding = chunk.encoding;
    if (chunk.is_final) this.#final = true;
    return chunk.audio_data.length > 0;
  }

  judge(): Fault | null {
    const fault = judgeAudio(this.#bytes, this.#encoding);
    if (fault !== null || this.#final) return fault;
    return semantic("missing_final", "The audio stream ended with status OK before its last chunk");
  }
}
