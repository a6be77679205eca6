/** One call in flight: marks become figures of its series. */
import type { Clock, Content, HeardWords, Marks, Operation, OperationEnd, Turn } from "../driver/driver.ts";
import type { Histogram } from "../measure/histogram.ts";
import type { Outcome, TranscriptExample, TurnExample } from "../measure/interval.ts";
import type { ShortageErrno } from "../plan/shortages.ts";
import { Series } from "../measure/series.ts";
import { ReplyMarks } from "./reply_marks.ts";
import { matchesGlob } from "../plan/glob.ts";
import type { Objective } from "../plan/plan.ts";
import { type Counter, type Distribution, DISTRIBUTION_NAMES } from "../plan/threshold/threshold.ts";

import { Lack, type Shortages } from "./shortages.ts";

/** Who starts calls. */
export interface CallListener {
  /** Its call has been counted; it ended at `end_us`. */
  callEnded(end_us: number): void;
}

/** Where calls are counted. */
export interface CallSink {
  readonly clock: Clock;
  /** How long june-load itself could not act since an instant; microseconds. */
  stalledSince(from_us: number): number;
  /** What this machine lacks for connections is counted here. */
  readonly shortages: Shortages;
  /** A call is no longer in flight. */
  ended(): void;
  /** Counts one failure in its group. */
  fail(operation: string, outcome: "failed" | "timed_out", end: OperationEnd, end_us: number): void;
  /** Looks at an ok turn: the slowest of an interval is kept as an example. */
  turned(turn: TurnExample): void;
  /** Looks at a transcript with errors: the worst are kept as examples. */
  heard(transcript: TranscriptExample): void;
}

const PLACE = Object.fromEntries(DISTRIBUTION_NAMES.map((name, at) => [name, at])) as Record<Distribution, number>;
const RESPONSE_TIME = PLACE.response_time;
const LATENCY = PLACE.latency;
const SERVICE_TIME = PLACE.service_time;
const START_DELAY = PLACE.start_delay;

/** One limit that a good call keeps; `place` is that of the distribution among all. */
interface Check {
  place: number;
  limit: number;
}

/** When the calls of an operation count as overdue or tainted; microseconds. */
export interface CallLimits {
  /** A call cut off at this age or later counts as an error; Infinity: none does. */
  overdue_us: number;
  /** Stalls of june-load that together last longer taint a call. */
  taint_us: number;
}

/** Where no rule of the plan says more. */
export const DEFAULT_LIMITS: CallLimits = { overdue_us: Infinity, taint_us: 50_000 };

/** One operation in one stage: its series, and what a call of it must meet to be good. */
export class OperationStats {
  readonly series = new Series();
  readonly gap = this.series.histogram("gap");
  readonly pacing_error = this.series.histogram("pacing_error");
  readonly response_latency = this.series.histogram("response_latency");
  readonly #histograms: readonly Histogram[] = DISTRIBUTION_NAMES.map((name) => this.series.histogram(name));
  /** While a tainted call is counted: where it is counted once more. */
  #tainted: Series | null = null;
  readonly #checks: readonly Check[];
  /** Figures of the call that is being counted, by place; NaN where a figure does not apply to it. */
  readonly #values: Float64Array = new Float64Array(DISTRIBUTION_NAMES.length).fill(NaN);

  /** @param objectives of the plan; those for other operations are passed over */
  constructor(operation: string, objectives: readonly Objective[], readonly limits: CallLimits = DEFAULT_LIMITS) {
    const own = objectives.filter(({ operations }) => operations === null || matchesGlob(operations, operation));
    // A stream keeps a limit on gaps when its largest gap does.
    this.#checks = own.map(({ of, limit }) => ({ place: PLACE[of === "gap" ? "gap_max" : of], limit }));
  }

  /** Counts a call that has ended; one that june-load spoilt is counted among the tainted, too, until `settle`. */
  end(
    outcome: Outcome,
    { sent_bytes, received_bytes }: Pick<OperationEnd, "sent_bytes" | "received_bytes">,
    tainted: boolean,
  ): void {
    this.#tainted = tainted ? this.series.tainted : null;
    this.#endIn(this.series, outcome, sent_bytes, received_bytes);
    if (this.#tainted === null) return;
    this.#tainted.issued++;
    this.#endIn(this.#tainted, outcome, sent_bytes, received_bytes);
  }

  #endIn(series: Series, outcome: Outcome, sent_bytes: number, received_bytes: number): void {
    series.outcomes[outcome]++;
    series.sent_bytes += sent_bytes;
    series.received_bytes += received_bytes;
  }

  /** Adds to one of the sums. */
  count(name: Counter, amount: number): void {
    this.series.count(name, amount);
    this.#tainted?.count(name, amount);
  }

  /** Records how long a call that failed had taken. */
  failed(latency_us: number): void {
    this.series.failed_latency.record(latency_us);
    this.#tainted?.failed_latency.record(latency_us);
  }

  /** Records the age at which a call was given up: its answer would have taken longer. */
  censored(age_us: number): void {
    this.series.censored.recordSigned(age_us);
    this.#tainted?.censored.recordSigned(age_us);
  }

  /** Records what a person waited for the answer; negative where it came before the end of speech. */
  responded(response_us: number): void {
    (this.#histograms[RESPONSE_TIME] as Histogram).recordSigned(response_us);
    this.#tainted?.histogram("response_time").recordSigned(response_us);
    this.#values[RESPONSE_TIME] = response_us;
  }

  /** Records the figures that every ok call has. */
  takeTimes(latency_us: number, service_us: number, delay_us: number): void {
    this.#record(LATENCY, latency_us);
    this.#record(SERVICE_TIME, service_us);
    this.#record(START_DELAY, delay_us);
  }

  /** Records one figure of the call that is being counted. */
  take(of: Distribution, value: number): void {
    this.#record(PLACE[of], value);
  }

  #record(place: number, value: number): void {
    (this.#histograms[place] as Histogram).record(value);
    this.#tainted?.histogram(DISTRIBUTION_NAMES[place] as Distribution).record(value);
    this.#values[place] = value;
  }

  /** Notes a figure that is already recorded, so that a limit on it is kept. */
  note(of: Distribution, value: number): void {
    this.#values[PLACE[of]] = value;
  }

  /** Ends the counting of an ok call: it is good when no figure exceeds its limit; one that does not apply exceeds none. */
  settle(ok = true): void {
    let good = ok;
    for (const { place, limit } of this.#checks) if ((this.#values[place] as number) > limit) good = false;
    if (good) this.count("good", 1);
    this.#tainted = null;
    if (this.#checks.length > 0) this.#values.fill(NaN);
  }
}

/** How a clip was spoken; NaN where that did not happen. */
class SpeechMarks {
  end_us = NaN;
  /** Largest lateness of a paced chunk. */
  late_us = NaN;
}

const NO_SPEECH = new SpeechMarks();

/** The marks of one call in flight. */
export class CallRecord implements Marks {
  /** Set when the run cuts calls off: what then ends as cancelled was unfinished. */
  cut = false;
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
      const now_us = this.keeper.clock.now_us();
      const reply = this.#reply ??= new ReplyMarks();
      const stalled = reply.messages > 0 && this.keeper.stalledSince(reply.last_us) > this.meter.limits.taint_us;
      reply.arrive(now_us, audio_us, this.meter, operation.prebuffer_us ?? 0, stalled);
    } else if (audio_us > 0) (this.#reply ??= new ReplyMarks()).audio_us += audio_us;
  }

  answer(reasoned: boolean): void {
    if (this.#ended) return;
    this.#answer_us = this.keeper.clock.now_us();
    this.#reasoned = reasoned;
  }

  more(audio_us: number): void {
    if (!this.#ended) this.#reply?.extend(this.keeper.clock.now_us(), audio_us);
  }

  paced(late_us: number): void {
    this.meter.pacing_error.record(late_us);
    const speech = this.#speech ??= new SpeechMarks();
    if (!(late_us <= speech.late_us)) speech.late_us = late_us;
  }

  responded(latency_us: number): void {
    if (this.#ended) return;
    this.meter.response_latency.record(latency_us);
  }

  end(end: OperationEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    const end_us = this.keeper.clock.now_us();
    const { meter } = this;
    const outcome: Outcome = this.cut && end.outcome === "cancelled" ? "unfinished" : end.outcome;
    meter.end(outcome, end, this.#spoilt(outcome, end_us));
    if (outcome === "ok") this.#count(end_us, end.content);
    else this.#countOther(outcome, end, end_us);
    this.keeper.ended();
    this.owner.callEnded(end_us);
  }

  /** Whether june-load itself, and not the service, made the call what it is. */
  #spoilt(outcome: Outcome, end_us: number): boolean {
    const { keeper, meter: { limits } } = this;
    const stalled_us = keeper.stalledSince(this.intended_us);
    return this.#lack?.end(end_us, outcome === "ok", limits.taint_us - stalled_us) ?? stalled_us > limits.taint_us;
  }

  #countOther(outcome: Exclude<Outcome, "ok">, end: OperationEnd, end_us: number): void {
    const { meter } = this;
    const age_us = end_us - this.intended_us - this.#asking_us;
    if (outcome === "timed_out" || outcome === "unfinished") meter.censored(age_us);
    if (outcome === "unfinished" && age_us >= meter.limits.overdue_us) meter.count("overdue", 1);
    if (outcome === "failed" || outcome === "timed_out") {
      meter.failed(end_us - this.intended_us);
      this.keeper.fail(this.operation.name, outcome, end, end_us);
    }
    meter.settle(false);
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
    meter.responded(this.#answered(end_us, content) - intended_us - this.#asking_us);
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
    meter.settle();
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
    const { end_us, late_us } = this.#speech ?? NO_SPEECH;
    if (Number.isNaN(late_us) && audio_us > 0) meter.take("real_time_factor", service_us / audio_us * 1e6);
    const reply = this.#reply;
    if (reply === null || reply.messages === 0) return;
    meter.take("first_partial", reply.first_us - sent_us);
    // A stream may end early, its last text sent before the speech was over: there is no latency after it then.
    if (reply.last_us >= end_us) meter.take("final_latency", reply.last_us - end_us);
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
