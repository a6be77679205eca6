/**
 * One turn of a conversation: speech recognition transcribes a clip, a language model answers the transcript, and
 * speech synthesis speaks each sentence of the answer as soon as it is complete. The operations may have any protocol.
 */
import { StatusCode } from "../../transport/status.ts";
import type {
  CallStart,
  Clock,
  Content,
  Marks,
  Operation,
  OperationEnd,
  RunningOperation,
  Turn,
  TurnSpan,
} from "../driver.ts";
import { type Ending, faultEnding, semantic } from "../core/outcome.ts";
import { Leg } from "./leg.ts";
import { isSpeakable, SentenceCutter } from "./sentences.ts";
import { Speech } from "./speech.ts";

/** The operations of a turn. */
export interface TurnParts {
  /** Sends a clip; reports its transcript as `text`, in segments that do not overlap. */
  stt: Operation;
  /** Answers a given text; reports the answer as `text`. */
  llm: Operation;
  /** Speaks a given text. */
  tts: Operation;
  /** Most calls for sentences at the same time; their audio still plays in order. */
  maxParallelSentences: number;
}

/** Most spans of the waterfall; further sentences are not shown. */
const MAX_SPANS = 20;

const EMPTY_TRANSCRIPT = semantic("empty_transcript", "Status OK, but there is no transcript to answer");
const UNSPEAKABLE = semantic("unspeakable_answer", "Status OK, but the answer has no letters or digits to speak");
const CANCELLED: Ending = {
  outcome: "cancelled",
  code: StatusCode.CANCELLED,
  type: "CANCELLED",
  details: "cancelled between two calls",
};

/** An operation that runs one turn at each start. */
export function turnOperation(name: string, parts: TurnParts): Operation {
  return {
    name,
    reply_stream: true,
    prebuffer_us: parts.tts.prebuffer_us ?? 0,
    start(start) {
      const turn = new TurnCall(parts, start);
      turn.begin();
      return turn;
    },
  };
}

/** A turn in flight. It ends once, with its last call or with the first that fails. */
class TurnCall implements RunningOperation {
  readonly clock: Clock;
  readonly marks: Marks;
  readonly #start_us: number;
  readonly #stt: Leg;
  #llm: Leg | null = null;
  readonly #speech: Speech;
  readonly #cutter = new SentenceCutter();
  readonly #transcript: string[] = [];
  /** When the first sentence was complete. */
  #sentence_us: number | null = null;
  #stt_end: OperationEnd | null = null;
  #llm_end: OperationEnd | null = null;
  #sent_bytes = 0;
  #received_bytes = 0;
  #cancelled = false;
  #ended = false;

  constructor(readonly parts: TurnParts, readonly call: CallStart) {
    const { clock, marks } = call;
    this.clock = clock;
    this.marks = marks;
    this.#start_us = Math.round(clock.now_us());
    this.#stt = new Leg("stt", clock, {
      sent: () => marks.sent(),
      asking: (length_us) => marks.asking?.(length_us),
      text: (piece) => void this.#transcript.push(piece),
      paced: (late_us, own_us) => marks.paced(late_us, own_us),
      ended: (end) => this.#sttEnded(end),
    });
    this.#speech = new Speech(parts.tts, parts.maxParallelSentences, call, {
      audio: (audio_us) => this.#ended || marks.content(audio_us),
      more: (audio_us) => this.#ended || (marks.more ?? marks.content).call(marks, audio_us),
      ended: (leg, end) => this.#ttsEnded(leg, end),
    });
  }

  /** Starts to send the clip. */
  begin(): void {
    this.#stt.begin(this.parts.stt, this.call, null);
  }

  cancel(): void {
    if (this.#ended) return;
    this.#cancelled = true;
    this.#cutOff();
  }

  #cutOff(): void {
    for (const leg of [this.#stt, this.#llm]) if (leg !== null && leg.end_us === null) leg.cancel();
    this.#speech.cancel();
  }

  #sttEnded(end: OperationEnd): void {
    if (!this.#goesOn(this.#stt, end)) return;
    this.#stt_end = end;
    const transcript = this.#transcript.map((piece) => piece.trim()).filter((piece) => piece !== "").join(" ");
    if (transcript === "") return this.#fail(this.#stt, faultEnding(EMPTY_TRANSCRIPT));
    const llm = this.#llm = new Leg("llm", this.clock, {
      text: (piece) => this.#cutter.add(piece).forEach((sentence) => this.#say(sentence)),
      ended: (answer) => this.#llmEnded(llm, answer),
    });
    llm.begin(this.parts.llm, this.call, transcript);
  }

  #say(sentence: string): void {
    if (this.#ended || this.#cancelled || !isSpeakable(sentence)) return;
    this.#sentence_us ??= Math.round(this.clock.now_us());
    this.#speech.say(sentence.trim());
  }

  #llmEnded(leg: Leg, end: OperationEnd): void {
    if (!this.#goesOn(leg, end)) return;
    this.#llm_end = end;
    const rest = this.#cutter.end();
    if (rest !== null) this.#say(rest);
    if (this.#sentence_us === null) return this.#fail(leg, faultEnding(UNSPEAKABLE));
    this.#finishIfDone();
  }

  #ttsEnded(leg: Leg, end: OperationEnd): void {
    if (this.#goesOn(leg, end)) this.#finishIfDone();
  }

  /** Counts an ended call; false: the turn is over. */
  #goesOn(leg: Leg, end: OperationEnd): boolean {
    if (this.#ended) return false;
    this.#sent_bytes += end.sent_bytes;
    this.#received_bytes += end.received_bytes;
    if (end.outcome !== "ok") this.#fail(leg, end);
    else if (this.#cancelled) this.#fail(leg, CANCELLED);
    return !this.#ended;
  }

  /** Ends the turn with the failed call, and cancels the others. */
  #fail(leg: Leg, { outcome, code, type, details, refused = false, retry_after_us = 0 }: Ending): void {
    // The message has no sentence number, since failures are grouped by their text; the span shows the sentence.
    const [name = ""] = leg.name.split(" ");
    this.#end({ outcome, code, type, details: `${name} leg: ${details}`, refused, retry_after_us });
    this.#cutOff();
  }

  #finishIfDone(): void {
    if (this.#ended || this.#llm_end === null || !this.#speech.idle) return;
    this.#end({ outcome: "ok", code: StatusCode.OK, type: "", details: "" });
  }

  #end(ending: Ending): void {
    this.#ended = true;
    // The content is computed on request: after the pool has read its clock.
    const content = () => ending.outcome === "ok" ? this.#content() : undefined;
    this.marks.end({
      ...ending,
      sent_bytes: this.#sent_bytes,
      received_bytes: this.#received_bytes,
      get content() {
        return content();
      },
    });
  }

  #content(): Content {
    const { audio_sent_us, words, notes: heard = [] } = this.#stt_end?.content ?? {};
    const { output, prompt_tokens, notes: answered = [] } = this.#llm_end?.content ?? {};
    const notes = [...new Set([...heard, ...answered])];
    const turn = this.#turn();
    return {
      ...(audio_sent_us === undefined ? {} : { audio_sent_us }),
      ...(words === undefined ? {} : { words }),
      ...(output === undefined ? {} : { output }),
      ...(prompt_tokens === undefined ? {} : { prompt_tokens }),
      ...(turn === null ? {} : { turn }),
      ...(notes.length > 0 && { notes }),
    };
  }

  /** The turn's legs; null where they cannot be separated: a clip without speech, or an answer without audio. */
  #turn(): Turn | null {
    const { speech_end_us, end_us } = this.#stt;
    const { first_audio_us } = this.#speech;
    const sentence_us = this.#sentence_us;
    if (speech_end_us === null || end_us === null || sentence_us === null || first_audio_us === null) return null;
    return {
      stt_us: end_us - speech_end_us,
      llm_us: sentence_us - end_us,
      tts_us: first_audio_us - sentence_us,
      spans: this.#spans(speech_end_us),
    };
  }

  /** Speech recognition listens from the first sample; the other calls follow in the order of their starts. */
  #spans(speech_end_us: number): TurnSpan[] {
    const from = (at_us: number) => at_us - this.#start_us;
    const bar = ({ name, first_us, end_us }: Leg, start_us: number): TurnSpan => ({
      name,
      start_us: from(start_us),
      first_us: first_us === null ? null : from(first_us),
      end_us: from(end_us ?? start_us),
    });
    // Speech that is not paced may be handed over whole before its first bytes leave.
    const heard_us = Math.min(this.#stt.sent_us ?? this.#stt.start_us, speech_end_us);
    const speech: TurnSpan = { name: "speech", start_us: from(heard_us), first_us: null, end_us: from(speech_end_us) };
    const answer = [this.#llm, ...this.#speech.legs].filter((leg) => leg !== null);
    return [speech, bar(this.#stt, heard_us), ...answer.map((leg) => bar(leg, leg.start_us))].slice(0, MAX_SPANS);
  }
}
