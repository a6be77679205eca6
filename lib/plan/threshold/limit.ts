/** Right sides of rules: a limit in the unit of what it limits. */
import { type Measure, type MeasureUnit, measureUnit } from "./threshold.ts";
import {
  parseBytes,
  type Parsed,
  parseDuration,
  parseNumber,
  parsePower,
  parseRate,
  parseRatio,
  parseRatioPerHour,
} from "../units.ts";

const EXAMPLES: Record<MeasureUnit, string> = {
  us: "2s",
  ppm: "0.5",
  count: "100",
  ratio: "1%",
  per_s: "20/s",
  per_h: "5%/h",
  bytes: "70GiB",
  watt: "300W",
};

/** A limit as it would be written for this measure. */
export function limitExample(measure: Measure): string {
  return measure.kind === "load" ? "100%" : EXAMPLES[measureUnit(measure)];
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
  switch (measureUnit(measure)) {
    case "us":
      return parseDuration(text);
    case "ppm":
      return inPpm(parseNumber(text));
    case "count":
      return measure.kind === "calls" ? parseCalls(text) : parseNumber(text);
    case "ratio":
      return parseRatio(text);
    case "per_s":
      return parseRate(text);
    case "per_h":
      return parseRatioPerHour(text);
    case "bytes":
      return parseBytes(text);
    case "watt":
      return parsePower(text);
  }
}

/** A limit in canonical spelling: lower case, but for units that are written otherwise. */
export function canonicalLimit(measure: Measure, text: string): string {
  const lower = text.toLowerCase();
  switch (measureUnit(measure)) {
    case "bytes":
      return lower.replace(/[a-z]+$/, (unit) => unit.toUpperCase().replace("I", "i"));
    case "watt":
      return lower.replace(/k?w$/, (unit) => unit.replace("w", "W"));
    default:
      return lower;
  }
}

function inPpm(parsed: Parsed): Parsed {
  return parsed.ok ? { ok: true, value: Math.round(parsed.value * 1e6) } : parsed;
}

function parseCalls(text: string): Parsed {
  return /^\d+$/.test(text)
    ? { ok: true, value: Number(text) }
    : { ok: false, error: `Cannot read the count "${text}": write a whole number such as "100"` };
}
