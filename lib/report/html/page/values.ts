/** Values in tooltips and on axes, written as the tables and the terminal write them. */
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatElapsed,
  formatNumber,
  formatPercent,
  formatPower,
  formatRate,
  formatRound,
  formatTemperature,
} from "../../../plan/units.ts";
import type { Unit } from "../../charts/panels.ts";

const WRITERS: Readonly<Record<Unit, (value: number) => string>> = {
  duration_ms: (value) => formatDuration(value * 1000),
  count: (value) => Number.isInteger(value) ? formatCount(value) : formatNumber(value),
  rate: formatRate,
  percent: (value) => formatPercent(value / 100),
  watt: formatPower,
  bytes: formatBytes,
  celsius: formatTemperature,
};

/** Writes a value of a line, as a tooltip shows it. */
export function writeValue(unit: Unit, value: number): string {
  return WRITERS[unit](value);
}

/** Units whose axes begin with a bare 0, since the unit of nothing is unknown. */
const BARE_ZERO: ReadonlySet<Unit> = new Set(["duration_ms", "bytes"]);

/** Writes a round value, as an axis shows it: `1 s`, where a tooltip has `1.00 s`. */
export function writeTick(unit: Unit, value: number): string {
  if (value === 0 && BARE_ZERO.has(unit)) return "0";
  // The axis' title says that a rate is per second.
  return formatRound(writeValue(unit === "rate" ? "count" : unit, value));
}

/** Writes how far into the run something was; ECharts hands the categories of an axis over as texts. */
export function writeElapsed(seconds: number | string): string {
  return formatElapsed(Number(seconds));
}

/** Nines of each label of the percentile axis. */
const NINES = ["0", "P90", "P99", "P99.9", "P99.99"];

/** Writes a tick of the percentile axis, which counts nines. */
export function writeNinesTick(nines: number): string {
  return NINES[nines] ?? "";
}

/** Writes a position on the percentile axis: `P98.5`. */
export function writeNines(nines: number): string {
  return `P${Number((100 * (1 - 10 ** -nines)).toFixed(3))}`;
}

/**
 * Writes the round duration in a row of the heat map that begins at `low_ms`; empty where a row holds none. A row at 0
 * holds the answers that came before the speech had ended.
 */
export function writeRoundDuration(low_ms: number | string): string {
  const low = Number(low_ms);
  if (low === 0) return "< 0";
  const power = 10 ** Math.floor(Math.log10(low));
  // A row is a quarter of a doubling high.
  const round = [1, 2, 5, 10].map((digit) => digit * power).find((one) => one >= low && one < low * 2 ** 0.25);
  return round === undefined ? "" : writeTick("duration_ms", round);
}
