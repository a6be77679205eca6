/** Measured values as text. */
import type { Measure } from "../plan/threshold.ts";
import { formatCount, formatDuration, formatPercent, formatRate } from "../plan/units.ts";

/** A value of a measure with its unit, e.g. `2.61 s`, `0.21 %`, `18.4/s`. */
export function formatMeasure(measure: Measure, value: number): string {
  switch (measure.kind) {
    case "error_rate":
    case "load":
      return formatPercent(value);
    case "throughput":
      return formatRate(value);
    case "calls":
      return formatCount(value);
    default:
      return formatDuration(value);
  }
}
