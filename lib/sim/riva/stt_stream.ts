/** StreamingRecognize: interim results that are replaced, final ones that are joined. */
import * as asr from "../../../proto/riva_asr.ts";
import { StatusCode } from "../../transport/status.ts";
import { wavHeaderBytes } from "../model/audio.ts";
import { draw } from "../model/distribution.ts";
import type { StreamServer } from "../call/handlers.ts";
import type { Job } from "../call/job.ts";
import { audioWork_ms, type SttModel } from "../model/model.ts";
import type { Random } from "../model/random.ts";
import { Listener, type Transcript } from "../model/transcripts.ts";

/** Longest stream; milliseconds of audio. */
const MAX_STREAM_MS = 600_000;
/** A segment ends after this much audio. Real servers end it at a pause, which the simulator does not detect. */
const SEGMENT_MS = 5000;

/**
 * One stream. An interim result has all words of its segment so far; a final one ends the segment. The transcript is
 * all final results joined. Each result reports how much audio is processed.
 */
export class RivaSttStream implements StreamServer<asr.StreamingRecognizeRequest> {
  readonly #job: Job;
  readonly #random: Random;
  readonly #model: SttModel;
  readonly #transcripts: readonly Transcript[];
  readonly #complain: (config: asr.RecognitionConfig | null) => string | null;
  /** Null until the configuration has come. */
  #listener: Listener | null = null;
  #interim_results = false;
  #segment_from_ms = 0;
  /** Words of closed segments. */
  #closed_words = 0;
  /** Audio processed at the last result with words. */
  #sent_ms = 0;
  #next_partial_ms: number;

  /** @param complain returns what is wrong with a configuration, or null */
  constructor(
    job: Job,
    random: Random,
    model: SttModel,
    transcripts: readonly Transcript[],
    complain: (config: asr.RecognitionConfig | null) => string | null,
  ) {
    this.#job = job;
    this.#random = random;
    this.#model = model;
    this.#transcripts = transcripts;
    this.#complain = complain;
    this.#next_partial_ms = model.partial_every_ms;
  }

  request({ streaming_config, audio_content }: asr.StreamingRecognizeRequest): void {
    if (this.#listener === null) return this.#configure(streaming_config);
    if (streaming_config !== null) return this.#refuse("streaming_config may only come in the first message");
    const header_bytes = this.#listener.duration_ms === 0 ? wavHeaderBytes(audio_content) : 0;
    this.#listener.add(audio_content.subarray(header_bytes));
    this.#heard(this.#listener);
  }

  #configure(streaming_config: asr.StreamingRecognitionConfig | null): void {
    if (streaming_config === null) return this.#refuse("the first message must hold streaming_config");
    const { config, interim_results } = streaming_config;
    const complaint = this.#complain(config);
    if (config === null || complaint !== null) return this.#refuse(complaint as string);
    this.#interim_results = interim_results;
    this.#listener = new Listener(this.#transcripts, config.sample_rate_hertz);
  }

  #refuse(why: string): void {
    this.#job.end(StatusCode.INVALID_ARGUMENT, why);
  }

  #heard(listener: Listener): void {
    const { duration_ms } = listener;
    if (duration_ms > MAX_STREAM_MS) {
      return this.#job.end(StatusCode.RESOURCE_EXHAUSTED, `the stream is longer than ${MAX_STREAM_MS / 1000} s`);
    }
    if (duration_ms < this.#next_partial_ms) return;
    this.#next_partial_ms = duration_ms + this.#model.partial_every_ms;
    const words = listener.words(false).slice(this.#closed_words);
    if (words.length === 0 || this.#job.fate.kind !== "normal") return;
    const is_final = duration_ms - this.#segment_from_ms >= SEGMENT_MS;
    if (!is_final && !this.#interim_results) return;
    this.#sent_ms = duration_ms;
    if (is_final) {
      this.#closed_words += words.length;
      this.#segment_from_ms = duration_ms;
    }
    const result = encodeResult(words, is_final, duration_ms);
    this.#job.step(draw(this.#model.partial_ms, this.#random), () => this.#job.send(result));
  }

  halfClose(): void {
    if (this.#listener === null) return this.#refuse("the stream ended without streaming_config");
    const { duration_ms } = this.#listener;
    const { kind } = this.#job.fate;
    const words = kind === "normal" ? this.#listener.words(true).slice(this.#closed_words) : [];
    this.#job.step(audioWork_ms(this.#model, duration_ms - this.#sent_ms, this.#random), () => {
      // A rest without words gives an empty result; a call that must have no content gives none.
      if (kind !== "empty") this.#job.send(encodeResult(words, true, duration_ms));
      this.#job.end(StatusCode.OK, "");
    });
  }
}

function encodeResult(words: readonly string[], is_final: boolean, duration_ms: number): Uint8Array {
  const result = { alternatives: [{ transcript: words.join(" ") }], is_final, audio_processed: duration_ms / 1000 };
  return asr.StreamingRecognizeResponse.encode({ results: [result] });
}
