/** The base units in which measures are observed and their limits kept: how each is written, read and exported. */
import {
  formatBytes,
  formatClockRate,
  formatCount,
  formatDuration,
  formatEnergy,
  formatNumber,
  formatPercent,
  formatPower,
  formatRate,
  formatTemperature,
  parseBytes,
  type Parsed,
  parseDuration,
  parseEnergy,
  parseNumber,
  parsePower,
  parseRate,
  parseRatio,
  parseRatioPerHour,
} from "../units.ts";

/** Units of the values of a distribution: microseconds, a millionth of 1, or a plain count. */
export type DistributionUnit = "us" | "ppm" | "count";
/** Units of what rules hold to a limit: those of distributions, whole calls, a ratio of 1, a ratio of 1 per hour ... */
export type MeasureUnit =
  | DistributionUnit
  | ResourceUnit
  | "calls"
  | "ratio"
  | "per_s"
  | "per_h"
  | "bytes"
  | "watt"
  | "joule";
/** Units that only readings of machines have. */
export type ResourceUnit = "bytes_per_s" | "megahertz" | "celsius";
/** A unit as files for other programs name it. */
export type ExportUnit =
  | "ms"
  | "ratio"
  | "count"
  | "per_s"
  | "per_h"
  | "bytes"
  | "w"
  | "j"
  | "bytes_per_s"
  | "mhz"
  | "celsius";

/** What is known of a unit. */
export interface UnitFacts {
  /** A measured value as people read it: `2.61 s`, `0.21 %`, `18.4/s`, `64.2 GiB`, `3.1 %/h`. */
  write: (value: number) => string;
  /** A limit, for messages. */
  example: string;
  /** Reads a limit without blanks. */
  parse: (text: string) => Parsed;
  /** A limit in lower case as it is spelled. */
  spell: (lower: string) => string;
  /** The unit in files for other programs, and how many base units one of it has. */
  exported: { unit: ExportUnit; divisor: number };
}

const asItIs = (lower: string) => lower;

/** All units. */
export const UNITS: Record<MeasureUnit, UnitFacts> = {
  us: {
    write: formatDuration,
    example: "2s",
    parse: parseDuration,
    spell: asItIs,
    exported: { unit: "ms", divisor: 1000 },
  },
  ppm: {
    write: (ppm) => formatNumber(ppm / 1e6),
    example: "0.5",
    parse: parsePpm,
    spell: asItIs,
    exported: { unit: "ratio", divisor: 1e6 },
  },
  count: {
    write: formatNumber,
    example: "100",
    parse: parseNumber,
    spell: asItIs,
    exported: { unit: "count", divisor: 1 },
  },
  calls: {
    write: formatCount,
    example: "100",
    parse: parseCalls,
    spell: asItIs,
    exported: { unit: "count", divisor: 1 },
  },
  ratio: {
    write: formatPercent,
    example: "1%",
    parse: parseRatio,
    spell: asItIs,
    exported: { unit: "ratio", divisor: 1 },
  },
  per_s: {
    write: formatRate,
    example: "20/s",
    parse: parseRate,
    spell: asItIs,
    exported: { unit: "per_s", divisor: 1 },
  },
  per_h: {
    write: (ratio) => `${formatPercent(ratio)}/h`,
    example: "5%/h",
    parse: parseRatioPerHour,
    spell: asItIs,
    exported: { unit: "per_h", divisor: 1 },
  },
  bytes: {
    write: formatBytes,
    example: "70GiB",
    parse: parseBytes,
    spell: (lower) => lower.replace(/[a-z]+$/, (unit) => unit.toUpperCase().replace("I", "i")),
    exported: { unit: "bytes", divisor: 1 },
  },
  watt: {
    write: formatPower,
    example: "300W",
    parse: parsePower,
    spell: (lower) => lower.replace(/k?w$/, (unit) => unit.replace("w", "W")),
    exported: { unit: "w", divisor: 1 },
  },
  joule: {
    write: formatEnergy,
    example: "0.5J",
    parse: parseEnergy,
    spell: (lower) => lower.replace(/[km]?j$|[km]?wh$/, (unit) => unit.replace("j", "J").replace("w", "W")),
    exported: { unit: "j", divisor: 1 },
  },
  bytes_per_s: {
    write: (value) => `${formatBytes(value)}/s`,
    example: "100MiB/s",
    parse: parseBytesRate,
    spell: (lower) => lower.replace(/[a-z]+(?=\/s$)/, (unit) => unit.toUpperCase().replace("I", "i")),
    exported: { unit: "bytes_per_s", divisor: 1 },
  },
  megahertz: {
    write: formatClockRate,
    example: "1500MHz",
    parse: parseMegahertz,
    spell: (lower) => lower.replace(/[mg]hz$/, (unit) => `${unit[0]!.toUpperCase()}Hz`),
    exported: { unit: "mhz", divisor: 1 },
  },
  celsius: {
    write: formatTemperature,
    example: "85C",
    parse: parseCelsius,
    spell: (lower) => lower.replace(/°?c$/, "C"),
    exported: { unit: "celsius", divisor: 1 },
  },
};

function parsePpm(text: string): Parsed {
  const parsed = parseNumber(text);
  return parsed.ok ? { ok: true, value: Math.round(parsed.value * 1e6) } : parsed;
}

function parseCalls(text: string): Parsed {
  return /^\d+$/.test(text)
    ? { ok: true, value: Number(text) }
    : { ok: false, error: `Cannot read the count "${text}": write a whole number such as "100"` };
}

function parseBytesRate(text: string): Parsed {
  const size = /^(.*)\/s$/.exec(text)?.[1];
  return size === undefined
    ? { ok: false, error: `Cannot read the rate "${text}": write a size per second, such as "100MiB/s"` }
    : parseBytes(size);
}

function parseMegahertz(text: string): Parsed {
  const match = /^(\d+(?:\.\d+)?)([mg])hz$/.exec(text.toLowerCase());
  return match === null
    ? { ok: false, error: `Cannot read the clock "${text}": write megahertz or gigahertz, such as "1500MHz"` }
    : { ok: true, value: Number(match[1]) * (match[2] === "g" ? 1000 : 1) };
}

function parseCelsius(text: string): Parsed {
  const match = /^(\d+(?:\.\d+)?)°?c$/.exec(text.toLowerCase());
  return match === null
    ? { ok: false, error: `Cannot read the temperature "${text}": write degrees Celsius, such as "85C"` }
    : { ok: true, value: Number(match[1]) };
}
