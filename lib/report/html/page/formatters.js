// What `@name` stands for in a chart's option. Numbers are written by the functions that the terminal uses.
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatElapsed,
  formatNumber,
  formatPercent,
  formatRate,
  formatRound,
} from "../../../plan/units.ts";
import { tip } from "./tip.js";

/** Writers of values by unit, for tooltips. */
export const WRITERS = {
  duration_ms: (value) => formatDuration(Number(value) * 1000),
  count: (value) => Number.isInteger(value) ? formatCount(value) : formatNumber(value),
  rate: formatRate,
  percent: (value) => formatPercent(value / 100),
  watt: (value) => `${formatNumber(value)} W`,
  bytes: formatBytes,
  celsius: (value) => `${formatNumber(value)} °C`,
};

/** Writers of round values by unit, for axes. */
export const AXES = {
  duration_ms_axis: (value) => value === 0 ? "0" : formatRound(WRITERS.duration_ms(value)),
  bytes_axis: (value) => value === 0 ? "0" : formatRound(formatBytes(value)),
  percent_axis: (value) => `${formatRound(formatNumber(value))} %`,
  watt_axis: (value) => `${formatRound(formatNumber(value))} W`,
  celsius_axis: (value) => `${formatRound(formatNumber(value))} °C`,
  count_axis: (value) => formatRound(WRITERS.count(value)),
  rate_axis: (value) => formatRound(WRITERS.count(value)),
};

const NINES = ["0", "P90", "P99", "P99.9", "P99.99"];
const percentileOf = (nines) => `P${Number((100 * (1 - 10 ** -nines)).toFixed(3))}`;

/** The round duration in a row of the heat map that begins at `value`, if there is one; rows are a quarter of a doubling. */
function roundDuration(value) {
  const low = Number(value);
  const power = 10 ** Math.floor(Math.log10(low));
  const round = [1, 2, 5, 10].map((digit) => digit * power).find((one) => one >= low && one < low * 2 ** 0.25);
  return round === undefined ? "" : AXES.duration_ms_axis(round);
}

function tooltip(chart, points) {
  const shown = points.filter((point) => point.value?.[1] !== null && point.value?.[1] !== undefined);
  if (shown.length === 0) return "";
  const x = shown[0].value[0];
  return tip(
    chart.x === "nines" ? percentileOf(x) : formatElapsed(x),
    shown.map((point) => [point.seriesName, WRITERS[chart.units[point.seriesName] ?? "count"](point.value[1])]),
  );
}

/** Functions that `@name` stands for, for one chart. */
export function formatters(chart) {
  return {
    ...AXES,
    clock: (value) => formatElapsed(Number(value)),
    nines: (value) => NINES[value] ?? "",
    round_duration: roundDuration,
    tooltip: (points) => tooltip(chart, points),
    cell: ({ value, name }) =>
      tip(formatElapsed(Number(name)), [
        ["latency from", WRITERS.duration_ms(chart.option.yAxis.data[value[1]])],
        ["calls", WRITERS.count(value[3])],
      ]),
  };
}
