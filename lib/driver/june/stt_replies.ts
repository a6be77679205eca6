/** Decides what counts as a transcript of June's speech-to-text service. */
import * as asr from "../../../proto/asr.ts";
import type { Content, Marks } from "../driver.ts";
import { type Fault, semantic } from "../core/outcome.ts";
import { NO_CONTENT, type Reply } from "../core/reply.ts";
import { EMPTY_TRANSCRIPT, ENDED_EARLY, type Spoken, transcriptContent } from "../speech/spoken.ts";
import { Transcript } from "../speech/transcript.ts";

const IN_BAND_ERROR = semantic("in_band_error", "Status OK, but the last result is empty with confidence 0: an error");

/** The reply to Recognize. An empty list of results means that the service heard no speech. */
export class RecognitionReply implements Reply {
  #segments: string[] = [];

  constructor(readonly spoken: Spoken, readonly marks: Marks) {}

  read(bytes: Uint8Array): number {
    const { results } = asr.RecognitionResponse.decode(bytes);
    this.#segments = results.map(({ transcript }) => transcript.trim()).filter((transcript) => transcript !== "");
    if (this.marks.text !== undefined) { for (const segment of this.#segments) this.marks.text(segment); }
    return this.#segments.length > 0 ? 0 : NO_CONTENT;
  }

  judge(): Fault | null {
    return this.spoken.has_speech && this.#segments.length === 0 ? EMPTY_TRANSCRIPT : null;
  }

  content(): Content {
    return transcriptContent(this.spoken, this.#segments);
  }
}

/**
 * The replies to RecognizeStream. June's own results are segments that do not overlap; other servers of its protocol
 * replace theirs. One with text is enough, and a final may be missing.
 */
export class RecognitionStreamReply implements Reply {
  readonly #transcript: Transcript;
  #error = false;

  constructor(readonly spoken: Spoken, readonly marks: Marks) {
    this.#transcript = new Transcript(spoken.hearing);
  }

  read(bytes: Uint8Array): number {
    const { transcript, is_final, confidence } = asr.RecognitionResult.decode(bytes);
    if (transcript === "" && is_final && confidence === 0) this.#error = true;
    if (transcript.trim() === "") return NO_CONTENT;
    this.#transcript.add(transcript, is_final);
    return 0;
  }

  judge(): Fault | null {
    if (this.#error) return IN_BAND_ERROR;
    const { segments } = this.#transcript;
    if (this.marks.text !== undefined) { for (const segment of segments) this.marks.text(segment); }
    if (!this.spoken.has_speech) return null;
    if (!this.spoken.all_sent()) return ENDED_EARLY;
    return segments.length > 0 ? null : EMPTY_TRANSCRIPT;
  }

  content(): Content {
    return transcriptContent(this.spoken, this.#transcript.segments, this.#transcript.note);
  }
}
