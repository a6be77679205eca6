/** One call in flight: marks become figures of its series. */
import { cameAt } from "../driver/core/came_at.ts";
import type { Clock, Content, HeardWords, Marks, Operation, OperationEnd, Turn } from "../driver/driver.ts";
import type { Outcome, TranscriptExample, TurnExample } from "../measure/interval.ts";
import { clipLate, PACING_LIMIT_US } from "../measure/pacing.ts";
import type { ShortageErrno } from "../plan/shortages.ts";
import type { OperationStats } from "./operation_stats.ts";
import { ReplyMarks } from "./reply_marks.ts";
import { Lack, type Shortages } from "./shortages.ts";

/** Who starts calls. */
export interface CallListener {
  /** Its call has been counted; it ended at `end_us`, as `end` says. */
  callEnded(end_us: number, end: OperationEnd): void;
}

/** Where calls are counted. */
export interface CallSink {
  readonly clock: Clock;
  /** How long june-load itself could not act since an instant, or what of that still showed then; microseconds. */
  stalledSince(from_us: number): number;
  /** What this machine lacks for connections is counted here. */
  readonly shortages: Shortages;
  /** By how much that may have lengthened a call that began then, at the most; microseconds. */
  lengthenedSince(from_us: number): number;
  /** A call is no longer in flight. */
  ended(): void;
  /** Counts one failure in its group. */
  fail(operation: string, outcome: "failed" | "timed_out", end: OperationEnd, end_us: number): void;
  /** Looks at an ok turn: the slowest of an interval is kept as an example. */
  turned(turn: TurnExample): void;
  /** Looks at a transcript with errors: the worst are kept as examples. */
  heard(transcript: TranscriptExample): void;
}

/** A call that was given up is that much younger at most without june-load's part: an error that changes no answer. */
const GIVEN_UP_SHARE = 0.05;

/** How a clip was spoken; NaN where that did not happen. */
class SpeechMarks {
  end_us = NaN;
  /** Largest lateness of a paced chunk. */
  late_us = NaN;
  /** Paced chunks, and those that june-load itself sent late. */
  chunks = 0;
  own_late = 0;
}

const NO_SPEECH = new SpeechMarks();

/** The marks of one call in flight. */
export class CallRecord implements Marks {
  /** Set when the run cuts calls off: what then ends as cancelled was unfinished. */
  cut = false;
  /** Set before it starts: its user's last call was refused or lost. */
  repeat = false;
  /** How it ended; null while it is in flight. */
  outcome: Outcome | null = null;
  /** Its response time, once it was ok; microseconds. */
  response_us = NaN;
  #sent_us = NaN;
  /** How far after its intended start the asking ends: see `Marks.asking`. */
  #asking_us = 0;
  /** When the first text of the answer itself came, and whether reasoning came before it. */
  #answer_us = NaN;
  #reasoned = false;
  #ended = false;
  #reply: ReplyMarks | null = null;
  #speech: SpeechMarks | null = null;
  /** The first thing that this machine lacked for it. */
  #lack: Lack | null = null;

  constructor(
    readonly keeper: CallSink,
    readonly operation: Operation,
    readonly meter: OperationStats,
    readonly intended_us: number,
    readonly owner: CallListener,
  ) {}

  sent(): void {
    if (Number.isNaN(this.#sent_us)) this.#sent_us = this.keeper.clock.now_us();
    if (this.#lack !== null) this.#lack.resume(this.keeper.clock.now_us());
  }

  lacking(errno: ShortageErrno): void {
    if (!this.#ended) this.#lack ??= new Lack(this.keeper.shortages, errno, this.keeper.clock.now_us());
  }

  asking(length_us: number): void {
    this.#asking_us = length_us;
  }

  speechEnd(): void {
    (this.#speech ??= new SpeechMarks()).end_us = this.keeper.clock.now_us();
  }

  content(audio_us = 0): void {
    if (this.#ended) return;
    const { operation } = this;
    if (operation.reply_stream) {
      const now_us = cameAt(this.keeper.clock);
      const reply = this.#reply ??= new ReplyMarks();
      const stalled = reply.messages > 0 && this.keeper.stalledSince(reply.last_us) > this.meter.limits.taint_us;
      reply.arrive(now_us, audio_us, this.meter, operation.prebuffer_us ?? 0, stalled);
    } else if (audio_us > 0) (this.#reply ??= new ReplyMarks()).audio_us += audio_us;
  }

  answer(reasoned: boolean): void {
    if (this.#ended) return;
    this.#answer_us = cameAt(this.keeper.clock);
    this.#reasoned = reasoned;
  }

  more(audio_us: number): void {
    if (!this.#ended) this.#reply?.extend(cameAt(this.keeper.clock), audio_us);
  }

  paced(late_us: number, own_us: number): void {
    this.meter.pacing_error.record(late_us);
    const speech = this.#speech ??= new SpeechMarks();
    speech.chunks++;
    if (own_us > PACING_LIMIT_US) speech.own_late++;
    if (!(late_us <= speech.late_us)) speech.late_us = late_us;
  }

  responded(latency_us: number): void {
    if (this.#ended) return;
    this.meter.response_latency.record(latency_us);
  }

  end(end: OperationEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    const end_us = cameAt(this.keeper.clock);
    const { meter } = this;
    const outcome: Outcome = this.cut && end.outcome === "cancelled" ? "unfinished" : end.outcome;
    this.outcome = outcome;
    const late = this.#spokeLate();
    meter.end(outcome, end, this.#isTainted(outcome, end.content, end_us) || late);
    if (this.repeat) meter.count("repeats", 1);
    if (this.#speech !== null && this.#speech.chunks > 0) {
      meter.count("paced_calls", 1);
      if (late) meter.count("late_speech", 1);
    }
    if (outcome === "ok") this.#count(end_us, end.content);
    else this.#countOther(outcome, end, end_us);
    this.keeper.ended();
    this.owner.callEnded(end_us, end);
  }

  /** Speech that was late through june-load's fault gave the service time that a speaker would not have given it. */
  #spokeLate(): boolean {
    return this.#speech !== null && clipLate(this.#speech.own_late, this.#speech.chunks);
  }

  /** Whether june-load may have spoilt what a rule reads of the call: not where it took too long without june-load, too. */
  #isTainted(outcome: Outcome, content: Content | undefined, end_us: number): boolean {
    const { taint_us, beyond_us, overdue_us } = this.meter.limits;
    const stalled_us = this.keeper.stalledSince(this.intended_us);
    if (this.#lack?.end(end_us, outcome === "ok", taint_us - stalled_us) === true) return true;
    if (stalled_us <= taint_us) return false;
    const lengthened_us = this.keeper.lengthenedSince(this.intended_us);
    const asked_us = this.intended_us + this.#asking_us;
    if (outcome === "ok") return this.#answered(end_us, content) - asked_us - lengthened_us <= beyond_us;
    if (outcome !== "timed_out" && outcome !== "unfinished") return true;
    const age_us = end_us - asked_us;
    return lengthened_us > GIVEN_UP_SHARE * age_us && age_us - lengthened_us < overdue_us;
  }

  #countOther(outcome: Exclude<Outcome, "ok">, end: OperationEnd, end_us: number): void {
    const { meter } = this;
    const age_us = end_us - this.intended_us - this.#asking_us;
    if (outcome === "timed_out" || outcome === "unfinished") meter.censored(age_us);
    const overdue = outcome === "unfinished" && age_us >= meter.limits.overdue_us;
    if (overdue) meter.count("overdue", 1);
    if (outcome === "failed" || outcome === "timed_out") {
      meter.failed(end_us - this.intended_us);
      this.keeper.fail(this.operation.name, outcome, end, end_us);
    }
    meter.settle(overdue || outcome === "failed" || outcome === "timed_out" ? "miss" : "neither");
  }

  /** When the answer was there, as `response_time` has it. */
  #answered(end_us: number, content: Content | undefined): number {
    const reply = this.#reply;
    if (reply === null || reply.messages === 0) return end_us;
    if (content?.turn !== undefined) return reply.first_us;
    return this.#asking_us > 0 ? reply.last_us : end_us;
  }

  /** Counts an ok call. Letters in comments are those of `DISTRIBUTIONS`. */
  #count(end_us: number, content: Content | undefined): void {
    const { meter, intended_us } = this;
    const reply = this.#reply;
    const sent_us = Number.isNaN(this.#sent_us) ? intended_us : this.#sent_us;
    meter.takeTimes(end_us - intended_us, end_us - sent_us, sent_us - intended_us);
    this.response_us = this.#answered(end_us, content) - intended_us - this.#asking_us;
    meter.responded(this.response_us);
    if (reply !== null) this.#countReply(reply);
    if (reply !== null && content?.turn === undefined) this.#countPieces(reply, sent_us, content?.output?.count ?? 0);
    if (this.operation.reply_stream && !Number.isNaN(this.#answer_us)) this.#countAnswer();
    if (this.#speech !== null && this.#speech.late_us >= 0) meter.note("pacing_error", this.#speech.late_us);
    if (content !== undefined) this.#countContent(content, end_us - sent_us, sent_us);
    if (reply !== null && reply.audio_us > 0 && content?.turn === undefined) {
      // (C_n - A) / d for speech as it is made, (E - A) / d for speech that comes whole.
      const made_us = (this.operation.reply_stream ? reply.last_us : end_us) - sent_us;
      meter.take("real_time_factor", made_us / reply.audio_us * 1e6);
    }
    if (content?.turn === undefined) this.#countFinal(end_us, content?.audio_sent_us === undefined ? NaN : sent_us);
    meter.settle("ok");
  }

  /** Pieces that wait while june-load itself cannot act come at once, too. */
  #countPieces(reply: ReplyMarks, sent_us: number, length: number): void {
    const acted = this.operation.reply_stream && this.keeper.stalledSince(sent_us) === 0;
    if (acted && reply.isOnePiece(sent_us, length)) this.meter.count("one_piece", 1);
  }

  #countAnswer(): void {
    this.meter.take("first_answer", this.#answer_us - this.intended_us);
    if (this.#reasoned) this.meter.count("reasoned_answers", 1);
  }

  #countReply({ messages, first_us, gap_max_us, audio_us, player }: ReplyMarks): void {
    const { meter } = this;
    if (messages > 0) meter.take("first_message", first_us - this.intended_us);
    if (messages > 1) meter.take("gap_max", gap_max_us);
    if (audio_us > 0) meter.count("audio_received_us", audio_us);
    // Audio in one message cannot stall: only calls with two and more are asked whether theirs did.
    if (player === null || player.messages < 2) return;
    meter.count("played_calls", 1);
    if (player.stalls > 0) meter.count("stalled_calls", 1);
    meter.take("stall", player.stalled_us);
    meter.take("needed_prebuffer", player.needed_prebuffer_us);
  }

  #countContent(content: Content, service_us: number, sent_us: number): void {
    const { meter } = this;
    const { output, prompt_tokens, audio_sent_us, words, turn } = content;
    if (output !== undefined) this.#countOutput(output);
    if (prompt_tokens !== undefined) meter.count("prompt_tokens", prompt_tokens);
    this.#countInput(content);
    if (audio_sent_us !== undefined) meter.count("audio_sent_us", audio_sent_us);
    if (words !== undefined) this.#countWords(words);
    for (const note of content.notes ?? []) meter.count(note, 1);
    if (turn !== undefined) return this.#countTurn(turn);
    if (output !== undefined && this.#reply !== null) this.#countPace(this.#reply, output.count);
    if (audio_sent_us !== undefined) this.#countHeard(service_us, sent_us, audio_sent_us);
  }

  #countWords(heard: HeardWords): void {
    const { errors, reference, basic = heard, texts } = heard;
    const { meter } = this;
    meter.count("word_errors", errors);
    meter.count("reference_words", reference);
    meter.count("basic_word_errors", basic.errors);
    meter.count("basic_reference_words", basic.reference);
    if (texts === undefined || errors === 0) return;
    const start_ms = Math.round(this.intended_us / 1000);
    this.keeper.heard({ operation: this.operation.name, start_ms, errors, words: reference, ...texts });
  }

  #countInput({ prompt_tokens, prompt_words, repeated_input }: Content): void {
    const { meter } = this;
    const length = prompt_tokens ?? prompt_words;
    if (length !== undefined) meter.take("input_length", length);
    if (repeated_input === undefined) return;
    meter.count("known_inputs", 1);
    if (repeated_input) meter.count("repeated_inputs", 1);
  }

  #countOutput({ count, unit }: { count: number; unit: "tokens" | "words" }): void {
    const { meter } = this;
    meter.take("output_length", count);
    meter.count(unit === "tokens" ? "output_tokens" : "output_words", count);
  }

  /** The time per token needs two messages: one alone tells nothing of the time between its tokens. */
  #countPace({ messages, first_us, last_us }: ReplyMarks, count: number): void {
    if (count > 1 && messages > 1) this.meter.take("token_time", (last_us - first_us) / (count - 1));
  }

  /** Speech that was sent to be recognised. Paced in real time, its factor would say nothing. */
  #countHeard(service_us: number, sent_us: number, audio_us: number): void {
    const { meter } = this;
    const { late_us } = this.#speech ?? NO_SPEECH;
    if (Number.isNaN(late_us) && audio_us > 0) meter.take("real_time_factor", service_us / audio_us * 1e6);
    const reply = this.#reply;
    if (reply !== null && reply.messages > 0) meter.take("first_partial", reply.first_us - sent_us);
  }

  /**
   * The time from the end of speech to the last transcript; a whole reply comes at the call's end.
   * @param sent_us when a request with speech was sent, NaN for others: the end of speech of a clip that is sent whole,
   * where the driver does not tell when its last byte was
   */
  #countFinal(end_us: number, sent_us: number): void {
    const { meter, operation: { reply_stream } } = this;
    const { end_us: spoken_us } = this.#speech ?? NO_SPEECH;
    const heard_us = Number.isNaN(spoken_us) && !reply_stream ? sent_us : spoken_us;
    const final_us = (reply_stream ? this.#reply?.last_us ?? NaN : end_us) - heard_us;
    if (final_us >= 0) meter.take("final_latency", final_us);
    // A stream may end early, its last text sent before the speech was over: it keeps any limit.
    else if (final_us < 0) meter.note("final_latency", final_us);
  }

  #countTurn({ stt_us, llm_us, tts_us, spans }: Turn): void {
    const { meter, intended_us } = this;
    const voice_to_voice_us = stt_us + llm_us + tts_us;
    meter.take("voice_to_voice", voice_to_voice_us);
    meter.take("turn_stt", stt_us);
    meter.take("turn_llm", llm_us);
    meter.take("turn_tts", tts_us);
    this.keeper.turned({
      operation: this.operation.name,
      start_ms: Math.round(intended_us / 1000),
      voice_to_voice_us,
      spans,
    });
  }
}
