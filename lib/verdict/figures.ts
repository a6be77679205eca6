/** The formulae of measures that are a share or a rate. Sources and letters: docs/measurement.md. */
import { type Figure, type FigureOf, FIGURES } from "../plan/threshold/threshold.ts";
import { endedCalls, errorCalls, judgedCalls, type Series } from "../measure/series.ts";
import type { Part } from "../statistics/batch_means.ts";

/** Shares of one count in another. */
export const SHARES: Readonly<Record<Share, (series: Series) => Part>> = {
  error_rate: (series) => ({ part: errorCalls(series), whole: judgedCalls(series) }),
  /**
   * Failures, dropped arrivals and calls cut off overdue are misses; calls cut off young are neither, nor are those that no
   * objective can judge.
   */
  good_rate: (series) => ({ part: series.counter("good"), whole: callsWithObjectives(series) }),
  dropped: ({ outcomes, issued }) => ({ part: outcomes.dropped, whole: issued }),
  /** Over 1 is possible: words can be inserted. */
  wer: (series) => ({ part: series.counter("word_errors"), whole: series.counter("reference_words") }),
  wer_basic: (series) => ({
    part: series.counter("basic_word_errors"),
    whole: series.counter("basic_reference_words"),
  }),
  stalled: (series) => ({ part: series.counter("stalled_calls"), whole: series.counter("played_calls") }),
};

function callsWithObjectives(series: Series): number {
  return judgedCalls(series) + series.outcomes.dropped - series.counter("unjudged");
}

/** Name of a share. */
export type Share = FigureOf<"share">;

/** What is counted per second, of a part of all calls; those that ended after their load are left out by the reader. */
export const RATES: Readonly<Record<Rate, (part: Series, all: Series) => number>> = {
  throughput: ({ outcomes }) => outcomes.ok,
  goodput: (part) => part.counter("good"),
  /** Tokens where any service counted them, words otherwise. */
  token_rate: (part, all) => part.counter(all.counter("output_tokens") > 0 ? "output_tokens" : "output_words"),
};
/** The calls that a rate is of: without any there is nothing to read, which is not a rate of 0. */
export const RATED: Readonly<Record<Rate, (series: Series) => number>> = {
  throughput: ({ outcomes }) => endedCalls(outcomes),
  goodput: callsWithObjectives,
  token_rate: ({ outcomes }) => endedCalls(outcomes),
};
/** Name of a rate. */
export type Rate = FigureOf<"rate">;

/** Plain counts of calls. */
export const COUNTS: Readonly<Record<FigureOf<"count">, (series: Series) => number>> = {
  calls: ({ outcomes }) => endedCalls(outcomes),
};

/** Whether a measure of one word is a share. */
export function isShare(figure: Figure): figure is Share {
  return FIGURES[figure].kind === "share";
}

/** Whether a measure of one word is a rate. */
export function isRate(figure: Figure): figure is Rate {
  return FIGURES[figure].kind === "rate";
}
