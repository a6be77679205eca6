/** Thresholds as data. The one-line language that makes them is in `threshold_parser.ts`. */

/** Units of measured values: microseconds, a millionth of 1, or a plain count. */
export type DistributionUnit = "us" | "ppm" | "count";

/**
 * What a distribution rule reads: each is a histogram over ok calls, kept per operation and stage. Letters are those of
 * docs/measurement.md: I intended start, A actual start, F first content, C_n last content, E end, O output length.
 */
export const DISTRIBUTIONS = {
  /** E - I. */
  latency: "us",
  /** E - A. */
  service_time: "us",
  /** A - I. */
  start_delay: "us",
  /** F - I. */
  first_message: "us",
  /** First non-empty transcript - first audio sent. */
  first_partial: "us",
  /** Between two content messages; all calls pooled. */
  gap: "us",
  /** Largest gap of a call. */
  gap_max: "us",
  /** (C_n - F) / (O - 1), for O of 2 and more: time per output token, or per word where no tokens are counted. */
  token_time: "us",
  /** O: tokens where the server counts them, words otherwise. */
  output_length: "count",
  /** Last transcript - end of speech sent. */
  final_latency: "us",
  /** Actual - planned sending of a chunk of paced speech. */
  pacing_error: "us",
  /** Processing time / audio time; for speech made or recognised at full speed. */
  real_time_factor: "ppm",
  /** Silence a listener hears in one call: sum of all stalls of the player. */
  stall: "us",
  /** Smallest prebuffer that would have prevented every stall. */
  needed_prebuffer: "us",
  /** First audio of the answer - end of speech sent. */
  voice_to_voice: "us",
  /** The legs of that latency: speech to text, language model to the first sentence, text to speech to first audio. */
  turn_stt: "us",
  turn_llm: "us",
  turn_tts: "us",
} as const satisfies Record<string, DistributionUnit>;
/** Name of a histogram kept per operation and stage. */
export type Distribution = keyof typeof DISTRIBUTIONS;
/** All of them, in the order tables show them. */
export const DISTRIBUTION_NAMES = Object.keys(DISTRIBUTIONS) as Distribution[];

/** What is summed over calls, per operation and stage. */
export const COUNTERS = [
  /** Ok calls that met every objective. */
  "good",
  /** Output length by what was counted; a call counts in one of them. */
  "output_tokens",
  "output_words",
  "prompt_tokens",
  /** Audio sent to speech recognition, and made by speech synthesis; microseconds. */
  "audio_sent_us",
  "audio_received_us",
  /** Substitutions, deletions and insertions against the words of the known transcripts. */
  "word_errors",
  "reference_words",
  /** Calls with two audio messages or more, for which a player can stall, and those where it did. */
  "played_calls",
  "stalled_calls",
] as const;
/** Name of a sum. */
export type Counter = typeof COUNTERS[number];

/** The left side of a rule. */
export type Measure =
  | { kind: "percentile"; percentile: number; of: Distribution }
  | { kind: "mean" | "min" | "max"; of: Distribution }
  /** (failed + timed out) / (ok + failed + timed out); 0 to 1. */
  | { kind: "error_rate" }
  /** Ok calls per second. */
  | { kind: "throughput" }
  /** Ended calls, any outcome. */
  | { kind: "calls" }
  /** Share of the scenario's load that was reached: users running at the peak / users asked for; 0 to 1 and more. */
  | { kind: "load" };

/** A rule on a metric. */
export interface Threshold {
  /** As written, in canonical spacing: `p95(latency, llm.*) < 2s`. */
  source: string;
  measure: Measure;
  /**
   * Glob over operation names. Null: all calls together. Otherwise the rule is held by *each* operation that matches,
   * and the worst is shown.
   */
  operations: string | null;
  /** Stage it reads; null: all stages but warm-up. */
  stage: string | null;
  comparison: "<" | "<=" | ">" | ">=";
  /** In the measure's base unit: microseconds, a ratio of 1, calls per second, or a count. */
  limit: number;
  /** A `warn` rule is shown but does not fail the run. */
  level: "fail" | "warn";
}
