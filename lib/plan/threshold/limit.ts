/** Right sides of rules: a limit in the unit of what it limits. */
import { UNITS } from "./measure_units.ts";
import type { Parsed } from "../units.ts";
import { FIGURES, isFigureMeasure, type Measure, measureUnit } from "./threshold.ts";

/** A limit as it would be written for this measure. */
export function limitExample(measure: Measure): string {
  if (!isFigureMeasure(measure)) return UNITS[measureUnit(measure)].example;
  return FIGURES[measure.kind].example.replace(/^.*[<>]=? /, "");
}

/**
 * Reads a limit without blanks into the measure's base unit.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseLimit({ kind: "max", of: "latency" }, "1.5s"), { ok: true, value: 1_500_000 });
 * assert.deepEqual(parseLimit({ kind: "error_rate" }, "1%"), { ok: true, value: 0.01 });
 * ```
 */
export function parseLimit(measure: Measure, text: string): Parsed {
  return UNITS[measureUnit(measure)].parse(text);
}

/** A limit in canonical spelling: lower case, but for units that are written otherwise. */
export function canonicalLimit(measure: Measure, text: string): string {
  return UNITS[measureUnit(measure)].spell(text.toLowerCase());
}
