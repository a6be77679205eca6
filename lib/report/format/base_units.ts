/** Values in the units that files for other programs use: milliseconds, ratios of 1, counts, events per second. */
import type { MeasureUnit } from "../../plan/threshold/threshold.ts";

/** A unit as written in names and columns. */
export type ExportUnit = "ms" | "ratio" | "count" | "per_s" | "per_h" | "bytes" | "w";

const EXPORT: Record<MeasureUnit, { unit: ExportUnit; divisor: number }> = {
  us: { unit: "ms", divisor: 1000 },
  ppm: { unit: "ratio", divisor: 1e6 },
  count: { unit: "count", divisor: 1 },
  ratio: { unit: "ratio", divisor: 1 },
  per_s: { unit: "per_s", divisor: 1 },
  per_h: { unit: "per_h", divisor: 1 },
  bytes: { unit: "bytes", divisor: 1 },
  watt: { unit: "w", divisor: 1 },
};

/** The export unit of a measure. */
export function exportUnit(unit: MeasureUnit): ExportUnit {
  return EXPORT[unit].unit;
}

/** A value of the measure's base unit in its export unit, to nine significant digits: more is arithmetic noise. */
export function exportValue(value: number, unit: MeasureUnit): number {
  return Number((value / EXPORT[unit].divisor).toPrecision(9));
}
