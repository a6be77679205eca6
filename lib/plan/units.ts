/**
 * Quantities with units. The `parse` functions read flags and scenario files. The `format` functions write for both the
 * terminal and the report, so that a value looks the same everywhere.
 */

/** A parsed quantity, or why it cannot be read (a sentence without a full stop that quotes the input). */
export type Parsed = { ok: true; value: number } | { ok: false; error: string };

const DURATION_UNITS_US: ReadonlyMap<string, number> = new Map([
  ["d", 86_400e6],
  ["h", 3_600e6],
  ["m", 60e6],
  ["s", 1e6],
  ["ms", 1e3],
  ["us", 1],
]);
const DURATION_PART = /^(\d+(?:\.\d+)?)([a-zµμ]+)/;
const DURATION_HELP = 'write numbers with units, such as "250ms", "30s", "5m" or "1h30m"';

const failed = (error: string): Parsed => ({ ok: false, error });
/** Hundreds of digits are read as Infinity. */
const parsed = (value: number): Parsed =>
  Number.isFinite(value) ? { ok: true, value } : failed("The number is too large: it has hundreds of digits");

/**
 * Reads a duration such as `30s`, `1h30m`, `250ms` or `1.5s` into microseconds. Units (d, h, m, s, ms, us) must come
 * largest first, each once. Rejects a number without a unit, because the unit would be a guess.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseDuration("1h30m"), { ok: true, value: 5_400_000_000 });
 * assert.deepEqual(parseDuration("30"), { ok: false, error: 'The duration "30" has no unit: did you mean "30s"?' });
 * ```
 */
export function parseDuration(text: string): Parsed {
  let rest = text.trim().toLowerCase();
  if (rest === "") return failed(`The duration is empty: ${DURATION_HELP}`);
  if (/^[-+]/.test(rest)) return failed(`The duration "${text}" has a sign: ${DURATION_HELP}`);
  if (/^\d+(\.\d+)?$/.test(rest)) return failed(`The duration "${text}" has no unit: did you mean "${rest}s"?`);
  let total = 0;
  let previous = Infinity;
  while (rest !== "") {
    const part = DURATION_PART.exec(rest);
    if (!part) return failed(`Cannot read the duration "${text}": ${DURATION_HELP}`);
    const unit = part[2]!.replace(/[µμ]/, "u");
    const size = DURATION_UNITS_US.get(unit);
    if (size === undefined) return failed(`The duration "${text}" has an unknown unit "${part[2]}": ${DURATION_HELP}`);
    if (size >= previous) return failed(`The duration "${text}" must name its units once, largest first`);
    total += Number(part[1]) * size;
    previous = size;
    rest = rest.slice(part[0].length);
  }
  return parsed(Math.round(total * 1000) / 1000);
}

/**
 * Reads a share into a ratio of 1: `1%` and `0.01` are the same. Rejects a number of 1 or more without `%`, because `1`
 * could mean 1 % or 100 %.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual([parseRatio("1%"), parseRatio("0.01")], [{ ok: true, value: 0.01 }, { ok: true, value: 0.01 }]);
 * assert.equal(parseRatio("1").ok, false);
 * ```
 */
export function parseRatio(text: string): Parsed {
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim());
  if (!match) return failed(`Cannot read the share "${text}": write a percentage such as "1%" or "0.5%"`);
  const value = Number(match[1]);
  if (match[2] === "%") return parsed(value / 100);
  if (value >= 1) {
    const suggestion = value === 1 ? '"1%" or "100%"' : `"${value}%"`;
    return failed(`The share "${text}" is not below 1 and has no "%": did you mean ${suggestion}?`);
  }
  return parsed(value);
}

const RATE_UNITS_S: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/**
 * Reads a rate such as `20/s`, `300/m` or `1000/h` into events per second. Rejects a number without a unit.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseRate("300/m"), { ok: true, value: 5 });
 * ```
 */
export function parseRate(text: string): Parsed {
  const trimmed = text.trim();
  const match = /^(\d+(?:\.\d+)?)\s*\/\s*([smh])$/.exec(trimmed);
  if (match) return parsed(Number(match[1]) / RATE_UNITS_S[match[2]!]!);
  if (/^\d+(\.\d+)?$/.test(trimmed)) return failed(`The rate "${text}" has no unit: did you mean "${trimmed}/s"?`);
  return failed(`Cannot read the rate "${text}": write a number per second, minute or hour, such as "20/s" or "300/m"`);
}

/** Reads a plain number from 0, such as `20` or `0.5`. Rejects units and signs. */
export function parseNumber(text: string): Parsed {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return parsed(Number(trimmed));
  return failed(`Cannot read the number "${text}": write it without a unit, such as "20" or "0.5"`);
}

/**
 * Reads a relative change per hour such as `5%/h`, `0.5%/m` or `20%/d` into a ratio of 1 per hour; `-5%/h` is a fall.
 * Rejects a change without a time.
 */
export function parseRatioPerHour(text: string): Parsed {
  const match = /^(-?\d+(?:\.\d+)?)\s*%\s*\/\s*([mhd])$/.exec(text.trim().toLowerCase());
  const help = 'write a percentage per hour, such as "5%/h"';
  if (!match) {
    const bare = /^-?\d+(\.\d+)?\s*%$/.test(text.trim());
    return failed(
      bare ? `The drift "${text}" has no time: did you mean "${text}/h"?` : `Cannot read the drift "${text}": ${help}`,
    );
  }
  const hours = { m: 1 / 60, h: 1, d: 24 }[match[2] as "m" | "h" | "d"];
  return parsed(Number(match[1]) / 100 / hours);
}

const BYTE_SIZES: ReadonlyMap<string, number> = new Map([
  ["b", 1],
  ["kb", 1e3],
  ["mb", 1e6],
  ["gb", 1e9],
  ["tb", 1e12],
  ["kib", 1024],
  ["mib", 1024 ** 2],
  ["gib", 1024 ** 3],
  ["tib", 1024 ** 4],
]);

/**
 * Reads a size such as `70GiB`, `512MiB` or `80GB` into bytes. KiB is 1024, KB is 1000. Rejects `70` and `70G`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual([parseBytes("1KiB"), parseBytes("1KB")], [{ ok: true, value: 1024 }, { ok: true, value: 1000 }]);
 * ```
 */
export function parseBytes(text: string): Parsed {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(text.trim().toLowerCase());
  const help = 'write a number with a unit, such as "70GiB", "512MiB" or "80GB"';
  if (!match) return failed(`Cannot read the size "${text}": ${help}`);
  const [, digits = "", unit = ""] = match;
  const size = BYTE_SIZES.get(unit);
  if (size !== undefined) return parsed(Math.round(Number(digits) * size));
  if (unit === "") return failed(`The size "${text}" has no unit: did you mean "${digits}GiB"?`);
  const suggestion = /^[kmgt]i?$/.test(unit) ? `: did you mean "${digits}${unit[0]!.toUpperCase()}iB"?` : `: ${help}`;
  return failed(`The size "${text}" has an unknown unit "${unit}"${suggestion}`);
}

/** Reads a power such as `300W` or `1.2kW` into watts. */
export function parsePower(text: string): Parsed {
  const match = /^(\d+(?:\.\d+)?)\s*(k?)w$/.exec(text.trim().toLowerCase());
  if (match) return parsed(Number(match[1]) * (match[2] === "k" ? 1000 : 1));
  return failed(`Cannot read the power "${text}": write a number of watts, such as "300W"`);
}

/** Reads an energy such as `0.5J`, `300mJ`, `2kJ` or `1.5Wh` into joules. */
export function parseEnergy(text: string): Parsed {
  const match = /^(\d+(?:\.\d+)?)\s*(m|k)?(j|wh)$/.exec(text.trim().toLowerCase());
  if (!match) {
    return failed(`Cannot read the energy "${text}": write a number of joules, such as "0.5J", "2kJ" or "10Wh"`);
  }
  const [, digits = "", prefix, unit] = match;
  return parsed(Number(digits) * (prefix === "k" ? 1000 : prefix === "m" ? 0.001 : 1) * (unit === "wh" ? 3600 : 1));
}

/** Shown instead of a missing number. */
export const NO_VALUE = "–";

/**
 * Writes a whole number with separators: `61482` -> `61,482`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(formatCount(61_482), "61,482");
 * ```
 */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return NO_VALUE;
  return groupThousands(Math.round(value).toString());
}

/**
 * Writes a measured duration with three significant digits: `812 µs`, `4.21 ms`, `412 ms`, `2.61 s`, `2 min 14 s`.
 * @param us microseconds
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual([812, 412_000, 2_610_000, 134e6].map(formatDuration), ["812 µs", "412 ms", "2.61 s", "2 min 14 s"]);
 * ```
 */
export function formatDuration(us: number): string {
  if (!Number.isFinite(us)) return NO_VALUE;
  if (us < 0) return `-${formatDuration(-us)}`;
  if (us === 0) return "0 s";
  // Above these bounds, rounding to three digits would carry into the next unit.
  if (us < 999.5) return `${threeDigits(us)} µs`;
  if (us < 999_500) return `${threeDigits(us / 1e3)} ms`;
  if (us < 59_950_000) return `${threeDigits(us / 1e6)} s`;
  const seconds = Math.round(us / 1e6);
  if (seconds < 3600) return pairOfUnits(Math.floor(seconds / 60), "min", seconds % 60, "s");
  const minutes = Math.round(seconds / 60);
  return pairOfUnits(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

/**
 * Writes a duration in the notation of a scenario file, without loss: `1h30m`, `5m`, `250ms`, `0s`. `parseDuration` reads
 * the same number back (to a thousandth of a microsecond).
 * @param us microseconds
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(writeDuration(5_400_000_000), "1h30m");
 * ```
 */
export function writeDuration(us: number): string {
  let rest = Math.round(us * 1000) / 1000;
  if (rest === 0) return "0s";
  let text = "";
  for (const unit of ["h", "m", "s", "ms"]) {
    const size = DURATION_UNITS_US.get(unit)!;
    const whole = Math.floor(rest / size);
    if (whole > 0) text += `${whole}${unit}`;
    rest -= whole * size;
  }
  rest = Math.round(rest * 1000) / 1000;
  return rest === 0 ? text : `${text}${rest}us`;
}

/** Removes trailing zeros from a written quantity, for axes: `1.00 s` -> `1 s`, `2.50 GiB` -> `2.5 GiB`. */
export function formatRound(text: string): string {
  return text.replace(/(\d)\.0+(?!\d)|(\.\d*?[1-9])0+(?!\d)/, "$1$2");
}

/**
 * Writes a time since the start of a run, short enough for an axis: `0`, `45 s`, `5 min`, `2:14`, `1 h`, `1:02:14`.
 * @param seconds since the start of the run
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual([0, 45, 300, 134, 3734].map(formatElapsed), ["0", "45 s", "5 min", "2:14", "1:02:14"]);
 * ```
 */
export function formatElapsed(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole === 0) return "0";
  if (whole % 3600 === 0) return `${whole / 3600} h`;
  if (whole % 60 === 0 && whole < 7200) return `${whole / 60} min`;
  return whole < 120 ? `${whole} s` : formatClock(whole * 1000);
}

/** Writes a time since the start of a run as a clock: `2:14`, `1:02:14`. */
export function formatClock(ms: number): string {
  if (!Number.isFinite(ms)) return NO_VALUE;
  const total = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => value.toString().padStart(2, "0");
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`;
}

/**
 * Writes a ratio of 1 as a percentage: `0.21 %`, `12.5 %`, `100 %`. Never rounds down to `0 %` or up to `100 %`, which
 * would hide a failure: it writes `<0.01 %` and `>99.99 %` instead.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual([0.0021, 0.125, 1, 0.00001, 0.99999].map(formatPercent), [
 *   "0.21 %",
 *   "12.5 %",
 *   "100 %",
 *   "<0.01 %",
 *   ">99.99 %",
 * ]);
 * ```
 */
export function formatPercent(ratio: number): string {
  if (!Number.isFinite(ratio)) return NO_VALUE;
  const percent = ratio * 100;
  if (percent < 0) return `-${formatPercent(-ratio)}`;
  if (percent > 0 && percent < 0.005) return "<0.01 %";
  if (percent >= 99.995 && percent < 100) return ">99.99 %";
  const digits = percent < 10 || (percent >= 99 && percent < 100) ? 2 : percent < 100 ? 1 : 0;
  const text = percent.toFixed(digits);
  const short = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return `${groupThousands(short)} %`;
}

/** Writes events per second with three significant digits: `92.1/s`, `1,231/s`. */
export function formatRate(per_s: number): string {
  return Number.isFinite(per_s) ? `${formatNumber(per_s)}/s` : NO_VALUE;
}

/** Writes a number with three significant digits, or with all digits before the point if those are more: `0.125`, `1,231`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return NO_VALUE;
  return value < 0 ? `-${threeDigits(-value)}` : threeDigits(value);
}

/** Writes a power with three significant digits: `62.5 W`, `1,231 W`. */
export function formatPower(watts: number): string {
  return Number.isFinite(watts) ? `${formatNumber(watts)} W` : NO_VALUE;
}

/**
 * Writes an energy with three significant digits.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual([0.0213, 412, 18_000, 4.2e6].map(formatEnergy), ["21.3 mJ", "412 J", "18.0 kJ", "4.20 MJ"]);
 * ```
 */
export function formatEnergy(joules: number): string {
  if (!Number.isFinite(joules)) return NO_VALUE;
  const [unit, divisor] = joules >= 1e6
    ? ["MJ", 1e6]
    : joules >= 1e4
    ? ["kJ", 1000]
    : joules >= 0.1 || joules === 0
    ? ["J", 1]
    : ["mJ", 0.001];
  return `${formatNumber(joules / (divisor as number))} ${unit}`;
}

/** Writes a temperature with three significant digits: `55.0 °C`. */
export function formatTemperature(celsius: number): string {
  return Number.isFinite(celsius) ? `${formatNumber(celsius)} °C` : NO_VALUE;
}

/** Writes a clock of a processor with three significant digits: `1,215 MHz`. */
export function formatClockRate(megahertz: number): string {
  return Number.isFinite(megahertz) ? `${formatNumber(megahertz)} MHz` : NO_VALUE;
}

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/**
 * Writes a size in binary units with three significant digits: `512 B`, `1.50 KiB`, `79.6 GiB`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual([512, 1536, 85_520_809_984].map(formatBytes), ["512 B", "1.50 KiB", "79.6 GiB"]);
 * ```
 */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return NO_VALUE;
  if (bytes < 0) return `-${formatBytes(-bytes)}`;
  let value = bytes;
  let unit = 0;
  // 1000 and more needs four digits; the next unit is shorter.
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return unit === 0 ? `${Math.round(value)} B` : `${threeDigits(value)} ${BYTE_UNITS[unit]}`;
}

function threeDigits(value: number): string {
  if (value === 0) return "0";
  // Use the magnitude of the rounded value: 9.996 must become 10.0, not 10.00.
  const magnitude = Math.floor(Math.log10(Number(value.toPrecision(3))));
  return groupThousands(value.toFixed(Math.min(6, Math.max(0, 2 - magnitude))));
}

function groupThousands(digits: string): string {
  const [whole, fraction] = digits.split(".");
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function pairOfUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
