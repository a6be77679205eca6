// Draws charts out of options: `$name` in them stands for a CSS variable, `@name` for one of the formatters, so the same
// data can be drawn in either colour scheme and on paper.
/* global echarts */
import { formatters } from "./formatters.js";
import { PAPER_PX } from "./paper.js";

const root = document.documentElement;
const drawn = new Map();

/** A copy of an option with its stand-ins replaced. */
function resolve(value, key, style, functions) {
  if (Array.isArray(value)) return value.map((item) => resolve(item, key, style, functions));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, resolve(item, name, style, functions)]),
    );
  }
  if (typeof value !== "string") return value;
  if (value[0] === "$" && /color$|^fontFamily$/i.test(key)) return style.getPropertyValue(`--${value.slice(1)}`).trim();
  if (value[0] === "@" && key === "formatter") return functions[value.slice(1)];
  return value;
}

/** The time chart with the chosen operation's latency in its first panel. */
function withChoice(data, chart, choice) {
  const change = data.variants[choice];
  if (change === undefined) return chart;
  const { series, yAxis } = chart.option;
  const changed = series.map((old) => change.series.find(({ id }) => id === old.id) ?? old);
  return { ...chart, option: { ...chart.option, series: changed, yAxis: [change.yAxis, ...yAxis.slice(1)] } };
}

/** Draws one chart anew. */
export function drawChart(data, id, choice) {
  const place = document.getElementById(id);
  const chart = id === "time-chart" ? withChoice(data, data.charts[id], choice) : data.charts[id];
  drawn.get(id)?.dispose();
  place.style.height = `${chart.height}px`;
  const width = root.classList.contains("on-paper") ? Math.min(PAPER_PX, place.clientWidth) : undefined;
  const instance = echarts.init(place, null, { renderer: "canvas", width });
  instance.setOption(resolve(chart.option, "", getComputedStyle(root), formatters(chart)));
  // Drawn at once: paper does not wait for the next frame.
  instance.getZr().flush();
  if (chart.group !== undefined) instance.group = chart.group;
  drawn.set(id, instance);
}

/** Draws all charts anew; those over time share a cursor. */
export function drawAll(data, choice) {
  for (const id of Object.keys(data.charts)) drawChart(data, id, choice);
  echarts.connect("time");
}

/** Fits all charts to the window. */
export function resizeAll() {
  for (const instance of drawn.values()) instance.resize();
}
