/** First output, gaps and rates over the run's time, at the resolution that the run keeps them in. */
import { percentilesOf } from "../../measure/part_percentiles.ts";
import type { Distribution } from "../../plan/threshold/threshold.ts";
import type { Point } from "../../result/points.ts";
import type { Run } from "../../result/run.ts";
import { percentileBinLength } from "./bins.ts";
import { memoized } from "./memory.ts";

/** Percentiles drawn, rising. */
export const DRAWN = [50, 95] as const;

/** The points of an operation, or of all of them: as long as those of the response time beside them. */
export function pointsOf(run: Run, operation: string | null): Point[] {
  return memoized(run, `points ${operation}`, () => run.points.of(operation, percentileBinLength(run) / 1000));
}

/** Middles of points; seconds. */
export function middlesOf(points: readonly Point[]): number[] {
  return points.map(({ start_ms, end_ms }) => (start_ms + end_ms) / 2000);
}

/** The percentiles of `DRAWN` at each point, to about 1 %; microseconds, null where nothing was measured. */
export function timesOf(points: readonly Point[], of: Distribution): Array<number[] | null> {
  return points.map(({ parts }) => {
    const found = parts.flatMap(({ histograms }) => histograms[of] ?? []);
    return found.some(({ count }) => count > 0) ? percentilesOf(found, DRAWN) : null;
  });
}
