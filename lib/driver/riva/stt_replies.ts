/** Decides what counts as a transcript of Riva's speech recognition. */
import * as asr from "../../../proto/riva_asr.ts";
import type { Content, Marks } from "../driver.ts";
import { type Fault, semantic } from "../core/outcome.ts";
import { NO_CONTENT, type Reply } from "../core/reply.ts";
import { EMPTY_TRANSCRIPT, ENDED_EARLY, type Spoken, transcriptContent } from "../speech/spoken.ts";

const MISSING_FINAL = semantic("missing_final", "Status OK, but no result of the transcript was marked as final");

/** The best alternative of a result; empty where there is none. */
function textOf({ alternatives }: { alternatives: readonly asr.SpeechRecognitionAlternative[] }): string {
  return alternatives[0]?.transcript.trim() ?? "";
}

/** The reply to Recognize: segment by segment. */
export class RecognizeReply implements Reply {
  #segments: string[] = [];

  constructor(readonly spoken: Spoken, readonly marks: Marks) {}

  read(bytes: Uint8Array): number {
    this.#segments = asr.RecognizeResponse.decode(bytes).results.map(textOf).filter((text) => text !== "");
    for (const segment of this.#segments) this.marks.text?.(segment);
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
 * The replies to StreamingRecognize. The next result replaces one that is not final, which counts only as content that
 * a user sees, unless the scenario has interim results joined. The transcript is all final results joined.
 */
export class StreamingRecognizeReply implements Reply {
  readonly #segments: string[] = [];
  readonly #joins: boolean;
  /** An interim text came. */
  #interim = false;

  constructor(readonly spoken: Spoken, readonly marks: Marks) {
    this.#joins = spoken.hearing.interims === "join";
  }

  read(bytes: Uint8Array): number {
    let covered_s = 0;
    let seen = false;
    for (const result of asr.StreamingRecognizeResponse.decode(bytes).results) {
      const text = textOf(result);
      if (text === "") continue;
      seen = true;
      covered_s = Math.max(covered_s, result.audio_processed);
      this.#interim ||= !result.is_final;
      if (!result.is_final && !this.#joins) continue;
      this.#segments.push(text);
      this.marks.text?.(text);
    }
    if (!seen) return NO_CONTENT;
    this.#tellLatency(covered_s);
    return 0;
  }

  /** Servers that do not report how much audio a result covers leave 0. */
  #tellLatency(covered_s: number): void {
    if (this.marks.responded === undefined || !(covered_s > 0)) return;
    const latency_us = this.spoken.since_us(covered_s * 1e6);
    if (latency_us !== null) this.marks.responded(latency_us);
  }

  judge(): Fault | null {
    if (!this.spoken.has_speech) return null;
    if (!this.spoken.all_sent()) return ENDED_EARLY;
    if (this.#segments.length > 0) return null;
    return this.#interim ? MISSING_FINAL : EMPTY_TRANSCRIPT;
  }

  content(): Content {
    const note = this.#joins ? "interims_joined" : "interims_replaced";
    return transcriptContent(this.spoken, this.#segments, this.#interim ? note : null);
  }
}
