/** Decides what counts as a transcript and as speech over OpenAI's interface. */
import { joinBytes } from "../../base/bytes.ts";
import { ReceivedAudio } from "../speech/audio.ts";
import { type AudioFormat, claimedFormat } from "../speech/audio_format.ts";
import type { AnswerNote, Clock, Content, Marks } from "../driver.ts";
import type { Interims } from "../../plan/plan.ts";
import { type Fault, semantic } from "../core/outcome.ts";
import { NO_CONTENT } from "../core/reply.ts";
import { StreamedText } from "../core/streamed_text.ts";
import { EMPTY_TRANSCRIPT, type Spoken, transcriptContent } from "../speech/spoken.ts";
import { Transcript } from "../speech/transcript.ts";
import { BadReply, type BodyReply } from "./call.ts";
import { arrayIn, type Fields, fieldsOf, JsonBody, quote, refuseErrors, textIn } from "./json.ts";
import { acceptEvents, EventStream } from "./events.ts";

/** Longest header of a WAV file; bytes. */
const MAX_WAV_HEAD_BYTES = 64 * 1024;
const NOT_WAV = semantic("not_wav", "HTTP 200, but the reply is not a WAV file");
/** Servers differ in what their events hold of a WAV file. */
const NO_WAV_IN_EVENTS = semantic(
  "not_wav",
  "HTTP 200, but the audio in its events does not begin as a WAV file; if these are raw samples, set `format: pcm`",
);

function judgeTranscript(spoken: Spoken, transcript: string): Fault | null {
  return spoken.has_speech && transcript.trim() === "" ? EMPTY_TRANSCRIPT : null;
}

/** The texts of a reply's segments. */
const segmentsIn = (fields: Fields): string[] =>
  arrayIn(fields, "segments").map((item) => textIn(fieldsOf(item) ?? {}, "text").trim()).filter((text) => text !== "");

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
    refuseErrors(fields, "text" in fields || "segments" in fields);
    this.#transcript = (textIn(fields, "text") || segmentsIn(fields).join(" ")).trim();
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

/** Events of a transcription stream that hold no text. */
const SILENT_TYPES = /^(?:ping|keep-?alive|heartbeat|session\.|transcript\.)/;

/**
 * A transcript as a stream of events, in the forms of vLLM (`choices[].delta.content`), of OpenAI
 * (`transcript.text.delta`, `.segment` and `.done`) and of servers that send segments, `{text, start, end}`, alone or in
 * lists. Its pieces may be shorter than words, so it is reported as one segment.
 */
export class TranscriptStream implements BodyReply {
  readonly #spoken: Spoken;
  readonly #marks: Marks;
  readonly #events = new EventStream((fields) => this.#take(fields));
  readonly #pieces: PieceText;
  readonly #segments: Transcript;
  /** The whole text, where the server sends it at the end. */
  #whole = "";
  /** An event that is not understood. */
  #strange: string | null = null;

  constructor(spoken: Spoken, marks: Marks) {
    this.#spoken = spoken;
    this.#marks = marks;
    this.#pieces = new PieceText(spoken.hearing.interims);
    this.#segments = new Transcript(spoken.hearing);
  }

  accept(type: string): Fault | null {
    return acceptEvents(type);
  }

  data(bytes: Uint8Array): void {
    this.#events.push(bytes);
  }

  get done(): boolean {
    return this.#events.done;
  }

  #take(fields: Fields): void {
    const pieces = [
      textIn(fields, "delta"),
      ...arrayIn(fields, "choices").map((item) => textIn(fieldsOf(fieldsOf(item)?.delta) ?? {}, "content")),
    ];
    const isPart = ["delta", "choices", "text", "segments"].some((name) => name in fields);
    refuseErrors(fields, isPart);
    const type = textIn(fields, "type");
    if (type === "transcript.text.done") return this.#finish(textIn(fields, "text"));
    for (const piece of pieces) this.#piece(piece);
    this.#segment(textIn(fields, "text") || segmentsIn(fields).join(" "), fields.is_final === true);
    if (!isPart && !("usage" in fields) && !SILENT_TYPES.test(type)) this.#strange ??= JSON.stringify(fields);
  }

  /** The whole text, which is what counts; where no pieces came before, it is the first content. */
  #finish(text: string): void {
    this.#events.finish();
    if (text.trim() === "") return;
    if (this.#transcript === "") this.#marks.content();
    this.#whole = text.trim();
  }

  #piece(piece: string): void {
    if (this.#pieces.add(piece)) this.#marks.content();
  }

  /** Segments that repeat the text of pieces say nothing new. */
  #segment(text: string, isFinal: boolean): void {
    if (text.trim() === "" || this.#pieces.any) return;
    this.#segments.add(text, isFinal);
    this.#marks.content();
  }

  get #transcript(): string {
    return this.#whole || this.#pieces.text.trim() || this.#segments.segments.join(" ");
  }

  judge(): Fault | null {
    const fault = this.#events.judge() ?? this.#judgeText();
    const transcript = this.#transcript;
    if (fault === null && transcript !== "") this.#marks.text?.(transcript);
    return fault;
  }

  #judgeText(): Fault | null {
    this.#pieces.finish();
    const fault = judgeTranscript(this.#spoken, this.#transcript);
    if (fault === null || this.#strange === null) return fault;
    return semantic(
      "empty_transcript",
      `${fault.details}; events came that june-load does not know: ${quote(this.#strange)}`,
    );
  }

  content(): Content {
    const note = this.#pieces.any ? this.#pieces.note : this.#segments.note;
    return transcriptContent(this.#spoken, [this.#transcript], note);
  }
}

/** Pieces of a transcript, which are joined as they are, unless each repeats all before it or replaces it. */
class PieceText {
  text = "";
  /** A piece came. */
  any = false;
  readonly #stream = new StreamedText({ text: (piece) => void (this.text += piece) });

  constructor(readonly interims: Interims) {}

  /** Takes the next; false: it has nothing new. */
  add(piece: string): boolean {
    if (piece === "") return false;
    this.any = true;
    if (this.interims === "auto") return this.#stream.add(piece);
    this.text = this.interims === "replace" ? piece : this.text + piece;
    return true;
  }

  finish(): void {
    this.#stream.finish();
  }

  /** Null: they are pieces, as in the protocol. */
  get note(): AnswerNote | null {
    return this.interims === "replace" || this.#stream.repeats ? "interims_replaced" : null;
  }
}

/** Reads that follow each other more closely belong to one piece of audio, which the network cut; microseconds. */
const SAME_PIECE_US = 3000;
/** A piece ends at this age, however closely its reads follow. */
const LONGEST_PIECE_US = 20_000;

/** Speech as the bytes of the body, or as events with audio in base64; the header of a WAV file is not audio. */
export class SpokenBody implements BodyReply {
  readonly #audio = new ReceivedAudio();
  readonly #asked: SpokenAs;
  /** Where the speech comes as events. */
  #events: EventStream | null = null;
  /** The beginning of a WAV file with an incomplete header; null: no header, or it is complete. */
  #head: Uint8Array | null;
  /** When the piece being read began, and when it was last read from. */
  #piece_us = -Infinity;
  #read_us = -Infinity;

  constructor(asked: SpokenAs) {
    this.#asked = asked;
    this.#head = asked.format === "wav" ? new Uint8Array(0) : null;
  }

  accept(type: string): Fault | null {
    if (type === "text/event-stream") {
      this.#events = new EventStream((fields) => this.#event(fields));
      return null;
    }
    if (type === "application/json" || type.startsWith("text/")) {
      return semantic("not_audio", `HTTP 200 with content type "${type.slice(0, 60)}" instead of audio`);
    }
    const { format } = this.#asked;
    const claimed = claimedFormat(type);
    // Servers say audio/pcm of a WAV file, and the other way round: its first bytes tell.
    const agrees = claimed === null || claimed === format || (claimed === "pcm" && format === "wav");
    return agrees
      ? null
      : semantic("wrong_audio", `HTTP 200 with content type "${type.slice(0, 60)}" where ${format} was asked for`);
  }

  data(bytes: Uint8Array): void {
    if (this.#events !== null) this.#events.push(bytes);
    else this.#take(bytes);
  }

  get done(): boolean {
    return this.#events !== null && this.#events.done;
  }

  /** Source: OpenAI's `speech.audio.delta` and `speech.audio.done`. */
  #event(fields: Fields): void {
    refuseErrors(fields, "audio" in fields || "delta" in fields);
    if (textIn(fields, "type") === "speech.audio.done") return this.#events?.finish();
    const text = textIn(fields, "audio") || textIn(fields, "delta");
    if (text === "") return;
    try {
      this.#take(Uint8Array.fromBase64(text));
    } catch (error) {
      if (error instanceof SyntaxError) throw new BadReply(semantic("bad_base64", "HTTP 200, but audio is no base64"));
      throw error;
    }
  }

  #take(bytes: Uint8Array): void {
    let audio = bytes;
    if (this.#head !== null) {
      const head = joinBytes(this.#head, bytes);
      this.#head = head;
      if (!isWholeHead(head, this.#events === null ? NOT_WAV : NO_WAV_IN_EVENTS)) return;
      this.#head = null;
      audio = head;
    }
    const { format, sample_rate_hz } = this.#asked;
    const audio_us = this.#audio.add({ audio_data: audio, encoding: format, sample_rate: sample_rate_hz });
    if (audio_us !== NO_CONTENT) this.#mark(audio_us);
  }

  #mark(audio_us: number): void {
    const { clock, marks } = this.#asked;
    const now_us = clock.now_us();
    const isSame = now_us - this.#read_us <= SAME_PIECE_US && now_us - this.#piece_us <= LONGEST_PIECE_US;
    this.#read_us = now_us;
    if (isSame && marks.more !== undefined) return marks.more(audio_us);
    this.#piece_us = now_us;
    marks.content(audio_us);
  }

  judge(): Fault | null {
    return this.#events?.judge() ?? this.#audio.judge(this.#asked.words);
  }
}

/** What speech was asked for, and who is told of it. */
export interface SpokenAs {
  marks: Marks;
  clock: Clock;
  /** Words of the text to speak. */
  words: number;
  format: AudioFormat;
  sample_rate_hz: number;
}

/**
 * Whether the header of a WAV file is complete, up to its first sample.
 * @param fault of anything but a WAV file
 * @throws {BadReply} with that fault
 */
function isWholeHead(bytes: Uint8Array, fault: Fault): boolean {
  const word = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (!"RIFF".startsWith(word(0)) || !"WAVE".startsWith(word(8)) || bytes.length > MAX_WAV_HEAD_BYTES) {
    throw new BadReply(fault);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 8 <= bytes.length;) {
    if (word(at) === "data") return true;
    const size = view.getUint32(at + 4, true);
    at += 8 + size + (size & 1);
  }
  return false;
}
