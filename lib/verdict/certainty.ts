/** How sure an observation is: its confidence interval, and whether MLPerf's early-stopping bound calls the data enough. */
import { formatCount } from "../plan/units.ts";
import { FIGURES, isFigureMeasure, type Threshold } from "../plan/threshold/threshold.ts";
import type { Run, Selection } from "../result/run.ts";
import { enoughData, neededCalls } from "../statistics/early_stopping.ts";
import { givenUpBeyond, isCensored } from "./censoring.ts";
import { isShare, SHARES } from "./figures.ts";
import { formatMeasure } from "./format_measure.ts";
import type { Reading } from "./read_measure.ts";
import { type Claim, lacking_ms, type Margin } from "./run_length.ts";
import type { ConfidenceInterval, RuleOutcome } from "./verdict.ts";

/** What is known of an observation beside its value. */
export type Certainty = Pick<RuleOutcome, "interval" | "data" | "unsure" | "unproven">;

/** Where nothing can be said. */
export const NO_CERTAINTY: Certainty = { interval: null, data: null, unsure: null, unproven: null };

/** How sure the value that a rule reads is, if it keeps its limit; `unsure` only where the plan is strict. */
export function certaintyOf(
  run: Run,
  threshold: Threshold,
  selection: Selection,
  { value, interval, at_least }: Pick<Reading, "value" | "interval" | "at_least">,
): Certainty {
  if (at_least) return NO_CERTAINTY;
  const claim = claimOf(run, threshold, selection);
  const data = claim === null ? null : enoughData(claim.n, claim.over, claim.share);
  const why = whyUnsure(threshold, claim, data, interval);
  const unproven = why === null || value === null ? null : {
    more_ms: lacking_ms(run.window_ms(selection), claim, marginOf(run, threshold, selection, value, interval)),
  };
  return { interval, data, unsure: run.plan.strict ? why : null, unproven };
}

function marginOf(
  run: Run,
  { measure, comparison, limit }: Threshold,
  selection: Selection,
  value: number,
  interval: ConfidenceInterval | null,
): Margin | null {
  if (interval === null) return null;
  const share = isFigureMeasure(measure) && isShare(measure.kind) ? SHARES[measure.kind](run.total(selection)) : null;
  return { value, interval, limit, below: comparison.startsWith("<"), share };
}

/** Only percentiles and shares of failed calls under a limit make such a claim. Calls that timed out broke any limit on latency. */
function claimOf(run: Run, { measure, comparison, limit }: Threshold, selection: Selection): Claim | null {
  if (comparison.startsWith(">")) return null;
  if (measure.kind === "percentile") {
    const total = run.total(selection);
    const histogram = total.histogram(measure.of);
    const censored = isCensored(measure) ? givenUpBeyond(total, limit) : 0;
    const over = histogram.count - histogram.countAtOrBelow(limit) + censored;
    return { n: histogram.count + censored, over, share: measure.percentile / 100 };
  }
  if (!isFigureMeasure(measure) || !isShare(measure.kind) || !FIGURES[measure.kind].early_stopping) return null;
  const { part, whole } = SHARES[measure.kind](run.total(selection));
  return { n: whole, over: part, share: 1 - limit };
}

function whyUnsure(
  { measure, comparison, limit }: Threshold,
  claim: Claim | null,
  data: RuleOutcome["data"],
  interval: ConfidenceInterval | null,
): string | null {
  if (claim !== null && data === "too little") {
    const { n, over, share } = claim;
    const needed = share > 0 && share < 1
      ? `${formatCount(neededCalls(over, share))} calls needed`
      : "no number would do";
    return `too little data: ${formatCount(n)} of ${needed}`;
  }
  if (interval === null) return null;
  const past = comparison.startsWith("<") ? interval.high > limit : interval.low < limit;
  if (!past) return null;
  const [low, high] = [interval.low, interval.high].map((value) => formatMeasure(measure, value));
  return `too little data: the true value may lie anywhere from ${low} to ${high}`;
}
