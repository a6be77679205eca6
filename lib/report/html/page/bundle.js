// Made by `deno task bundle:page` from main.js; change that and the files it imports, not this.
(() => {
  // ../../../plan/units.ts
  var BYTE_SIZES = /* @__PURE__ */ new Map([
    [
      "b",
      1
    ],
    [
      "kb",
      1e3
    ],
    [
      "mb",
      1e6
    ],
    [
      "gb",
      1e9
    ],
    [
      "tb",
      1e12
    ],
    [
      "kib",
      1024
    ],
    [
      "mib",
      1024 ** 2
    ],
    [
      "gib",
      1024 ** 3
    ],
    [
      "tib",
      1024 ** 4
    ]
  ]);
  var NO_VALUE = "\u2013";
  function formatCount(value) {
    if (!Number.isFinite(value)) return NO_VALUE;
    return groupThousands(Math.round(value).toString());
  }
  function formatDuration(us) {
    if (!Number.isFinite(us)) return NO_VALUE;
    if (us < 0) return `-${formatDuration(-us)}`;
    if (us === 0) return "0 s";
    if (us < 999.5) return `${threeDigits(us)} \xB5s`;
    if (us < 999500) return `${threeDigits(us / 1e3)} ms`;
    if (us < 5995e4) return `${threeDigits(us / 1e6)} s`;
    const seconds = Math.round(us / 1e6);
    if (seconds < 3600) return pairOfUnits(Math.floor(seconds / 60), "min", seconds % 60, "s");
    const minutes = Math.round(seconds / 60);
    return pairOfUnits(Math.floor(minutes / 60), "h", minutes % 60, "min");
  }
  function formatRound(text) {
    return text.replace(/(\d)\.0+(?!\d)|(\.\d*?[1-9])0+(?!\d)/, "$1$2");
  }
  function formatElapsed(seconds) {
    const whole = Math.round(seconds);
    if (whole === 0) return "0";
    if (whole % 3600 === 0) return `${whole / 3600} h`;
    if (whole % 60 === 0 && whole < 7200) return `${whole / 60} min`;
    return whole < 120 ? `${whole} s` : formatClock(whole * 1e3);
  }
  function formatClock(ms) {
    if (!Number.isFinite(ms)) return NO_VALUE;
    const total = Math.max(0, Math.floor(ms / 1e3));
    const two = (value) => value.toString().padStart(2, "0");
    const hours = Math.floor(total / 3600);
    const minutes = Math.floor(total / 60) % 60;
    return hours > 0 ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`;
  }
  function formatPercent(ratio) {
    if (!Number.isFinite(ratio)) return NO_VALUE;
    const percent = ratio * 100;
    if (percent < 0) return `-${formatPercent(-ratio)}`;
    if (percent > 0 && percent < 5e-3) return "<0.01 %";
    if (percent >= 99.995 && percent < 100) return ">99.99 %";
    const digits = percent < 10 || percent >= 99 && percent < 100 ? 2 : percent < 100 ? 1 : 0;
    const text = percent.toFixed(digits);
    const short = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
    return `${groupThousands(short)} %`;
  }
  function formatRate(per_s) {
    return Number.isFinite(per_s) ? `${formatNumber(per_s)}/s` : NO_VALUE;
  }
  function formatNumber(value) {
    if (!Number.isFinite(value)) return NO_VALUE;
    return value < 0 ? `-${threeDigits(-value)}` : threeDigits(value);
  }
  var BYTE_UNITS = [
    "B",
    "KiB",
    "MiB",
    "GiB",
    "TiB"
  ];
  function formatBytes(bytes) {
    if (!Number.isFinite(bytes)) return NO_VALUE;
    if (bytes < 0) return `-${formatBytes(-bytes)}`;
    let value = bytes;
    let unit = 0;
    while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit === 0 ? `${Math.round(value)} B` : `${threeDigits(value)} ${BYTE_UNITS[unit]}`;
  }
  function threeDigits(value) {
    if (value === 0) return "0";
    const magnitude = Math.floor(Math.log10(Number(value.toPrecision(3))));
    return groupThousands(value.toFixed(Math.min(6, Math.max(0, 2 - magnitude))));
  }
  function groupThousands(digits) {
    const [whole, fraction] = digits.split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
    return fraction === void 0 ? grouped : `${grouped}.${fraction}`;
  }
  function pairOfUnits(large, largeUnit, small, smallUnit) {
    return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
  }

  // tip.js
  function element(tag, text, ...children) {
    const node = document.createElement(tag);
    if (text !== "") node.textContent = text;
    node.append(...children);
    return node;
  }
  function tip(head, rows) {
    const node = element("div", "", element("b", head));
    node.className = "tip";
    for (const [name, value] of rows) node.append(element("div", "", element("span", name), element("span", value)));
    return node;
  }

  // formatters.js
  var WRITERS = {
    duration_ms: (value) => formatDuration(Number(value) * 1e3),
    count: (value) => Number.isInteger(value) ? formatCount(value) : formatNumber(value),
    rate: formatRate,
    percent: (value) => formatPercent(value / 100),
    watt: (value) => `${formatNumber(value)} W`,
    bytes: formatBytes,
    celsius: (value) => `${formatNumber(value)} \xB0C`
  };
  var AXES = {
    duration_ms_axis: (value) => value === 0 ? "0" : formatRound(WRITERS.duration_ms(value)),
    bytes_axis: (value) => value === 0 ? "0" : formatRound(formatBytes(value)),
    percent_axis: (value) => `${formatRound(formatNumber(value))} %`,
    watt_axis: (value) => `${formatRound(formatNumber(value))} W`,
    celsius_axis: (value) => `${formatRound(formatNumber(value))} \xB0C`,
    count_axis: (value) => formatRound(WRITERS.count(value)),
    rate_axis: (value) => formatRound(WRITERS.count(value))
  };
  var NINES = [
    "0",
    "P90",
    "P99",
    "P99.9",
    "P99.99"
  ];
  var percentileOf = (nines) => `P${Number((100 * (1 - 10 ** -nines)).toFixed(3))}`;
  function roundDuration(value) {
    const low = Number(value);
    const power = 10 ** Math.floor(Math.log10(low));
    const round = [
      1,
      2,
      5,
      10
    ].map((digit) => digit * power).find((one) => one >= low && one < low * 2 ** 0.25);
    return round === void 0 ? "" : AXES.duration_ms_axis(round);
  }
  function tooltip(chart, points) {
    const shown = points.filter((point) => point.value?.[1] !== null && point.value?.[1] !== void 0);
    if (shown.length === 0) return "";
    const x = shown[0].value[0];
    return tip(chart.x === "nines" ? percentileOf(x) : formatElapsed(x), shown.map((point) => [
      point.seriesName,
      WRITERS[chart.units[point.seriesName] ?? "count"](point.value[1])
    ]));
  }
  function formatters(chart) {
    return {
      ...AXES,
      clock: (value) => formatElapsed(Number(value)),
      nines: (value) => NINES[value] ?? "",
      round_duration: roundDuration,
      tooltip: (points) => tooltip(chart, points),
      cell: ({ value, name }) => tip(formatElapsed(Number(name)), [
        [
          "latency from",
          WRITERS.duration_ms(chart.option.yAxis.data[value[1]])
        ],
        [
          "calls",
          WRITERS.count(value[3])
        ]
      ])
    };
  }

  // paper.js
  var PAPER_PX = 660;
  function followPaper(redraw2) {
    const root2 = document.documentElement;
    let unfolded = [];
    addEventListener("beforeprint", () => {
      root2.classList.add("on-paper");
      unfolded = [
        ...document.querySelectorAll("details:not([open])")
      ];
      for (const node of unfolded) node.open = true;
      redraw2();
    });
    addEventListener("afterprint", () => {
      root2.classList.remove("on-paper");
      for (const node of unfolded) node.open = false;
      redraw2();
    });
  }

  // draw.js
  var root = document.documentElement;
  var drawn = /* @__PURE__ */ new Map();
  function resolve(value, key, style, functions) {
    if (Array.isArray(value)) return value.map((item) => resolve(item, key, style, functions));
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [
        name,
        resolve(item, name, style, functions)
      ]));
    }
    if (typeof value !== "string") return value;
    if (value[0] === "$" && /color$|^fontFamily$/i.test(key)) return style.getPropertyValue(`--${value.slice(1)}`).trim();
    if (value[0] === "@" && key === "formatter") return functions[value.slice(1)];
    return value;
  }
  function withChoice(data2, chart, choice) {
    const change = data2.variants[choice];
    if (change === void 0) return chart;
    const { series, yAxis } = chart.option;
    const changed = series.map((old) => change.series.find(({ id }) => id === old.id) ?? old);
    return {
      ...chart,
      option: {
        ...chart.option,
        series: changed,
        yAxis: [
          change.yAxis,
          ...yAxis.slice(1)
        ]
      }
    };
  }
  function drawChart(data2, id, choice) {
    const place = document.getElementById(id);
    const chart = id === "time-chart" ? withChoice(data2, data2.charts[id], choice) : data2.charts[id];
    drawn.get(id)?.dispose();
    place.style.height = `${chart.height}px`;
    const width = root.classList.contains("on-paper") ? Math.min(PAPER_PX, place.clientWidth) : void 0;
    const instance = echarts.init(place, null, {
      renderer: "canvas",
      width
    });
    instance.setOption(resolve(chart.option, "", getComputedStyle(root), formatters(chart)));
    instance.getZr().flush();
    if (chart.group !== void 0) instance.group = chart.group;
    drawn.set(id, instance);
  }
  function drawAll(data2, choice) {
    for (const id of Object.keys(data2.charts)) drawChart(data2, id, choice);
    echarts.connect("time");
  }
  function resizeAll() {
    for (const instance of drawn.values()) instance.resize();
  }

  // main.js
  var data = JSON.parse(document.getElementById("chart-data").textContent);
  var picker = document.getElementById("pick-operation");
  var redraw = () => drawAll(data, picker?.value ?? "");
  if (picker !== null) {
    picker.closest(".pick").hidden = false;
    picker.addEventListener("change", () => drawChart(data, "time-chart", picker.value));
  }
  addEventListener("resize", resizeAll);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  followPaper(redraw);
  redraw();
})();
