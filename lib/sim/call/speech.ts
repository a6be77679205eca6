/** Speech synthesis for any protocol: a text becomes a tone of matching length, whole or chunk by chunk. */
import type { Codec } from "../../../proto/codec.ts";
import { StatusCode } from "../../transport/status.ts";
import { toneBytes } from "../model/audio.ts";
import { manyRequests, oneRequest, type StreamServer, unimplemented } from "./handlers.ts";
import type { Job, ServiceContext } from "./job.ts";
import { audioWork_ms, type TtsModel } from "../model/model.ts";
import type { MethodTable } from "../server/server.ts";

/** Longest text: about ten minutes of speech. Characters. */
const MAX_TEXT_CHARACTERS = 10_000;
/** Audio in one message of a stream. */
const CHUNK_MS = 200;
/** Most texts of one stream that may wait. */
const MAX_WAITING_TEXTS = 64;

/** The content of one request. */
export interface SpeechAsk {
  text: string;
  /** Speed factor; 1: the model's own speed. */
  speed: number;
  rate_hz: number;
}

/** How a protocol encodes requests and speech. */
export interface SpeechForm<Request> {
  codec: Codec<Request>;
  whole_path: string;
  stream_path: string;
  /** False: the stream's path exists and answers UNIMPLEMENTED. */
  streams: boolean;
  /** An empty text gives no audio instead of an error. */
  takes_empty: boolean;
  /** The content of a request, or a message about what is wrong with it. */
  read(request: Request): SpeechAsk | string;
  /** The reply with all audio. */
  whole(audio: Uint8Array, duration_ms: number): Uint8Array;
  /** A message of a stream. */
  chunk(audio: Uint8Array, from_ms: number, isFinal: boolean): Uint8Array;
}

/** A text to speak. */
interface Utterance {
  duration_ms: number;
  rate_hz: number;
}

/** Adds the rpcs of one protocol to a server. */
export function registerSpeech<Request>(
  server: MethodTable,
  context: ServiceContext,
  model: TtsModel,
  form: SpeechForm<Request>,
): void {
  const speech = new Speech(context, model, form);
  server.handle(form.whole_path, oneRequest(context, form.codec, speech.whole));
  const stream = form.streams ? manyRequests(context, form.codec, speech.stream) : unimplemented();
  server.handle(form.stream_path, stream);
}

class Speech<Request> {
  constructor(readonly context: ServiceContext, readonly model: TtsModel, readonly form: SpeechForm<Request>) {}

  readonly whole = (job: Job, request: Request): void => {
    const utterance = this.#read(job, request);
    if (utterance === null) return;
    const { duration_ms, rate_hz } = utterance;
    job.step(audioWork_ms(this.model, duration_ms, this.context.random), () => {
      job.reply(this.form.whole(toneBytes(0, duration_ms, rate_hz), duration_ms));
    });
  };

  readonly stream = (job: Job): StreamServer<Request> => {
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
        const utterance = this.#read(job, request);
        if (utterance === null) return;
        waiting++;
        this.#speak(job, utterance, spoken);
      },
      halfClose: () => {
        closed = true;
        if (waiting === 0) job.end(StatusCode.OK, "");
      },
    };
  };

  /** One text of a stream: the overhead, then a step per chunk at the real-time factor. */
  #speak(job: Job, { duration_ms, rate_hz }: Utterance, spoken: () => void): void {
    const work_ms = audioWork_ms(this.model, 0, this.context.random);
    if (duration_ms === 0) return job.step(work_ms, spoken);
    for (let from_ms = 0; from_ms < duration_ms; from_ms += CHUNK_MS) {
      const length_ms = Math.min(CHUNK_MS, duration_ms - from_ms);
      const isFinal = from_ms + length_ms >= duration_ms;
      const made_ms = this.model.real_time_factor * length_ms;
      job.step(from_ms === 0 ? work_ms + made_ms : made_ms, () => {
        job.send(this.form.chunk(toneBytes(from_ms, length_ms, rate_hz), from_ms, isFinal));
        if (isFinal) spoken();
      });
    }
  }

  /** Length in whole milliseconds, 0 for a call that must have no speech. Null: the call has ended. */
  #read(job: Job, request: Request): Utterance | null {
    const ask = this.form.read(request);
    const complaint = typeof ask === "string" ? ask : this.#complain(ask);
    if (typeof ask === "string" || complaint !== null) {
      job.end(StatusCode.INVALID_ARGUMENT, complaint as string);
      return null;
    }
    const { rate_hz, speed, text } = ask;
    if (job.fate.kind === "in_band_error" || job.fate.kind === "empty") return { duration_ms: 0, rate_hz };
    return { duration_ms: Math.round((text.trim().length * this.model.character_ms) / speed), rate_hz };
  }

  #complain(ask: SpeechAsk): string | null {
    const text = ask.text.trim();
    if (text.length > MAX_TEXT_CHARACTERS) {
      return `the text has ${text.length} characters; at most ${MAX_TEXT_CHARACTERS} are allowed`;
    }
    return text === "" && !this.form.takes_empty ? "the text is empty" : null;
  }
}
