/** Measured values as text. */
import { type Measure, measureUnit } from "../plan/threshold/threshold.ts";
import { formatBytes, formatCount, formatDuration, formatNumber, formatPercent, formatRate } from "../plan/units.ts";

/** A value of a measure with its unit, e.g. `2.61 s`, `0.21 %`, `18.4/s`, `64.2 GiB`, `3.1 %/h`. */
export function formatMeasure(measure: Measure, value: number): string {
  switch (measureUnit(measure)) {
    case "us":
      return formatDuration(value);
    case "ppm":
      return formatNumber(value / 1e6);
    case "count":
      return measure.kind === "calls" ? formatCount(value) : formatNumber(value);
    case "ratio":
      return formatPercent(value);
    case "per_s":
      return formatRate(value);
    case "per_h":
      return `${formatPercent(value)}/h`;
    case "bytes":
      return formatBytes(value);
    case "watt":
      return `${formatNumber(value)} W`;
  }
}
