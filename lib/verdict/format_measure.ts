/** Measured values as text. */
import { UNITS } from "../plan/threshold/measure_units.ts";
import { type Measure, measureUnit } from "../plan/threshold/threshold.ts";

/** A value of a measure with its unit, e.g. `2.61 s`, `0.21 %`, `18.4/s`, `64.2 GiB`, `3.1 %/h`. */
export function formatMeasure(measure: Measure, value: number): string {
  return UNITS[measureUnit(measure)].write(value);
}
