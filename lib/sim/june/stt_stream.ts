/** RecognizeStream as the .proto describes it: partial results during the speech, the final one soon after. */
import type * as asr from "../../../proto/asr.ts";
import { StatusCode } from "../../transport/status.ts";
import { draw } from "../model/distribution.ts";
import type { StreamServer } from "../call/handlers.ts";
import type { Job } from "../call/job.ts";
import { audioWork_ms, type SttModel } from "../model/model.ts";
import type { Random } from "../model/random.ts";
import { encodeInBandError, encodeResult, type Segment } from "./stt_result.ts";
import { Listener, type Transcript } from "../model/transcripts.ts";

/** Longest stream; seconds of audio. */
const MAX_STREAM_S = 600;

/**
 * One stream. Results are disjoint, as June's are: each holds the words since the one before it, so that the whole
 * transcript is their concatenation. Times count from the start of the stream.
 */
export class SttStream implements StreamServer<asr.AudioChunk> {
  readonly #job: Job;
  readonly #random: Random;
  readonly #model: SttModel;
  readonly #transcripts: readonly Transcript[];
  #listener: Listener | null = null;
  #sent_words = 0;
  #sent_ms = 0;
  #next_partial_ms: number;

  constructor(job: Job, random: Random, model: SttModel, transcripts: readonly Transcript[]) {
    this.#job = job;
    this.#random = random;
    this.#model = model;
    this.#transcripts = transcripts;
    this.#next_partial_ms = model.partial_every_ms;
  }

  request({ audio_data, sample_rate }: asr.AudioChunk): void {
    if (sample_rate < 1) return this.#job.end(StatusCode.INVALID_ARGUMENT, `the sample rate is ${sample_rate}`);
    this.#listener ??= new Listener(this.#transcripts, sample_rate);
    this.#listener.add(audio_data);
    const { duration_ms } = this.#listener;
    if (duration_ms > MAX_STREAM_S * 1000) {
      return this.#job.end(StatusCode.RESOURCE_EXHAUSTED, `the stream is longer than ${MAX_STREAM_S} s`);
    }
    if (duration_ms < this.#next_partial_ms) return;
    this.#next_partial_ms = duration_ms + this.#model.partial_every_ms;
    const segment = this.#segment(false);
    if (segment.words.length === 0 || this.#job.fate.kind !== "normal") return;
    this.#job.step(draw(this.#model.partial_ms, this.#random), () => {
      this.#job.send(encodeResult(segment, false, false));
    });
  }

  halfClose(): void {
    const segment = this.#segment(true);
    const work_ms = audioWork_ms(this.#model, segment.to_ms - segment.from_ms, this.#random);
    this.#job.step(work_ms, () => {
      const { kind } = this.#job.fate;
      if (kind === "in_band_error") this.#job.send(encodeInBandError());
      if (kind === "normal") this.#job.send(encodeResult(segment, true, false));
      this.#job.end(StatusCode.OK, "");
    });
  }

  /** The segment since the last result. */
  #segment(ended: boolean): Segment {
    const from_ms = this.#sent_ms;
    if (this.#listener === null) return { words: [], from_ms, to_ms: from_ms };
    const words = this.#listener.words(ended).slice(this.#sent_words);
    const to_ms = this.#listener.duration_ms;
    if (words.length > 0) {
      this.#sent_words += words.length;
      this.#sent_ms = to_ms;
    }
    return { words, from_ms, to_ms };
  }
}
