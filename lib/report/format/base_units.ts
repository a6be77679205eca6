/** Values in the units that files for other programs use: milliseconds, ratios of 1, counts, events per second. */
import { type ExportUnit, type MeasureUnit, UNITS } from "../../plan/threshold/measure_units.ts";

/** The unit in which a measure is exported. */
export function exportUnit(unit: MeasureUnit): ExportUnit {
  return UNITS[unit].exported.unit;
}

/** A value in the measure's base unit as it is exported, to nine significant digits: more is noise of the arithmetic. */
export function exportValue(value: number, unit: MeasureUnit): number {
  return Number((value / UNITS[unit].exported.divisor).toPrecision(9));
}
