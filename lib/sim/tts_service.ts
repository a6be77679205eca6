/** june.tts.TextToSpeech. */
import * as tts from "../../proto/tts.ts";
import { StatusCode } from "../transport/status.ts";
import { SPEECH_RATE_HZ, toneBytes } from "./audio.ts";
import { manyRequests, oneRequest, type StreamServer, unimplemented } from "./handlers.ts";
import type { Job, ServiceContext } from "./job.ts";
import { audioWork_ms, type ProfileName, type TtsModel } from "./model.ts";
import type { GrpcServer } from "./server/server.ts";

/** Longest text: about ten minutes of speech. Characters. */
const MAX_TEXT_CHARACTERS = 10_000;
/** Audio in one message of a stream. */
const CHUNK_MS = 200;
/** Texts of one stream that may wait to be spoken. */
const MAX_WAITING_TEXTS = 64;
const ENCODING = "pcm16";

/** Serves the synthesiser's rpcs, its HealthCheck apart. */
export class TtsService {
  readonly #context: ServiceContext;
  readonly #model: TtsModel;
  readonly #june: boolean;

  constructor(context: ServiceContext, model: TtsModel, profile: ProfileName) {
    this.#context = context;
    this.#model = model;
    this.#june = profile === "june";
  }

  /** Adds the rpcs to a server. */
  register(server: GrpcServer): void {
    server.handle(tts.PATHS.synthesize, oneRequest(this.#context, tts.SynthesisRequest, this.#synthesize));
    const stream = () => manyRequests(this.#context, tts.SynthesisRequest, this.#stream);
    server.handle(tts.PATHS.synthesizeStream, this.#june ? unimplemented() : stream());
  }

  readonly #synthesize = (job: Job, request: tts.SynthesisRequest): void => {
    const duration_ms = this.#duration_ms(job, request);
    if (duration_ms === null) return;
    job.step(audioWork_ms(this.#model, duration_ms, this.#context.random), () => {
      const audio_data = toneBytes(0, duration_ms);
      job.reply(
        tts.AudioResponse.encode({ audio_data, sample_rate: SPEECH_RATE_HZ, encoding: ENCODING, duration_ms }),
      );
    });
  };

  readonly #stream = (job: Job): StreamServer<tts.SynthesisRequest> => {
    let closed = false;
    let waiting = 0;
    const spoken = () => {
      waiting--;
      if (closed && waiting === 0) job.end(StatusCode.OK, "");
    };
    return {
      request: (request) => {
        if (waiting >= MAX_WAITING_TEXTS) {
          return job.end(StatusCode.RESOURCE_EXHAUSTED, `${waiting} texts of this stream wait already`);
        }
        const duration_ms = this.#duration_ms(job, request);
        if (duration_ms === null) return;
        waiting++;
        this.#speak(job, duration_ms, spoken);
      },
      halfClose: () => {
        closed = true;
        if (waiting === 0) job.end(StatusCode.OK, "");
      },
    };
  };

  /** One text of a stream: the overhead, then a step per chunk at the real-time factor. */
  #speak(job: Job, duration_ms: number, spoken: () => void): void {
    const work_ms = audioWork_ms(this.#model, 0, this.#context.random);
    if (duration_ms === 0) return job.step(work_ms, spoken);
    for (let from_ms = 0; from_ms < duration_ms; from_ms += CHUNK_MS) {
      const length_ms = Math.min(CHUNK_MS, duration_ms - from_ms);
      const is_final = from_ms + length_ms >= duration_ms;
      const made_ms = this.#model.real_time_factor * length_ms;
      job.step(from_ms === 0 ? work_ms + made_ms : made_ms, () => {
        job.send(encodeChunk(toneBytes(from_ms, length_ms), from_ms, is_final));
        if (is_final) spoken();
      });
    }
  }

  /** Length of the speech; whole milliseconds, 0 when the call's fate is to have none. Null: the call has ended. */
  #duration_ms(job: Job, request: tts.SynthesisRequest): number | null {
    const text = request.text.trim();
    if (text.length > MAX_TEXT_CHARACTERS) {
      const details = `the text has ${text.length} characters; at most ${MAX_TEXT_CHARACTERS} are allowed`;
      job.end(StatusCode.INVALID_ARGUMENT, details);
      return null;
    }
    if (text === "" && !this.#june) {
      job.end(StatusCode.INVALID_ARGUMENT, "the text is empty");
      return null;
    }
    if (job.fate.kind === "in_band_error" || job.fate.kind === "empty") return 0;
    return Math.round((text.length * this.#model.character_ms) / this.#speed(request));
  }

  /** As asked, within the range of the .proto; June's espeak path ignores it. */
  #speed(request: tts.SynthesisRequest): number {
    const speed = request.config?.speed ?? 0;
    return this.#june || speed === 0 ? 1 : Math.min(2, Math.max(0.5, speed));
  }
}

function encodeChunk(audio_data: Uint8Array, from_ms: number, is_final: boolean): Uint8Array {
  const timestamp_us = Math.round(from_ms * 1000);
  return tts.AudioChunk.encode({
    audio_data,
    sample_rate: SPEECH_RATE_HZ,
    channels: 1,
    encoding: ENCODING,
    is_final,
    timestamp_us,
  });
}
