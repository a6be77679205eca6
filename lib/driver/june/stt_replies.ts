/** What counts as a transcript of June's speech-to-text service. */
import * as asr from "../../../proto/asr.ts";
import { type Fault, semantic } from "../outcome.ts";
import type { Reply } from "./call.ts";

const IN_BAND_ERROR = semantic("in_band_error", "Status OK, but the last result is empty with confidence 0: an error");
const EMPTY_TRANSCRIPT = semantic("empty_transcript", "Status OK, but no transcript came for a clip with speech");
const ENDED_EARLY = semantic("ended_early", "Status OK, but the stream was ended before all speech was sent");

/** The reply to Recognize. An empty list of results is how the service says that it heard nothing. */
export class RecognitionReply implements Reply {
  #content = false;

  constructor(readonly has_speech: boolean) {}

  read(bytes: Uint8Array): boolean {
    const { results } = asr.RecognitionResponse.decode(bytes);
    return this.#content = results.some(({ transcript }) => transcript.trim() !== "");
  }

  judge(): Fault | null {
    return this.has_speech && !this.#content ? EMPTY_TRANSCRIPT : null;
  }
}

/**
 * The replies to RecognizeStream. Interim and final results are segments that do not overlap: the transcript is all of
 * them joined, so one with text is enough, and a final may be missing.
 */
export class RecognitionStreamReply implements Reply {
  #content = false;
  #error = false;

  /** @param all_sent whether all speech has been sent by now */
  constructor(readonly has_speech: boolean, readonly all_sent: () => boolean) {}

  read(bytes: Uint8Array): boolean {
    const { transcript, is_final, confidence } = asr.RecognitionResult.decode(bytes);
    if (transcript === "" && is_final && confidence === 0) this.#error = true;
    const content = transcript.trim() !== "";
    this.#content ||= content;
    return content;
  }

  judge(): Fault | null {
    if (this.#error) return IN_BAND_ERROR;
    if (!this.has_speech) return null;
    if (!this.all_sent()) return ENDED_EARLY;
    return this.#content ? null : EMPTY_TRANSCRIPT;
  }
}
