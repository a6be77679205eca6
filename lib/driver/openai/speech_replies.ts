/** Decides what counts as a transcript and as speech over OpenAI's interface. */
import { joinBytes } from "../../base/bytes.ts";
import { ReceivedAudio } from "../speech/audio.ts";
import type { Content, Marks } from "../driver.ts";
import { type Fault, semantic } from "../core/outcome.ts";
import { NO_CONTENT } from "../core/reply.ts";
import { EMPTY_TRANSCRIPT, type Spoken, transcriptContent } from "../speech/spoken.ts";
import { BadReply, type BodyReply } from "./call.ts";
import { arrayIn, type Fields, fieldsOf, JsonBody, refuseErrors, textIn } from "./json.ts";
import { acceptEvents, EventStream } from "./events.ts";

/** Longest header of a WAV file; bytes. */
const MAX_WAV_HEAD_BYTES = 64 * 1024;
const NOT_WAV = semantic("not_wav", "HTTP 200, but the reply is not a WAV file");

function judgeTranscript(spoken: Spoken, transcript: string): Fault | null {
  return spoken.has_speech && transcript.trim() === "" ? EMPTY_TRANSCRIPT : null;
}

/** A whole transcript. */
export class WholeTranscript extends JsonBody {
  readonly #spoken: Spoken;
  readonly #marks: Marks;
  #transcript = "";

  constructor(spoken: Spoken, marks: Marks) {
    super();
    this.#spoken = spoken;
    this.#marks = marks;
  }

  protected override read(fields: Fields): Fault | null {
    refuseErrors(fields);
    this.#transcript = textIn(fields, "text").trim();
    if (this.#transcript !== "") {
      this.#marks.text?.(this.#transcript);
      this.#marks.content();
    }
    return judgeTranscript(this.#spoken, this.#transcript);
  }

  content(): Content {
    return transcriptContent(this.#spoken, [this.#transcript]);
  }
}

/**
 * A transcript as a stream of events, as vLLM sends it (`choices[].delta.content`) and OpenAI (`transcript.text.delta`,
 * `transcript.text.done`). Its pieces are shorter than words, so it is reported as one segment.
 */
export class TranscriptStream implements BodyReply {
  readonly #spoken: Spoken;
  readonly #marks: Marks;
  readonly #events = new EventStream((fields) => this.#take(fields));
  #transcript = "";

  constructor(spoken: Spoken, marks: Marks) {
    this.#spoken = spoken;
    this.#marks = marks;
  }

  accept(type: string): Fault | null {
    return acceptEvents(type);
  }

  data(bytes: Uint8Array): void {
    this.#events.push(bytes);
  }

  #take(fields: Fields): void {
    refuseErrors(fields);
    if (fields.type === "transcript.text.done") {
      this.#events.finish();
      // If no pieces came before, the whole text is the first content.
      if (this.#transcript === "") this.#add(textIn(fields, "text"));
      return;
    }
    this.#add(textIn(fields, "delta"));
    for (const item of arrayIn(fields, "choices")) {
      this.#add(textIn(fieldsOf(fieldsOf(item)?.delta) ?? {}, "content"));
    }
  }

  #add(piece: string): void {
    if (piece === "") return;
    this.#transcript += piece;
    this.#marks.content();
  }

  judge(): Fault | null {
    const fault = this.#events.judge() ?? judgeTranscript(this.#spoken, this.#transcript);
    const transcript = this.#transcript.trim();
    if (fault === null && transcript !== "") this.#marks.text?.(transcript);
    return fault;
  }

  content(): Content {
    return transcriptContent(this.#spoken, [this.#transcript]);
  }
}

/** Speech as the bytes of the body; the header of a WAV file is not audio. */
export class SpokenBody implements BodyReply {
  readonly #audio = new ReceivedAudio();
  readonly #marks: Marks;
  readonly #words: number;
  readonly #sample_rate_hz: number;
  /** The beginning of a WAV file with an incomplete header; null: no header, or it is complete. */
  #head: Uint8Array | null;

  /** @param words of the text to speak */
  constructor(marks: Marks, words: number, format: "pcm" | "wav", sample_rate_hz: number) {
    this.#marks = marks;
    this.#words = words;
    this.#sample_rate_hz = sample_rate_hz;
    this.#head = format === "wav" ? new Uint8Array(0) : null;
    this.#encoding = format;
  }

  readonly #encoding: string;

  accept(type: string): Fault | null {
    if (type !== "application/json" && !type.startsWith("text/")) return null;
    return semantic("not_audio", `HTTP 200 with content type "${type.slice(0, 60)}" instead of audio`);
  }

  data(bytes: Uint8Array): void {
    let audio = bytes;
    if (this.#head !== null) {
      const head = joinBytes(this.#head, bytes);
      this.#head = head;
      if (!isWholeHead(head)) return;
      this.#head = null;
      audio = head;
    }
    const message = { audio_data: audio, encoding: this.#encoding, sample_rate: this.#sample_rate_hz };
    const audio_us = this.#audio.add(message);
    if (audio_us !== NO_CONTENT) this.#marks.content(audio_us);
  }

  judge(): Fault | null {
    return this.#audio.judge(this.#words);
  }
}

/**
 * Whether the header of a WAV file is complete, up to its first sample.
 * @throws {BadReply} for anything but a WAV file
 */
function isWholeHead(bytes: Uint8Array): boolean {
  const word = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (!"RIFF".startsWith(word(0)) || !"WAVE".startsWith(word(8)) || bytes.length > MAX_WAV_HEAD_BYTES) {
    throw new BadReply(NOT_WAV);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 8 <= bytes.length;) {
    if (word(at) === "data") return true;
    const size = view.getUint32(at + 4, true);
    at += 8 + size + (size & 1);
  }
  return false;
}
