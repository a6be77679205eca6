/** One call in flight: marks become figures of its series. */
import type { Clock, Content, Marks, Operation, OperationEnd, Turn } from "../driver/driver.ts";
import type { Histogram } from "../measure/histogram.ts";
import type { Outcome, TurnExample } from "../measure/interval.ts";
import { Player } from "../measure/player.ts";
import { Series } from "../measure/series.ts";
import { matchesGlob } from "../plan/glob.ts";
import type { Objective } from "../plan/plan.ts";
import { type Distribution, DISTRIBUTION_NAMES } from "../plan/threshold.ts";

/** Who starts calls. */
export interface CallOwner {
  /** Its call has been counted; it ended at `end_us`. */
  callEnded(end_us: number): void;
}

/** Where calls are counted. */
export interface CallKeeper {
  readonly clock: Clock;
  /** A call is no longer in flight. */
  ended(): void;
  /** Counts one failure in its group. */
  fail(operation: string, outcome: "failed" | "timed_out", end: OperationEnd, end_us: number): void;
  /** Looks at an ok turn: the slowest of an interval is kept as an example. */
  turned(turn: TurnExample): void;
}

const PLACE = Object.fromEntries(DISTRIBUTION_NAMES.map((name, at) => [name, at])) as Record<Distribution, number>;

/** One limit that a good call keeps; `place` is that of the distribution among all. */
interface Check {
  place: number;
  limit: number;
}

/** One operation in one stage: its series, and what a call of it must meet to be good. */
export class Meter {
  readonly series = new Series();
  readonly gap = this.series.histogram("gap");
  readonly pacing_error = this.series.histogram("pacing_error");
  readonly #histograms: readonly Histogram[] = DISTRIBUTION_NAMES.map((name) => this.series.histogram(name));
  readonly #checks: readonly Check[];
  /** Figures of the call that is being counted, by place; NaN where a figure does not apply to it. */
  readonly #values: Float64Array = new Float64Array(DISTRIBUTION_NAMES.length).fill(NaN);

  /** @param objectives of the plan; those for other operations are passed over */
  constructor(operation: string, objectives: readonly Objective[]) {
    const own = objectives.filter(({ operations }) => operations === null || matchesGlob(operations, operation));
    // A stream keeps a limit on gaps when its largest gap does.
    this.#checks = own.map(({ of, limit }) => ({ place: PLACE[of === "gap" ? "gap_max" : of], limit }));
  }

  /** Records one figure of the call that is being counted. */
  take(of: Distribution, value: number): void {
    const place = PLACE[of];
    (this.#histograms[place] as Histogram).record(value);
    this.#values[place] = value;
  }

  /** Notes a figure that is already recorded, so that a limit on it is kept. */
  note(of: Distribution, value: number): void {
    this.#values[PLACE[of]] = value;
  }

  /** Ends the counting of an ok call: it is good when no figure exceeds its limit; one that does not apply exceeds none. */
  settle(): void {
    let good = true;
    for (const { place, limit } of this.#checks) if ((this.#values[place] as number) > limit) good = false;
    if (good) this.series.count("good", 1);
    if (this.#checks.length > 0) this.#values.fill(NaN);
  }
}

/** The marks of one call in flight. Instants are NaN until they come. */
export class CallRecord implements Marks {
  /** Set when the run cuts calls off: what then ends as cancelled was unfinished. */
  cut = false;
  readonly #reply_stream: boolean;
  #sent_us = NaN;
  #speech_end_us = NaN;
  #first_us = NaN;
  #last_us = NaN;
  #messages = 0;
  #gap_max_us = 0;
  /** Audio in the messages of the reply. */
  #audio_us = 0;
  #player: Player | null = null;
  /** Largest lateness of a chunk of paced speech; NaN where speech was not paced. */
  #late_us = NaN;
  #ended = false;

  constructor(
    readonly keeper: CallKeeper,
    readonly operation: Operation,
    readonly meter: Meter,
    readonly intended_us: number,
    readonly owner: CallOwner,
  ) {
    this.#reply_stream = operation.reply_stream;
  }

  sent(): void {
    if (Number.isNaN(this.#sent_us)) this.#sent_us = this.keeper.clock.now_us();
  }

  speechEnd(): void {
    this.#speech_end_us = this.keeper.clock.now_us();
  }

  content(audio_us = 0): void {
    if (this.#ended) return;
    this.#audio_us += audio_us;
    if (!this.#reply_stream) return;
    const now_us = this.keeper.clock.now_us();
    const { meter } = this;
    meter.series.messages++;
    if (this.#messages++ === 0) this.#first_us = now_us;
    else {
      const gap_us = now_us - this.#last_us;
      meter.gap.record(gap_us);
      if (gap_us > this.#gap_max_us) this.#gap_max_us = gap_us;
    }
    this.#last_us = now_us;
    if (audio_us > 0) (this.#player ??= new Player(this.operation.prebuffer_us ?? 0)).arrive(now_us, audio_us);
  }

  paced(late_us: number): void {
    this.meter.pacing_error.record(late_us);
    if (!(late_us <= this.#late_us)) this.#late_us = late_us;
  }

  end(end: OperationEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    const end_us = this.keeper.clock.now_us();
    const { series } = this.meter;
    const outcome: Outcome = this.cut && end.outcome === "cancelled" ? "unfinished" : end.outcome;
    series.outcomes[outcome]++;
    series.sent_bytes += end.sent_bytes;
    series.received_bytes += end.received_bytes;
    if (outcome === "ok") this.#count(end_us, end.content);
    else if (outcome === "failed" || outcome === "timed_out") {
      series.failed_latency.record(end_us - this.intended_us);
      this.keeper.fail(this.operation.name, outcome, end, end_us);
    }
    this.keeper.ended();
    this.owner.callEnded(end_us);
  }

  /** Counts an ok call. Letters in comments are those of `DISTRIBUTIONS`. */
  #count(end_us: number, content: Content | undefined): void {
    const { meter, intended_us } = this;
    const sent_us = Number.isNaN(this.#sent_us) ? intended_us : this.#sent_us;
    meter.take("latency", end_us - intended_us);
    meter.take("service_time", end_us - sent_us);
    meter.take("start_delay", sent_us - intended_us);
    if (this.#messages > 0) {
      meter.take("first_message", this.#first_us - intended_us);
      if (this.#messages > 1) meter.take("gap_max", this.#gap_max_us);
    }
    if (!Number.isNaN(this.#late_us)) meter.note("pacing_error", this.#late_us);
    if (content?.output !== undefined) this.#countOutput(content.output);
    if (content?.turn !== undefined) this.#countTurn(content.turn);
    else {
      if (content?.output !== undefined) this.#countPace(content.output.count);
      if (content?.audio_sent_us !== undefined) this.#countHeard(end_us - sent_us, sent_us, content.audio_sent_us);
      // (C_n - A) / d for speech as it is made, (E - A) / d for speech that comes whole.
      const made_us = (this.#reply_stream ? this.#last_us : end_us) - sent_us;
      if (this.#audio_us > 0) meter.take("real_time_factor", made_us / this.#audio_us * 1e6);
    }
    this.#countSums(content);
    if (this.#player !== null && this.#player.messages > 1) this.#countPlayed(this.#player);
    meter.settle();
  }

  /** Speech that was sent to be recognised. Paced in real time, its factor would say nothing. */
  #countHeard(service_us: number, sent_us: number, audio_us: number): void {
    const { meter } = this;
    if (Number.isNaN(this.#late_us) && audio_us > 0) meter.take("real_time_factor", service_us / audio_us * 1e6);
    if (this.#messages === 0) return;
    meter.take("first_partial", this.#first_us - sent_us);
    // A stream may end early, its last text sent before the speech was over: there is no latency after it then.
    if (this.#last_us >= this.#speech_end_us) meter.take("final_latency", this.#last_us - this.#speech_end_us);
  }

  #countOutput({ count, unit }: { count: number; unit: "tokens" | "words" }): void {
    const { meter } = this;
    meter.take("output_length", count);
    meter.series.count(unit === "tokens" ? "output_tokens" : "output_words", count);
  }

  /** The time per token needs two messages: one alone tells nothing of the time between its tokens. */
  #countPace(count: number): void {
    if (count < 2 || this.#messages < 2) return;
    this.meter.take("token_time", (this.#last_us - this.#first_us) / (count - 1));
  }

  #countSums(content: Content | undefined): void {
    const { series } = this.meter;
    if (this.#audio_us > 0) series.count("audio_received_us", this.#audio_us);
    if (content === undefined) return;
    const { prompt_tokens, audio_sent_us, words } = content;
    if (prompt_tokens !== undefined) series.count("prompt_tokens", prompt_tokens);
    if (audio_sent_us !== undefined) series.count("audio_sent_us", audio_sent_us);
    if (words === undefined) return;
    series.count("word_errors", words.errors);
    series.count("reference_words", words.reference);
  }

  /** Audio in one message cannot stall: only calls with two and more are asked whether theirs did. */
  #countPlayed({ stalls, stalled_us, needed_prebuffer_us }: Player): void {
    const { meter } = this;
    meter.series.count("played_calls", 1);
    if (stalls > 0) meter.series.count("stalled_calls", 1);
    meter.take("stall", stalled_us);
    meter.take("needed_prebuffer", needed_prebuffer_us);
  }

  #countTurn({ stt_us, llm_us, tts_us, spans }: Turn): void {
    const { meter, intended_us } = this;
    const voice_to_voice_us = stt_us + llm_us + tts_us;
    meter.take("voice_to_voice", voice_to_voice_us);
    meter.take("turn_stt", stt_us);
    meter.take("turn_llm", llm_us);
    meter.take("turn_tts", tts_us);
    this.keeper.turned({ operation: this.operation.name, start_ms: intended_us / 1000, voice_to_voice_us, spans });
  }
}
