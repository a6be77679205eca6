/** The catalogue of distributions: what rules, reports and terminal need to know of each. */
import type { DistributionUnit } from "./measure_units.ts";

/** What is known of a distribution. */
export interface DistributionFacts {
  unit: DistributionUnit;
  /** The term of the report's glossary that explains it. */
  term: string;
  /** A high value means that a service answered slowly. */
  is_answer_time: boolean;
  /** It holds the time that asking takes by design: of speech paced in real time the length of the clip. */
  holds_asking: boolean;
  /** A call that timed out is known to lie at its deadline or beyond. */
  censored: boolean;
  /** Values of a call: a limit on a distribution with many of them cannot be an objective of a call. */
  values: "one" | "many";
}

/**
 * What a distribution rule reads: each is a histogram over ok calls, kept per operation and stage. Letters are those of
 * docs/measurement.md: I intended start, A actual start, F first content, C_n last content, E end, O output length.
 */
export const DISTRIBUTIONS = {
  /**
   * What a person waits for the answer once they have finished asking: E - I; for speech paced in real time C_n - (I + s),
   * with s the end of speech in the clip; for voice turns first audio - (I + s). Negative where a transcript came early.
   */
  response_time: {
    unit: "us",
    term: "response time",
    is_answer_time: true,
    holds_asking: false,
    censored: true,
    values: "one",
  },
  /** E - I. */
  latency: { unit: "us", term: "latency", is_answer_time: true, holds_asking: true, censored: true, values: "one" },
  /** E - A. */
  service_time: {
    unit: "us",
    term: "service time",
    is_answer_time: true,
    holds_asking: true,
    censored: true,
    values: "one",
  },
  /** A - I. */
  start_delay: {
    unit: "us",
    term: "start delay, waited",
    is_answer_time: false,
    holds_asking: false,
    censored: false,
    values: "one",
  },
  /** F - I. */
  first_message: {
    unit: "us",
    term: "first message, first token, first audio (F)",
    is_answer_time: true,
    holds_asking: false,
    censored: false,
    values: "one",
  },
  /** First text of the answer itself - I; reasoning and calls of tools come before it. */
  first_answer: {
    unit: "us",
    term: "first answer",
    is_answer_time: true,
    holds_asking: false,
    censored: false,
    values: "one",
  },
  /** First non-empty transcript - A, where speech paced in real time begins. */
  first_partial: {
    unit: "us",
    term: "first partial",
    is_answer_time: true,
    holds_asking: false,
    censored: false,
    values: "one",
  },
  /** Between two content messages; all calls pooled. */
  gap: { unit: "us", term: "gap", is_answer_time: true, holds_asking: false, censored: false, values: "many" },
  /** Largest gap of a call. */
  gap_max: {
    unit: "us",
    term: "largest gap",
    is_answer_time: true,
    holds_asking: false,
    censored: false,
    values: "one",
  },
  /** (C_n - F) / (O - 1), for O of 2 and more: time per output token, or per word where no tokens are counted. */
  token_time: {
    unit: "us",
    term: "per token, per word",
    is_answer_time: true,
    holds_asking: false,
    censored: false,
    values: "one",
  },
  /** O: tokens where the server counts them, words otherwise. */
  output_length: {
    unit: "count",
    term: "length",
    is_answer_time: false,
    holds_asking: false,
    censored: false,
    values: "one",
  },
  /** Tokens of the prompt where the server counts them; words of the text sent otherwise, for inputs of the user's own. */
  input_length: {
    unit: "count",
    term: "prompt",
    is_answer_time: false,
    holds_asking: false,
    censored: false,
    values: "one",
  },
  /** Last transcript - end of speech sent. */
  final_latency: {
    unit: "us",
    term: "final latency",
    is_answer_time: true,
    holds_asking: false,
    censored: false,
    values: "one",
  },
  /** Arrival of a transcript - instant at which the place in the audio was sent up to which it covers; all calls pooled. */
  response_latency: {
    unit: "us",
    term: "after its audio",
    is_answer_time: true,
    holds_asking: false,
    censored: false,
    values: "many",
  },
  /** Actual - planned sending of a chunk of paced speech. */
  pacing_error: {
    unit: "us",
    term: "late chunks",
    is_answer_time: false,
    holds_asking: false,
    censored: false,
    values: "many",
  },
  /** Processing time / audio time; for speech made or recognised at full speed. */
  real_time_factor: {
    unit: "ppm",
    term: "real-time factor",
    is_answer_time: false,
    holds_asking: false,
    censored: false,
    values: "one",
  },
  /** Silence a listener hears in one call: sum of all stalls of the player. */
  stall: {
    unit: "us",
    term: "stalled, silence",
    is_answer_time: false,
    holds_asking: false,
    censored: false,
    values: "one",
  },
  /** Smallest prebuffer that would have prevented every stall. */
  needed_prebuffer: {
    unit: "us",
    term: "prebuffer",
    is_answer_time: false,
    holds_asking: false,
    censored: false,
    values: "one",
  },
  /** First audio of the answer - end of speech sent. */
  voice_to_voice: {
    unit: "us",
    term: "voice to voice",
    is_answer_time: true,
    holds_asking: false,
    censored: false,
    values: "one",
  },
  /** The legs of that latency: speech to text, language model to the first sentence, text to speech to first audio. */
  turn_stt: {
    unit: "us",
    term: "legs of a turn",
    is_answer_time: true,
    holds_asking: false,
    censored: false,
    values: "one",
  },
  turn_llm: {
    unit: "us",
    term: "legs of a turn",
    is_answer_time: true,
    holds_asking: false,
    censored: false,
    values: "one",
  },
  turn_tts: {
    unit: "us",
    term: "legs of a turn",
    is_answer_time: true,
    holds_asking: false,
    censored: false,
    values: "one",
  },
} as const satisfies Record<string, DistributionFacts>;
/** Name of a histogram kept per operation and stage. */
export type Distribution = keyof typeof DISTRIBUTIONS;
/** The time that headlines, charts, tables and comparisons show. */
export const HEADLINE: Distribution = "response_time";
/** All of them, in the order tables show them. */
export const DISTRIBUTION_NAMES = Object.keys(DISTRIBUTIONS) as Distribution[];
