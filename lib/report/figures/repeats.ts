/** Repeats: calls of users whose call before was refused or lost. */
import { formatCount, formatPercent } from "../../plan/units.ts";
import { endedCalls, type Series } from "../../measure/series.ts";

/**
 * The share of calls that were repeats, 0 to 1; 0 where none was. They say how much of the load, and of the error rate, is
 * users who try again.
 */
export function repeatShare(series: Pick<Series, "outcomes" | "counter">): number {
  const repeats = series.counter("repeats");
  return repeats === 0 ? 0 : repeats / endedCalls(series.outcomes);
}

/**
 * In words; empty where no call was a repeat.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Series } from "../../measure/series.ts";
 *
 * const series = new Series();
 * series.outcomes.failed = 60;
 * assert.equal(repeatsText(series), "");
 * series.count("repeats", 54);
 * assert.equal(repeatsText(series), "54 of 60 calls (90 %) were repeats after a refusal");
 * ```
 */
export function repeatsText(series: Pick<Series, "outcomes" | "counter">): string {
  const share = repeatShare(series);
  if (share === 0) return "";
  const [repeats, calls] = [series.counter("repeats"), endedCalls(series.outcomes)].map(formatCount);
  return `${repeats} of ${calls} calls (${formatPercent(share)}) were repeats after a refusal`;
}
