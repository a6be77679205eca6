/** Thresholds as data. The one-line language that makes them is in `threshold_parser.ts`. */

/** Units of measured values: microseconds, a millionth of 1, or a plain count. */
export type DistributionUnit = "us" | "ppm" | "count";

/** What is known of a distribution. */
export interface DistributionFacts {
  unit: DistributionUnit;
  /** The term of the report's glossary that explains it. */
  term: string;
  /** A high value means that a service answered slowly. */
  is_answer_time: boolean;
  /** It holds the time that asking takes by design: of speech paced in real time the length of the clip. */
  holds_asking: boolean;
}

/**
 * What a distribution rule reads: each is a histogram over ok calls, kept per operation and stage. Letters are those of
 * docs/measurement.md: I intended start, A actual start, F first content, C_n last content, E end, O output length.
 */
export const DISTRIBUTIONS = {
  /** E - I. */
  latency: { unit: "us", term: "latency", is_answer_time: true, holds_asking: true },
  /** E - A. */
  service_time: { unit: "us", term: "service time", is_answer_time: true, holds_asking: true },
  /** A - I. */
  start_delay: { unit: "us", term: "start delay, waited", is_answer_time: false, holds_asking: false },
  /** F - I. */
  first_message: {
    unit: "us",
    term: "first message, first token, first audio (F)",
    is_answer_time: true,
    holds_asking: false,
  },
  /** First non-empty transcript - first audio sent. */
  first_partial: { unit: "us", term: "first partial", is_answer_time: true, holds_asking: false },
  /** Between two content messages; all calls pooled. */
  gap: { unit: "us", term: "gap", is_answer_time: true, holds_asking: false },
  /** Largest gap of a call. */
  gap_max: { unit: "us", term: "largest gap", is_answer_time: true, holds_asking: false },
  /** (C_n - F) / (O - 1), for O of 2 and more: time per output token, or per word where no tokens are counted. */
  token_time: { unit: "us", term: "per token, per word", is_answer_time: true, holds_asking: false },
  /** O: tokens where the server counts them, words otherwise. */
  output_length: { unit: "count", term: "length", is_answer_time: false, holds_asking: false },
  /** Tokens of the prompt where the server counts them; words of the text sent otherwise, for inputs of the user's own. */
  input_length: { unit: "count", term: "prompt", is_answer_time: false, holds_asking: false },
  /** Last transcript - end of speech sent. */
  final_latency: { unit: "us", term: "final latency", is_answer_time: true, holds_asking: false },
  /** Arrival of a transcript - instant at which the place in the audio was sent up to which it covers; all calls pooled. */
  response_latency: { unit: "us", term: "after its audio", is_answer_time: true, holds_asking: false },
  /** Actual - planned sending of a chunk of paced speech. */
  pacing_error: { unit: "us", term: "late chunks", is_answer_time: false, holds_asking: false },
  /** Processing time / audio time; for speech made or recognised at full speed. */
  real_time_factor: { unit: "ppm", term: "real-time factor", is_answer_time: false, holds_asking: false },
  /** Silence a listener hears in one call: sum of all stalls of the player. */
  stall: { unit: "us", term: "stalled, silence", is_answer_time: false, holds_asking: false },
  /** Smallest prebuffer that would have prevented every stall. */
  needed_prebuffer: { unit: "us", term: "prebuffer", is_answer_time: false, holds_asking: false },
  /** First audio of the answer - end of speech sent. */
  voice_to_voice: { unit: "us", term: "voice to voice", is_answer_time: true, holds_asking: false },
  /** The legs of that latency: speech to text, language model to the first sentence, text to speech to first audio. */
  turn_stt: { unit: "us", term: "legs of a turn", is_answer_time: true, holds_asking: false },
  turn_llm: { unit: "us", term: "legs of a turn", is_answer_time: true, holds_asking: false },
  turn_tts: { unit: "us", term: "legs of a turn", is_answer_time: true, holds_asking: false },
} as const satisfies Record<string, DistributionFacts>;
/** Name of a histogram kept per operation and stage. */
export type Distribution = keyof typeof DISTRIBUTIONS;
/** The time that headlines, charts, tables and comparisons show. */
export const HEADLINE: Distribution = "latency";
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
  /** Calls of which it is known whether their input was sent before in the run, and those for which it was. */
  "known_inputs",
  "repeated_inputs",
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

/** Units of what rules hold to a limit: those of distributions, a ratio of 1, or a ratio of 1 per hour. */
export type MeasureUnit = DistributionUnit | "ratio" | "per_s" | "per_h" | "bytes" | "watt";

/** How the value of a measure of one word comes about: verdict/figures.ts has one formula for each figure of a kind. */
export type FigureKind =
  /** One count as a part of another. */
  | "share"
  /** A count per second of the time the stages lasted. */
  | "rate"
  | "count"
  /** Of the whole run, not of its calls. */
  | "whole_run";

/** What is known of a measure of one word. */
export interface FigureFacts {
  kind: FigureKind;
  unit: MeasureUnit;
  /** It can be asked of some operations: `error_rate(llm.*)`. */
  operations: boolean;
  /** Files for other programs list it among the figures of an operation; `calls` has a field of its own there. */
  exported: boolean;
  /** A rule with a limit, for help. */
  example: string;
  /** Its formula in words, for the documentation. */
  meaning: string;
  /** The term of the report's glossary that explains it. */
  term: string;
}

const OF_CALLS = { operations: true, exported: true } as const;

/** Measures of one word. Definitions: docs/measurement.md. */
export const FIGURES = {
  error_rate: {
    ...share("error_rate < 1%", "(failed + timed out) / (ok + failed + timed out)"),
    term: "error rate",
  },
  throughput: { ...rate("throughput > 20/s", "ok calls per second"), term: "rate" },
  calls: {
    kind: "count",
    unit: "count",
    operations: true,
    exported: false,
    example: "calls > 100",
    meaning: "calls that ended, whatever their outcome",
    term: "outcome",
  },
  goodput: {
    ...rate("goodput > 20/s", "calls per second that were ok and met every objective"),
    term: "good, goodput",
  },
  good_rate: { ...share("good_rate > 95%", "those calls, of all that ended or were dropped"), term: "good, goodput" },
  dropped: {
    ...share("dropped < 0.1%", "arrivals of an open load that could not start in time, of all"),
    term: "dropped",
  },
  token_rate: {
    ...rate("token_rate > 500/s", "tokens (words where none are counted) made per second"),
    term: "tokens/s or words/s, in total",
  },
  wer: { ...share("wer < 12%", "word errors / words of the known transcripts"), term: "WER" },
  stalled: {
    ...share("stalled < 1%", "calls whose audio stalled a listener, of those where it could"),
    term: "stalled, silence",
  },
  load: {
    ...wholeRun("ratio", "load >= 99%", "the load that was reached, of the load that was asked for"),
    term: "load",
  },
  recovery_time: {
    ...wholeRun("us", "recovery_time < 30s", "from the end of a spike until latency and errors are as before it"),
    term: "recovery time",
  },
} as const satisfies Record<string, FigureFacts>;
/** Name of a measure of one word. */
export type Figure = keyof typeof FIGURES;
/** Names of the measures of one word of some kind. */
export type FigureOf<K extends FigureKind> = {
  [F in Figure]: typeof FIGURES[F]["kind"] extends K ? F : never;
}[Figure];
/** All of them, in the order help lists them. */
export const FIGURE_NAMES = Object.keys(FIGURES) as Figure[];

function share(example: string, meaning: string) {
  return { ...OF_CALLS, kind: "share", unit: "ratio", example, meaning } as const;
}

function rate(example: string, meaning: string) {
  return { ...OF_CALLS, kind: "rate", unit: "per_s", example, meaning } as const;
}

function wholeRun<U extends MeasureUnit>(unit: U, example: string, meaning: string) {
  return { operations: false, exported: false, kind: "whole_run", unit, example, meaning } as const;
}

/** Readings of the machine the load is made on. */
export const RESOURCES = {
  "gpu.memory_used": "bytes",
  "gpu.utilization": "ratio",
  "gpu.power": "watt",
  "host.cpu": "ratio",
  "host.memory": "bytes",
} as const satisfies Record<string, MeasureUnit>;
/** Name of a reading. */
export type Resource = keyof typeof RESOURCES;
/** All of them. */
export const RESOURCE_NAMES = Object.keys(RESOURCES) as Resource[];

/** What a drift can be asked of; `memory` is the host's, in use. */
export const DRIFT_SUBJECTS = ["latency", "error_rate", "memory", "gpu.memory_used"] as const;
/** Name of what drifts. */
export type DriftSubject = typeof DRIFT_SUBJECTS[number];

/** The left side of a rule. */
export type Measure =
  | { kind: "percentile"; percentile: number; of: Distribution }
  | { kind: "mean" | "min" | "max"; of: Distribution }
  | { [F in Figure]: { kind: F } }[Figure]
  /** Over the readings of each GPU or of the host; of several GPUs the worst is held to the rule. */
  | { kind: "resource"; shape: "mean" | "min" | "max"; of: Resource }
  /** Robust trend, relative to the level at the start. */
  | { kind: "drift"; of: DriftSubject };

/** The base unit in which a measure is observed and its limit is kept. */
export function measureUnit(measure: Measure): MeasureUnit {
  switch (measure.kind) {
    case "percentile":
    case "mean":
    case "min":
    case "max":
      return DISTRIBUTIONS[measure.of].unit;
    case "resource":
      return RESOURCES[measure.of];
    case "drift":
      return "per_h";
    default:
      return FIGURES[measure.kind].unit;
  }
}

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
  /** In the measure's base unit: see `measureUnit`. */
  limit: number;
  /** A `warn` rule is shown but does not fail the run; an `abort` rule is judged each second and ends the run. */
  level: "fail" | "warn" | "abort";
  /** Of an `abort` rule: not judged before that long into the run; milliseconds. Absent: from the start. */
  abort_after_ms?: number;
}
