/** Every reading of machines, services and connections in a few numbers, for files that other programs read. */
import { type ResourceSeries, resourceSeries } from "../../result/resource_series.ts";
import type { Run } from "../../result/run.ts";
import { isWithin, without } from "../../result/spans.ts";
import { measuredSpans } from "../../verdict/energy.ts";
import { memoized } from "./memory.ts";

/** A reading over the time that figures are about: all stages but warm-up, without pauses. */
export interface ResourceFigure extends Pick<ResourceSeries, "id" | "resource" | "source" | "label" | "unit"> {
  mean: number;
  min: number;
  max: number;
  /** The newest of the whole run. */
  last: number;
  n: number;
}

/** The figures of every reading that has values in that time, in the order of the catalogue. */
export function resourceFigures(run: Run): ResourceFigure[] {
  return memoized(run, "figures of readings", () => {
    const spans = without(measuredSpans(run), run.plan.pauses ?? []);
    return resourceSeries(run).flatMap(({ id, resource, source, label, unit, t_ms, values }): ResourceFigure[] => {
      let [sum, min, max, n] = [0, Infinity, -Infinity, 0];
      for (const [i, value] of values.entries()) {
        if (value === null || !isWithin(spans, t_ms[i] as number)) continue;
        sum += value;
        min = Math.min(min, value);
        max = Math.max(max, value);
        n++;
      }
      const last = values.findLast((value) => value !== null) ?? null;
      return n === 0 || last === null ? [] : [{ id, resource, source, label, unit, mean: sum / n, min, max, last, n }];
    });
  });
}
