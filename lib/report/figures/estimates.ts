/** Figures with their sureness, and what timeouts hide of them. */
import type { Distribution } from "../../plan/threshold/threshold.ts";
import { NO_VALUE } from "../../plan/units.ts";
import type { Run, Selection } from "../../result/run.ts";
import { censoredValue, isCensored, leastKnown_us } from "../../verdict/censoring.ts";
import { type CallMeasure, carriesPercentile, type Estimate, estimate } from "../../verdict/estimate.ts";
import { valuesOf } from "../../verdict/ramps.ts";
import { memoized } from "./memory.ts";

/** A figure as it is shown, in its measure's base unit. */
export interface Figure extends Estimate {
  /** The true value lies at or above `value`: the percentile falls among calls that timed out. */
  at_least: boolean;
}

/** A measure of calls over a selection, with its interval; of values, ramps are left out as rules do. */
export function figureOf(run: Run, measure: CallMeasure, all: Selection): Figure {
  const selection = "of" in measure ? valuesOf(run, all) : all;
  const key = JSON.stringify([measure, selection.operations, selection.stage, selection.without_ramps]);
  return memoized(run, key, () => censored(run, measure, selection, estimate(run, measure, selection)));
}

/** A percentile over a selection; microseconds, or the distribution's own unit. */
export function percentileFigure(run: Run, of: Distribution, percentile: number, selection: Selection): Figure {
  return figureOf(run, { kind: "percentile", percentile, of }, selection);
}

/** The same without its interval, which takes a hundred times as long to work out. */
export function plainPercentile(run: Run, of: Distribution, percentile: number, all: Selection): Figure {
  const selection = valuesOf(run, all);
  const histogram = run.total(selection).histogram(of);
  const n = histogram.count;
  const measure = { kind: "percentile", percentile, of } as const;
  const known = isCensored(measure) ? censoredValue(run.total(selection), measure) : null;
  const value = known?.value_us ?? (n === 0 ? null : histogram.percentile(percentile));
  const sampleSufficient = percentile === 100 ? n > 0 : carriesPercentile(n, percentile);
  return censored(run, measure, selection, {
    value,
    n,
    interval: null,
    sampleSufficient,
  });
}

function censored(run: Run, measure: CallMeasure, selection: Selection, found: Estimate): Figure {
  const hidden_us = leastKnown_us(run, measure, selection);
  if (hidden_us === null) return { ...found, at_least: false };
  return { value: hidden_us, n: found.n, interval: null, sampleSufficient: true, at_least: true };
}

/** The value as text; `≥` before one that lies beyond the deadline of calls that timed out. */
export function figureText({ value, at_least }: Figure, text: (value: number) => string): string {
  return value === null ? NO_VALUE : `${at_least ? "≥ " : ""}${text(value)}`;
}
