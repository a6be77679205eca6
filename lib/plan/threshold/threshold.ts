/** Thresholds as data. The one-line language that makes them is in `parser.ts`. */
import { type Distribution, DISTRIBUTIONS } from "./distributions.ts";
import { type Figure, FIGURES, isFigure } from "./figures.ts";
import type { MeasureUnit } from "./measure_units.ts";
import { type Resource, RESOURCES } from "./resources.ts";

export * from "./distributions.ts";
export * from "./figures.ts";
export * from "./resources.ts";

/** What is summed over calls, per operation and stage. */
export const COUNTERS = [
  /** Ok calls that met every objective. */
  "good",
  /**
   * Calls that `good_rate` leaves out, since no objective can judge them: all of an operation to which none applies, and ok
   * calls that have none of the figures that the objectives limit.
   */
  "unjudged",
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
  /** The same by the basic rules; equal where those of English do not apply. */
  "basic_word_errors",
  "basic_reference_words",
  /** Calls with two audio messages or more, for which a player can stall, and those where it did. */
  "played_calls",
  "stalled_calls",
  /** Answers with reasoning or calls of tools before their first text. */
  "reasoned_answers",
  /** Ok calls with something odd: see `ANSWER_NOTES` of the drivers. */
  "no_content",
  "no_finish_reason",
  "absurd_usage",
  "text_repeated",
  /** Ok calls with interim transcripts, by what became of them. */
  "interims_replaced",
  "interims_joined",
  /** Calls whose reply should be a stream and came in one piece. */
  "one_piece",
  /** Calls that spoke in real time, whatever became of them, and those whose speech june-load sent late. */
  "paced_calls",
  "late_speech",
  /** Calls cut off by the end of the run that were older than any answer may take: see `error_rate`. */
  "overdue",
  /** Calls of users whose call before was refused or lost. */
  "repeats",
  /**
   * Pairs of a duet in which both calls were answered or should have been; those in which both were; those in which only
   * the call of this side failed.
   */
  "pairs",
  "pairs_ok",
  "pairs_lost",
  /** Those of `pairs_ok` in which both response times are above 0, and the sum of the logarithms of their microseconds. */
  "pairs_timed",
  "pair_log_time",
] as const;
/** Name of a sum. */
export type Counter = typeof COUNTERS[number];

/** What a drift can be asked of; `memory` is the host's, in use. */
export const DRIFT_SUBJECTS = ["response_time", "error_rate", "memory", "gpu.memory_used"] as const;
/** Name of what drifts. */
export type DriftSubject = typeof DRIFT_SUBJECTS[number];

/** Of the values of a distribution. */
export type DistributionMeasure =
  | { kind: "percentile"; percentile: number; of: Distribution }
  | { kind: "mean" | "min" | "max"; of: Distribution };

/** A figure by itself. */
export type FigureMeasure = { [F in Figure]: { kind: F } }[Figure];

/** The left side of a rule. */
export type Measure =
  | DistributionMeasure
  | FigureMeasure
  /** Over the readings of each GPU, service or of the host; of several the worst is held to the rule. */
  | {
    kind: "resource";
    shape: "mean" | "min" | "max";
    of: Resource;
    /** Of this GPU (its index), service or other machine alone; absent: of each, of hosts the one that makes the load. */
    device?: string;
  }
  /** Robust trend, relative to the level at the start. */
  | {
    kind: "drift";
    of: DriftSubject;
    /** Of `memory`: the service, or the other machine, it is of; absent: of this machine. */
    process?: string;
  };

/** Whether a measure is a figure by itself. */
export function isFigureMeasure(measure: Measure): measure is FigureMeasure {
  return isFigure(measure.kind);
}

/** Whether a measure is of the values of a distribution. */
export function isDistributionMeasure(measure: Measure): measure is DistributionMeasure {
  return ["percentile", "mean", "min", "max"].includes(measure.kind);
}

/** The base unit in which a measure is observed and its limit is kept. */
export function measureUnit(measure: Measure): MeasureUnit {
  if (isFigureMeasure(measure)) return FIGURES[measure.kind].unit;
  if (isDistributionMeasure(measure)) return DISTRIBUTIONS[measure.of].unit;
  switch (measure.kind) {
    case "resource":
      return RESOURCES[measure.of].unit;
    case "drift":
      return "per_h";
  }
}

/** A rule on a metric. */
export interface Threshold {
  /** As written, in canonical spacing: `p95(response_time, llm.*) < 2s`. */
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
