/**
 * ECharts options from the page's data: `$name` stands for a CSS variable, `@name` for one of the functions below, so the
 * same data can be drawn in either colour scheme and on paper.
 */
import type { EChartsOption } from "echarts";
import type { Formatter, Unit } from "../../charts/panels.ts";
import type { PageChart } from "../chart_data.ts";
import type { Style } from "./browser.ts";
import { cellTooltip, lineTooltip, type TooltipCell, type TooltipPoint } from "./tip.ts";
import { writeElapsed, writeNinesTick, writeRoundDuration, writeTick } from "./values.ts";

/** A function that ECharts calls; what with depends on where in the option it stands. */
type Callback = (value: never) => unknown;

const tickOf = (unit: Unit) => (value: number) => writeTick(unit, value);

/** The functions that `@name` stands for, for one chart. */
function formattersOf(chart: PageChart): Record<Formatter, Callback> {
  return {
    clock: writeElapsed,
    nines: writeNinesTick,
    round_duration: writeRoundDuration,
    tooltip: (points: readonly TooltipPoint[]) => lineTooltip(chart, points),
    cell: (cell: TooltipCell) => cellTooltip(chart, cell),
    duration_ms_axis: tickOf("duration_ms"),
    count_axis: tickOf("count"),
    rate_axis: tickOf("rate"),
    percent_axis: tickOf("percent"),
    watt_axis: tickOf("watt"),
    bytes_axis: tickOf("bytes"),
    celsius_axis: tickOf("celsius"),
  };
}

/** A chart's option with its stand-ins replaced. */
export function optionOf(chart: PageChart, style: Style): EChartsOption {
  const formatters: Readonly<Record<string, Callback>> = formattersOf(chart);
  const replaced = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => replaced(item, key));
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, replaced(item, name)]));
    }
    if (typeof value !== "string") return value;
    if (value.startsWith("$") && /color$|^fontFamily$/i.test(key)) {
      return style.getPropertyValue(`--${value.slice(1)}`).trim();
    }
    return value.startsWith("@") && key === "formatter" ? formatters[value.slice(1)] : value;
  };
  return replaced(chart.option, "") as EChartsOption;
}
