/** RecognizeStream like June's own server, with its peculiarities. */
import type * as asr from "../../../proto/asr.ts";
import { StatusCode } from "../../transport/status.ts";
import { looksLikeFloatSound } from "../model/audio.ts";
import type { StreamServer } from "../call/handlers.ts";
import type { Job } from "../call/job.ts";
import { audioWork_ms, type SttModel } from "../model/model.ts";
import type { Random } from "../model/random.ts";
import { encodeInBandError, encodeResult } from "./stt_result.ts";
import { Listener, type Transcript } from "../model/transcripts.ts";

/** Before the end the server transcribes only a buffer longer than this. */
const BUFFER_MS = 5000;
/** A shorter rest is dropped. */
const SHORTEST_REST_MS = 100;
/** Chunks of other rates are resampled to this. */
const SERVER_RATE_HZ = 16_000;

/**
 * One stream. The buffer is transcribed when it holds more than five seconds, and emptied if that gave words: results
 * are disjoint segments whose times count from their own start. A silent buffer is not emptied: from then on each chunk
 * transcribes all of it again. The final result is missing when the rest is short or silent.
 */
export class JuneSttStream implements StreamServer<asr.AudioChunk> {
  readonly #job: Job;
  readonly #random: Random;
  readonly #model: SttModel;
  readonly #transcripts: readonly Transcript[];
  #listener: Listener | null = null;
  #sent_words = 0;
  #buffer_from_ms = 0;
  /** The audio was not speech in the announced encoding. */
  #misread = false;

  constructor(job: Job, random: Random, model: SttModel, transcripts: readonly Transcript[]) {
    this.#job = job;
    this.#random = random;
    this.#model = model;
    this.#transcripts = transcripts;
  }

  request({ audio_data, encoding, sample_rate }: asr.AudioChunk): void {
    const sample_bytes = encoding === "pcm" ? 2 : 4;
    if (audio_data.length % sample_bytes !== 0) return;
    if (sample_bytes === 4 && !looksLikeFloatSound(audio_data)) this.#misread = true;
    const rate_hz = (sample_rate > 0 ? sample_rate : SERVER_RATE_HZ) * (sample_bytes / 2);
    this.#listener ??= new Listener(this.#transcripts, rate_hz);
    this.#listener.add(audio_data);
    if (this.#buffered_ms() <= BUFFER_MS) return;
    const words = this.#newWords(false);
    const from_ms = this.#buffer_from_ms;
    const to_ms = this.#listener.duration_ms;
    if (words.length > 0) this.#empty(words.length, to_ms);
    this.#job.step(this.#work_ms(to_ms - from_ms), () => {
      if (words.length > 0) this.#job.send(encodeResult({ words, from_ms, to_ms }, false, true));
    });
  }

  halfClose(): void {
    const from_ms = this.#buffer_from_ms;
    const to_ms = this.#listener?.duration_ms ?? 0;
    const words = to_ms - from_ms < SHORTEST_REST_MS ? [] : this.#newWords(true);
    this.#job.step(words.length === 0 ? 0 : this.#work_ms(to_ms - from_ms), () => {
      if (this.#job.fate.kind === "in_band_error") this.#job.send(encodeInBandError());
      else if (words.length > 0) this.#job.send(encodeResult({ words, from_ms, to_ms }, true, true));
      this.#job.end(StatusCode.OK, "");
    });
  }

  #buffered_ms(): number {
    return (this.#listener?.duration_ms ?? 0) - this.#buffer_from_ms;
  }

  #empty(words: number, to_ms: number): void {
    this.#sent_words += words;
    this.#buffer_from_ms = to_ms;
  }

  /** The words of the buffer; none if it is silent, misread, or the call must have none. */
  #newWords(ended: boolean): string[] {
    const listener = this.#listener;
    if (listener === null || this.#misread || this.#job.fate.kind !== "normal") return [];
    if (listener.sound_end_ms <= this.#buffer_from_ms) return [];
    return listener.words(ended).slice(this.#sent_words);
  }

  #work_ms(audio_ms: number): number {
    return audioWork_ms(this.#model, audio_ms, this.#random);
  }
}
