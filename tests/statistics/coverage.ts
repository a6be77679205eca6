/** How often an interval holds the truth, over many runs of a simulated queue. */
import type { Histogram } from "../../lib/measure/histogram.ts";
import { meanInterval, percentileInterval } from "../../lib/statistics/batch_means.ts";
import type { Interval } from "../../lib/statistics/interval.ts";
import { asRunKeepsThem, seeded, simulateQueue, trueMean_us, truePercentile_us } from "./queue.ts";

/** Runs of one kind. */
export interface CoverageCase {
  rate_per_s: number;
  load: number;
  seconds: number;
}

/** How one figure's intervals fared. */
export interface Coverage {
  figure: string;
  /** Intervals given, and those of them that held the truth. */
  given: number;
  held: number;
  /** Median width of the intervals as a share of the truth. */
  width: number;
}

const FIGURES: [string, (batches: Histogram[]) => Interval | null, (one: CoverageCase) => number][] = [
  ["mean", meanInterval, ({ rate_per_s, load }) => trueMean_us(rate_per_s, load)],
  ...[50, 95, 99].map((percentile) =>
    [
      `P${percentile}`,
      (batches: Histogram[]) => percentileInterval(batches, percentile),
      ({ rate_per_s, load }: CoverageCase) => truePercentile_us(rate_per_s, load, percentile),
    ] as (typeof FIGURES)[number]
  ),
];

/** Simulates `runs` runs and counts, for the mean and three percentiles. The same seed gives the same counts. */
export function coverageOf(one: CoverageCase, runs: number, seed: number): Coverage[] {
  const random = seeded(seed);
  const tallies = FIGURES.map(([figure]) => ({ figure, given: 0, held: 0, widths: [] as number[] }));
  for (let run = 0; run < runs; run++) {
    const batches = asRunKeepsThem(simulateQueue(one.rate_per_s, one.load, one.seconds, random).seconds);
    for (const [at, [, intervalOf, truthOf]] of FIGURES.entries()) {
      const tally = tallies[at] as (typeof tallies)[number];
      const interval = intervalOf(batches);
      const truth = truthOf(one);
      if (interval === null) continue;
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
