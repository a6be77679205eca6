/** The formulae of measures that are a share or a rate. Sources and letters: docs/measurement.md. */
import type { Figure } from "../plan/threshold/threshold.ts";
import type { Series } from "../measure/series.ts";
import type { Part } from "../statistics/batch_means.ts";

const judged = ({ outcomes: { ok, failed, timed_out } }: Series) => ok + failed + timed_out;

/** Shares of one count in another. */
export const SHARES = {
  error_rate: (series) => ({ part: series.outcomes.failed + series.outcomes.timed_out, whole: judged(series) }),
  /** Failures and dropped arrivals are misses; calls cut off by the end of the run are neither. */
  good_rate: (series) => ({ part: series.counter("good"), whole: judged(series) + series.outcomes.dropped }),
  dropped: ({ outcomes, issued }) => ({ part: outcomes.dropped, whole: issued }),
  /** Over 1 is possible: words can be inserted. */
  wer: (series) => ({ part: series.counter("word_errors"), whole: series.counter("reference_words") }),
  stalled: (series) => ({ part: series.counter("stalled_calls"), whole: series.counter("played_calls") }),
} as const satisfies Partial<Record<Figure, (series: Series) => Part>>;
/** Name of a share. */
export type Share = keyof typeof SHARES;

/** What is counted per second, of a part of all calls; those that ended after their load are left out by the reader. */
export const RATES = {
  throughput: ({ outcomes }) => outcomes.ok,
  goodput: (part) => part.counter("good"),
  /** Tokens where any service counted them, words otherwise. */
  token_rate: (part, all) => part.counter(all.counter("output_tokens") > 0 ? "output_tokens" : "output_words"),
} as const satisfies Partial<Record<Figure, (part: Series, all: Series) => number>>;
/** Name of a rate. */
export type Rate = keyof typeof RATES;

/** Whether a measure of one word is a share. */
export function isShare(figure: Figure): figure is Share {
  return figure in SHARES;
}

/** Whether a measure of one word is a rate. */
export function isRate(figure: Figure): figure is Rate {
  return figure in RATES;
}
