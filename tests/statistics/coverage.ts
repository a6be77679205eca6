/** How often an interval holds the truth, over many runs of a simulated queue. */
import type { Histogram } from "../../lib/measure/histogram.ts";
import { cutsOf, meanInterval, percentileInterval, ratioInterval } from "../../lib/statistics/batch_means.ts";
import type { Interval } from "../../lib/statistics/interval.ts";
import { burstsOf, shareInterval } from "../../lib/statistics/proportion.ts";
import { LEAST_BURSTS } from "../../lib/verdict/estimate.ts";
import {
  asRunKeepsThem,
  batchSeconds,
  joined,
  seeded,
  simulateQueue,
  trueMean_us,
  truePercentile_us,
} from "./queue.ts";

/** Runs of one kind. */
export interface CoverageCase {
  rate_per_s: number;
  load: number;
  seconds: number;
}

/** How one figure's intervals fared. */
export interface Coverage {
  figure: string;
  /** Intervals of figures that are printed plainly, and those of them that held the truth. */
  given: number;
  held: number;
  /** Median width of the intervals as a share of the truth. */
  width: number;
  /** Runs whose figure is printed in grey, for what it is of came in one burst or two, and those without any of it. */
  grey: number;
  none: number;
}

/** The share that is looked at: calls slower than the true P95. */
const SLOW = 95;

/** A figure's interval from the batches of a run, or why it has none to trust; and the truth. */
interface Figure {
  name: string;
  interval(whole: Histogram, batches: Histogram[], one: CoverageCase): Interval | "grey" | "none" | null;
  truth(one: CoverageCase): number;
}

const percentile = (p: number): Figure => ({
  name: `P${p}`,
  interval: (whole, batches) => percentileInterval(whole, cutsOf(batches), p),
  truth: ({ rate_per_s, load }) => truePercentile_us(rate_per_s, load, p),
});

const FIGURES: Figure[] = [
  {
    name: "mean",
    interval: (whole, batches) => meanInterval(whole, cutsOf(batches)),
    truth: ({ rate_per_s, load }) => trueMean_us(rate_per_s, load),
  },
  percentile(50),
  percentile(95),
  percentile(99),
  {
    name: "slow calls",
    interval: (whole, batches, { rate_per_s, load }) => {
      const limit_us = truePercentile_us(rate_per_s, load, SLOW);
      const slow = (some: Histogram) => ({ part: some.count - some.countAtOrBelow(limit_us), whole: some.count });
      const [all, parts] = [slow(whole), batches.map(slow)];
      if (all.part === 0) return "none";
      return (burstsOf(all, parts) ?? Infinity) < LEAST_BURSTS ? "grey" : shareInterval(all, parts);
    },
    truth: () => 1 - SLOW / 100,
  },
  {
    name: "rate",
    interval: (_, batches, { seconds }) => {
      const each = batchSeconds(seconds);
      return ratioInterval(batches.map(({ count }, i) => ({ part: count, whole: Math.min(each, seconds - i * each) })));
    },
    truth: ({ rate_per_s }) => rate_per_s,
  },
];

/** Simulates `runs` runs and counts, for each figure. The same seed gives the same counts. */
export function coverageOf(one: CoverageCase, runs: number, seed: number): Coverage[] {
  const random = seeded(seed);
  const tallies = FIGURES.map(({ name }) => ({
    figure: name,
    given: 0,
    held: 0,
    grey: 0,
    none: 0,
    widths: [] as number[],
  }));
  for (let run = 0; run < runs; run++) {
    const batches = asRunKeepsThem(simulateQueue(one.rate_per_s, one.load, one.seconds, random).seconds);
    const whole = joined(batches);
    for (const [at, figure] of FIGURES.entries()) {
      const tally = tallies[at] as (typeof tallies)[number];
      const interval = figure.interval(whole, batches, one);
      const truth = figure.truth(one);
      if (interval === "grey" || interval === "none") tally[interval]++;
      if (interval === null || typeof interval === "string") continue;
      tally.given++;
      if (interval.low <= truth && truth <= interval.high) tally.held++;
      tally.widths.push((interval.high - interval.low) / truth);
    }
  }
  return tallies.map(({ widths, ...tally }) => ({
    ...tally,
    width: widths.sort((a, b) => a - b)[widths.length >> 1] ?? 0,
  }));
}
