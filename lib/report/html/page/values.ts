/** Values in readings and on axes, written as the tables and the terminal write them. */
import {
  formatBytes,
  formatClockRate,
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
import { ROWS_PER_DOUBLING } from "../../charts/axis.ts";
import type { Unit } from "../../charts/chart.ts";

const WRITERS: Readonly<Record<Unit, (value: number) => string>> = {
  duration_ms: (value) => formatDuration(value * 1000),
  count: (value) => Number.isInteger(value) ? formatCount(value) : formatNumber(value),
  rate: formatRate,
  number: formatNumber,
  percent: (value) => formatPercent(value / 100),
  watt: formatPower,
  bytes: formatBytes,
  celsius: formatTemperature,
  megahertz: formatClockRate,
};

/** Writes a value of a line, as a reading shows it. */
export function writeValue(unit: Unit, value: number): string {
  return WRITERS[unit](value);
}

/** Units whose axes begin with a bare 0, since the unit of nothing is unknown. */
const BARE_ZERO: ReadonlySet<Unit> = new Set(["duration_ms", "bytes"]);

/** Writes a round value, as an axis shows it: `1 s`, where a reading has `1.00 s`. */
export function writeTick(unit: Unit, value: number): string {
  if (value === 0 && BARE_ZERO.has(unit)) return "0";
  // The axis' title says that a rate is per second, and a clock in megahertz.
  return formatRound(writeValue(unit === "rate" || unit === "megahertz" ? "count" : unit, value));
}

/** Writes how far into the run something was */
export function writeElapsed(seconds: number): string {
  return formatElapsed(seconds);
}

/** Writes a tick of the percentile axis, which counts nines. */
export function writeNinesTick(nines: number): string {
  return nines === 0 ? "0" : writeNines(nines);
}

/** Writes a position on the percentile axis: `P98.5`. */
export function writeNines(nines: number): string {
  return `P${Number((100 * (1 - 10 ** -nines)).toFixed(nines < 1 ? 0 : 3))}`;
}

/** Writes a tick of a logarithmic axis of durations, which counts rows. */
export function writeRowTick(row: number): string {
  return writeTick("duration_ms", Number((2 ** (row / ROWS_PER_DOUBLING)).toPrecision(3)));
}
