// Draws the report's charts. The options come as JSON beside it: `$name` stands for a CSS variable, `@name` for one of
// the functions below, so the same data can be drawn in either colour scheme and on paper.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const root = document.documentElement;
  const drawn = new Map();
  const PAPER_PX = 660;

  const group = (digits) => {
    const [whole, ...fraction] = digits.split(".");
    return [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...fraction].join(".");
  };
  const three = (value) => {
    if (value === 0) return "0";
    const size = Math.floor(Math.log10(Math.abs(value)));
    return group(value.toFixed(Math.min(6, Math.max(0, 2 - size))));
  };
  const grouped = (value) => group(String(Math.round(value * 100) / 100));
  const scaled = (value, steps) => {
    let unit = steps[0];
    for (const step of steps) if (Math.abs(value) >= step[0]) unit = step;
    return [value / unit[0], unit[1]];
  };
  const DURATIONS_MS = [[0.001, "µs"], [1, "ms"], [1000, "s"], [60000, "min"], [3600000, "h"]];
  const SIZES = [[1, "B"], [2 ** 10, "KiB"], [2 ** 20, "MiB"], [2 ** 30, "GiB"], [2 ** 40, "TiB"]];
  const withUnit = (value, steps, write) => {
    if (value === 0) return "0";
    const [number, unit] = scaled(value, steps);
    return `${write(number)} ${unit}`;
  };
  const clock = (value) => {
    const s = Math.round(Number(value));
    if (s === 0) return "0";
    if (s % 3600 === 0) return `${s / 3600} h`;
    if (s % 60 === 0 && s < 7200) return `${s / 60} min`;
    if (s < 120) return `${s} s`;
    const two = (number) => String(number).padStart(2, "0");
    const minutes = Math.floor(s / 60);
    return s < 3600 ? `${minutes}:${two(s % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(s % 60)}`;
  };
  const WRITE = {
    duration_ms: (value) => withUnit(Number(value), DURATIONS_MS, three),
    count: (value) => Number.isInteger(value) ? group(String(value)) : three(value),
    rate: (value) => `${three(value)}/s`,
    percent: (value) => `${three(value)} %`,
    watt: (value) => `${three(value)} W`,
    bytes: (value) => withUnit(value, SIZES, three),
    celsius: (value) => `${three(value)} °C`,
  };
  /** The round duration in a row of the heat map that begins at `value`, if there is one; rows are a quarter of a doubling. */
  const roundDuration = (value) => {
    const low = Number(value);
    const power = 10 ** Math.floor(Math.log10(low));
    const round = [1, 2, 5, 10].map((digit) => digit * power).find((one) => one >= low && one < low * 2 ** 0.25);
    return round === undefined ? "" : withUnit(round, DURATIONS_MS, grouped);
  };
  const NINES = ["0", "P90", "P99", "P99.9", "P99.99"];

  const element = (tag, text, ...children) => {
    const node = document.createElement(tag);
    if (text !== "") node.textContent = text;
    node.append(...children);
    return node;
  };
  const tip = (head, rows) => {
    const node = element("div", "", element("b", head));
    node.className = "tip";
    for (const [name, value] of rows) node.append(element("div", "", element("span", name), element("span", value)));
    return node;
  };
  const percentileOf = (nines) => `P${Number((100 * (1 - 10 ** -nines)).toFixed(3))}`;

  /** Functions that `@name` stands for, for one chart. */
  const formatters = (chart) => ({
    clock,
    nines: (value) => NINES[value] ?? "",
    tooltip: (points) => {
      const shown = points.filter((point) => point.value?.[1] !== null && point.value?.[1] !== undefined);
      if (shown.length === 0) return "";
      const x = shown[0].value[0];
      return tip(
        chart.x === "nines" ? percentileOf(x) : clock(x),
        shown.map((point) => [point.seriesName, WRITE[chart.units[point.seriesName] ?? "count"](point.value[1])]),
      );
    },
    cell: ({ value, name }) =>
      tip(clock(name), [
        ["latency from", WRITE.duration_ms(chart.option.yAxis.data[value[1]])],
        ["calls", three(value[3])],
      ]),
    round_duration: roundDuration,
    duration_ms_axis: (value) => withUnit(value, DURATIONS_MS, grouped),
    bytes_axis: (value) => withUnit(value, SIZES, (number) => three(number)),
    percent_axis: (value) => `${grouped(value)} %`,
    watt_axis: (value) => `${grouped(value)} W`,
    celsius_axis: (value) => `${grouped(value)} °C`,
    count_axis: grouped,
    rate_axis: grouped,
  });

  /** A copy of an option with its stand-ins replaced. */
  const resolve = (value, key, style, functions) => {
    if (Array.isArray(value)) return value.map((item) => resolve(item, key, style, functions));
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(
        Object.entries(value).map(([name, item]) => [name, resolve(item, name, style, functions)]),
      );
    }
    if (typeof value !== "string") return value;
    if (value[0] === "$" && /color$|^fontFamily$/i.test(key)) {
      return style.getPropertyValue(`--${value.slice(1)}`).trim();
    }
    if (value[0] === "@" && key === "formatter") return functions[value.slice(1)];
    return value;
  };
  const optionOf = (chart) => resolve(chart.option, "", getComputedStyle(root), formatters(chart));

  const pick = document.getElementById("pick-operation");
  /** The time chart with the chosen operation's latency in its first panel. */
  const withChoice = (chart) => {
    const change = data.variants[pick?.value ?? ""];
    if (change === undefined) return chart;
    const { series, yAxis } = chart.option;
    const changed = series.map((old) => change.series.find(({ id }) => id === old.id) ?? old);
    return { ...chart, option: { ...chart.option, series: changed, yAxis: [change.yAxis, ...yAxis.slice(1)] } };
  };

  const draw = (id) => {
    const place = document.getElementById(id);
    const chart = id === "time-chart" ? withChoice(data.charts[id]) : data.charts[id];
    drawn.get(id)?.dispose();
    place.style.height = `${chart.height}px`;
    const width = root.classList.contains("on-paper") ? Math.min(PAPER_PX, place.clientWidth) : undefined;
    const instance = echarts.init(place, null, { renderer: "canvas", width });
    instance.setOption(optionOf(chart));
    // Drawn at once: paper does not wait for the next frame.
    instance.getZr().flush();
    if (chart.group !== undefined) instance.group = chart.group;
    drawn.set(id, instance);
  };
  const drawAll = () => {
    for (const id of Object.keys(data.charts)) draw(id);
    echarts.connect("time");
  };
  if (pick !== null) {
    pick.closest(".pick").hidden = false;
    pick.addEventListener("change", () => draw("time-chart"));
  }

  addEventListener("resize", () => drawn.forEach((instance) => instance.resize()));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);

  // Paper is white, narrower than most windows, and cannot be unfolded.
  let unfolded = [];
  addEventListener("beforeprint", () => {
    root.classList.add("on-paper");
    unfolded = [...document.querySelectorAll("details:not([open])")];
    for (const node of unfolded) node.open = true;
    drawAll();
  });
  addEventListener("afterprint", () => {
    root.classList.remove("on-paper");
    for (const node of unfolded) node.open = false;
    drawAll();
  });
  drawAll();
})();
