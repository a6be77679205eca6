/** The response times of a duet pair by pair: one figure of each side, whose difference is the mean difference of pairs. */
import type { Series } from "../measure/series.ts";
import type { Run, Selection } from "../result/run.ts";
import { ratioSections } from "../statistics/batch_means.ts";
import { valuesOf } from "../verdict/ramps.ts";
import { isSteady } from "../verdict/target.ts";
import type { RunFigure } from "./read_figure.ts";

/** A mean of logarithms has no bias of small batches, and what makes neighbours alike cancels: all batches there are. */
const MOST_BATCHES = 32;
/** Pairs from which the spread can be told. */
const LEAST_PAIRS = 30;
/** Where more pairs have a time of 0 or below (an answer before the end of speech), the rest are no fair sample. */
const MOST_UNTIMED = 0.01;

/** The logarithm of a time that no call reaches; a stranger's sums may be anything. */
const MAX_LOG = Math.log(3600e6);

/** The geometric mean over the pairs in which both calls were ok; null where there is none. Ramps are left out as of values. */
export function readPairs(run: Run, all: Selection): RunFigure | null {
  const selection = valuesOf(run, all);
  const total = run.total(selection);
  const [ok, timed] = [total.counter("pairs_ok"), total.counter("pairs_timed")];
  if (timed === 0 || timed < (1 - MOST_UNTIMED) * ok) return null;
  const parts = run.batches(selection).map(({ counts }) => partOf(counts));
  const { part, whole } = partOf(total);
  if (part / whole > MAX_LOG) return null;
  return {
    kind: "measured",
    value: Math.exp(part / whole),
    n: timed,
    at_least: false,
    carried: (n) => n >= LEAST_PAIRS,
    steady: isSteady(run, selection),
    scales: ["log"],
    // The sums are of logarithms already.
    sections: () => ({ ...ratioSections(parts, () => 1), most: MOST_BATCHES }),
    resolution: () => 0,
    nothing: false,
  };
}

function partOf(series: Series) {
  return { part: series.counter("pair_log_time"), whole: series.counter("pairs_timed") };
}
