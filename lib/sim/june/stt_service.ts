/** june.asr.SpeechToText for whole clips. Streams are in `stt_stream.ts` and `stt_june_stream.ts`. */
import * as asr from "../../../proto/asr.ts";
import { StatusCode } from "../../transport/status.ts";
import { wavHeaderBytes } from "../model/audio.ts";
import { manyRequests, oneRequest } from "../call/handlers.ts";
import type { Job, ServiceContext } from "../call/job.ts";
import { audioWork_ms, type ProfileName, type SttModel } from "../model/model.ts";
import type { MethodTable } from "../server/server.ts";
import { JuneSttStream } from "./stt_june_stream.ts";
import { resultOf, type Segment } from "./stt_result.ts";
import { SttStream } from "./stt_stream.ts";
import { Listener, type Transcript } from "../model/transcripts.ts";

/** Encodings that June's server accepts for whole clips. */
const ENCODINGS = ["pcm", "wav", "ogg", "flac", "mp3"];
const MAX_AUDIO_BYTES = 50 * 1024 * 1024;
const MAX_RATE_HZ = 48_000;

/** Serves the recogniser's rpcs, except its HealthCheck. */
export class SttService {
  readonly #context: ServiceContext;
  readonly #model: SttModel;
  readonly #june: boolean;
  readonly #transcripts: readonly Transcript[];

  constructor(
    context: ServiceContext,
    model: SttModel,
    profile: ProfileName,
    transcripts: readonly Transcript[],
  ) {
    this.#context = context;
    this.#model = model;
    this.#june = profile === "june";
    this.#transcripts = transcripts;
  }

  /** Adds the rpcs to a server. */
  register(server: MethodTable): void {
    const stream = (job: Job) =>
      this.#june
        ? new JuneSttStream(job, this.#context.random, this.#model, this.#transcripts)
        : new SttStream(job, this.#context.random, this.#model, this.#transcripts);
    server.handle(asr.PATHS.recognize, oneRequest(this.#context, asr.RecognitionRequest, this.#recognize));
    server.handle(asr.PATHS.recognizeStream, manyRequests(this.#context, asr.AudioChunk, stream));
  }

  readonly #recognize = (job: Job, request: asr.RecognitionRequest): void => {
    const complaint = complain(request);
    if (complaint !== null) return job.end(StatusCode.INVALID_ARGUMENT, complaint);
    const heard = this.#hear(request);
    const work_ms = audioWork_ms(this.#model, heard.to_ms, this.#context.random);
    job.step(work_ms, () => {
      const results = this.#results(job, heard, request);
      job.reply(asr.RecognitionResponse.encode({ results, processing_time_ms: Math.round(work_ms) }));
    });
  };

  /** June's server hears a WAV header as samples: the clip lasts a little longer, its words stay the same. */
  #hear(request: asr.RecognitionRequest): Segment {
    const { audio_data, sample_rate } = request;
    const header_bytes = wavHeaderBytes(audio_data);
    const listener = new Listener(this.#transcripts, sample_rate);
    listener.add(audio_data.subarray(header_bytes));
    const header_ms = this.#june ? (header_bytes / 2 / sample_rate) * 1000 : 0;
    return { words: listener.words(true), from_ms: 0, to_ms: listener.duration_ms + header_ms };
  }

  #results(job: Job, heard: Segment, request: asr.RecognitionRequest) {
    if (job.fate.kind === "in_band_error") return [{ transcript: "", is_final: true, confidence: 0 }];
    if (job.fate.kind === "empty" || heard.words.length === 0) return [];
    return [resultOf(heard, true, this.#june, request.config?.language)];
  }
}

/** What is wrong with a request, or null. */
function complain({ audio_data, encoding, sample_rate }: asr.RecognitionRequest): string | null {
  if (!ENCODINGS.includes(encoding)) {
    return `the encoding "${encoding}" is not supported; use one of ${ENCODINGS.join(", ")}`;
  }
  if (sample_rate < 1 || sample_rate > MAX_RATE_HZ) {
    return `the sample rate ${sample_rate} is not within 1 to ${MAX_RATE_HZ}`;
  }
  if (audio_data.length > MAX_AUDIO_BYTES) return `the audio has ${audio_data.length} bytes, above ${MAX_AUDIO_BYTES}`;
  return null;
}
