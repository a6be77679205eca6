/** Values in the units that files for other programs use: milliseconds, ratios of 1, counts, events per second. */
import { type ExportUnit, type MeasureUnit, UNITS } from "../../plan/threshold/measure_units.ts";

/** The export unit of a measure. */
export function exportUnit(unit: MeasureUnit): ExportUnit {
  return UNITS[unit].exported.unit;
}

/** A value of the measure's base unit in its export unit, to nine significant digits: more is arithmetic noise. */
export function exportValue(value: number, unit: MeasureUnit): number {
  return Number((value / UNITS[unit].exported.divisor).toPrecision(9));
}
