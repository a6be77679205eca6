/** Which readings lie apart before and after an instant: the largest changes in their own spread. Correlation, not cause. */
import type { MeasureUnit } from "../../plan/threshold/measure_units.ts";
import { type ResourceSeries, resourceSeries } from "../../result/resource_series.ts";
import type { Run } from "../../result/run.ts";
import type { Span } from "../../result/spans.ts";
import { apartBy } from "../../statistics/level_shift.ts";

/** A reading that changed. */
export interface Moved extends Pick<ResourceSeries, "id" | "resource" | "source" | "label" | "unit"> {
  /** The level before and after; in the base unit. */
  before: number;
  after: number;
  /** The difference over the spread of both: see `apartBy`. */
  standardised: number;
}

/** A change of fewer spreads may be chance: of eight blocks a side one series in some thousand reaches it. */
const LEAST_STANDARDISED = 4;
/** A smaller change of the larger level is not worth a word, however steady the reading was. */
const LEAST_SHARE = 0.05;
/** Of shares, in points. */
const LEAST_POINTS = 0.05;

/** The smallest spread of a reading, absolutely and as a share of its level: steadier it is only by how it is read. */
const GRAINS: Readonly<Partial<Record<MeasureUnit, readonly [least: number, share: number]>>> = {
  ratio: [0.02, 0],
  watt: [3, 0.01],
  megahertz: [15, 0.005],
  celsius: [1, 0],
  bytes: [2 ** 20, 0.01],
  bytes_per_s: [4096, 0.05],
  per_s: [0.5, 0.05],
  count: [0.5, 0.02],
};
const USUAL_GRAIN = [0, 0.02] as const;

/** What changed between two stretches, the clearest first, and how many readings could have. */
export function movedBetween(run: Run, before: Span, after: Span): { moved: Moved[]; looked_at: number } {
  // Readings that follow the response time by themselves say nothing of why it rose.
  const both = resourceSeries(run).filter(({ follows }) => !follows).flatMap((series): Moved[] => {
    const [from, to] = [within(series, before), within(series, after)];
    const [least, share] = GRAINS[series.unit] ?? USUAL_GRAIN;
    const level = Math.max(...[from, to].map((values) => Math.abs(values[values.length >> 1] ?? 0)));
    const apart = apartBy(from, to, Math.max(least, share * level));
    const { id, resource, source, label, unit } = series;
    return apart === null ? [] : [{ id, resource, source, label, unit, ...apart }];
  });
  const moved = both.filter(isTold).sort((a, b) => Math.abs(b.standardised) - Math.abs(a.standardised));
  return { moved, looked_at: both.length };
}

function within({ t_ms, values }: ResourceSeries, { start_ms, end_ms }: Span): number[] {
  return values.filter((value, i): value is number => {
    const at_ms = t_ms[i] as number;
    return value !== null && at_ms >= start_ms && at_ms < end_ms;
  });
}

function isTold({ unit, before, after, standardised }: Moved): boolean {
  const difference = Math.abs(after - before);
  const least = unit === "ratio" ? LEAST_POINTS : LEAST_SHARE * Math.max(Math.abs(before), Math.abs(after));
  return Math.abs(standardised) >= LEAST_STANDARDISED && difference >= least;
}
