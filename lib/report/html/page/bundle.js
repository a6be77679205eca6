// Made by `deno task bundle:page` from main.ts; change that and the files it imports, not this.
(() => {
  // browser.ts
  var browser = globalThis;

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
  function formatPower(watts) {
    return Number.isFinite(watts) ? `${formatNumber(watts)} W` : NO_VALUE;
  }
  function formatTemperature(celsius) {
    return Number.isFinite(celsius) ? `${formatNumber(celsius)} \xB0C` : NO_VALUE;
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

  // values.ts
  var WRITERS = {
    duration_ms: (value) => formatDuration(value * 1e3),
    count: (value) => Number.isInteger(value) ? formatCount(value) : formatNumber(value),
    rate: formatRate,
    percent: (value) => formatPercent(value / 100),
    watt: formatPower,
    bytes: formatBytes,
    celsius: formatTemperature
  };
  function writeValue(unit, value) {
    return WRITERS[unit](value);
  }
  var BARE_ZERO = /* @__PURE__ */ new Set([
    "duration_ms",
    "bytes"
  ]);
  function writeTick(unit, value) {
    if (value === 0 && BARE_ZERO.has(unit)) return "0";
    return formatRound(writeValue(unit === "rate" ? "count" : unit, value));
  }
  function writeElapsed(seconds) {
    return formatElapsed(Number(seconds));
  }
  var NINES = [
    "0",
    "P90",
    "P99",
    "P99.9",
    "P99.99"
  ];
  function writeNinesTick(nines) {
    return NINES[nines] ?? "";
  }
  function writeNines(nines) {
    return `P${Number((100 * (1 - 10 ** -nines)).toFixed(3))}`;
  }
  function writeRoundDuration(low_ms) {
    const low = Number(low_ms);
    if (low === 0) return "< 0";
    const power = 10 ** Math.floor(Math.log10(low));
    const round = [
      1,
      2,
      5,
      10
    ].map((digit) => digit * power).find((one) => one >= low && one < low * 2 ** 0.25);
    return round === void 0 ? "" : writeTick("duration_ms", round);
  }

  // tip.ts
  function lineTooltip(chart, points) {
    const rows = points.flatMap(({ seriesName, value }) => {
      const y = value?.[1] ?? null;
      if (y === null) return [];
      const text = writeValue(chart.units[seriesName] ?? "count", y);
      return [
        [
          seriesName,
          value?.[2] === "at_least" ? `\u2265 ${text}` : text
        ]
      ];
    });
    const x = points.find(({ value }) => (value?.[1] ?? null) !== null)?.value?.[0];
    if (x === void 0) return "";
    return tooltipOf(chart.x === "nines" ? writeNines(x) : writeElapsed(x), rows);
  }
  function cellTooltip({ option }, { name, value: [, row, , calls] }) {
    const { data: rows } = option.yAxis;
    const low = rows[row] ?? NaN;
    return tooltipOf(writeElapsed(name), [
      low === 0 ? [
        "response time",
        "below 0"
      ] : [
        "response time from",
        writeValue("duration_ms", low)
      ],
      [
        "calls",
        writeValue("count", calls)
      ]
    ]);
  }
  function tooltipOf(head, rows) {
    const tip = elementOf("div", elementOf("b", head));
    tip.className = "tip";
    tip.append(...rows.map(([name, value]) => elementOf("div", elementOf("span", name), elementOf("span", value))));
    return tip;
  }
  function elementOf(tag, ...content) {
    const element = browser.document.createElement(tag);
    for (const part of content) {
      if (typeof part === "string") element.textContent = part;
      else element.append(part);
    }
    return element;
  }

  // formatters.ts
  var tickOf = (unit) => (value) => writeTick(unit, value);
  function formattersOf(chart) {
    return {
      clock: writeElapsed,
      nines: writeNinesTick,
      round_duration: writeRoundDuration,
      tooltip: (points) => lineTooltip(chart, points),
      cell: (cell) => cellTooltip(chart, cell),
      duration_ms_axis: tickOf("duration_ms"),
      count_axis: tickOf("count"),
      rate_axis: tickOf("rate"),
      percent_axis: tickOf("percent"),
      watt_axis: tickOf("watt"),
      bytes_axis: tickOf("bytes"),
      celsius_axis: tickOf("celsius")
    };
  }
  function optionOf(chart, style) {
    const formatters = formattersOf(chart);
    const replaced = (value, key) => {
      if (Array.isArray(value)) return value.map((item) => replaced(item, key));
      if (typeof value === "object" && value !== null) {
        return Object.fromEntries(Object.entries(value).map(([name, item]) => [
          name,
          replaced(item, name)
        ]));
      }
      if (typeof value !== "string") return value;
      if (value.startsWith("$") && /color$|^fontFamily$/i.test(key)) {
        return style.getPropertyValue(`--${value.slice(1)}`).trim();
      }
      return value.startsWith("@") && key === "formatter" ? formatters[value.slice(1)] : value;
    };
    return replaced(chart.option, "");
  }

  // draw.ts
  var PAPER_PX = 660;
  var TIME_GROUP = "time";
  var RESPONSE_CHART = "response-chart";
  var PageCharts = class {
    #data;
    #drawn = /* @__PURE__ */ new Map();
    /** The operation whose response time is shown in detail; empty for each of them. */
    #operation;
    constructor(data, operation) {
      this.#data = data;
      this.#operation = operation;
    }
    /** Draws every chart anew, in the colours now in force. */
    drawAll() {
      for (const id of Object.keys(this.#data.charts)) this.#draw(id);
      browser.echarts.connect(TIME_GROUP);
    }
    /** Shows one operation's response time in detail; empty for that of each operation. */
    choose(operation) {
      this.#operation = operation;
      this.#draw(RESPONSE_CHART);
    }
    /** Fits the charts to a changed window. */
    resize() {
      for (const instance of this.#drawn.values()) instance.resize();
    }
    #draw(id) {
      const chart = this.#chartOf(id);
      const place = browser.document.getElementById(id);
      if (chart === void 0 || place === null) return;
      this.#drawn.get(id)?.dispose();
      place.style.height = `${chart.height}px`;
      const root = browser.document.documentElement;
      const onPaper = root.classList.contains("on-paper");
      const width = onPaper ? {
        width: Math.min(PAPER_PX, place.clientWidth)
      } : {};
      const instance = browser.echarts.init(place, null, {
        renderer: "canvas",
        ...width
      });
      instance.setOption(optionOf(chart, browser.getComputedStyle(root)));
      instance.getZr().flush();
      if (chart.group !== void 0) instance.group = chart.group;
      this.#drawn.set(id, instance);
    }
    /** A chart; that of the response times for the chosen operation. */
    #chartOf(id) {
      const chosen = id === RESPONSE_CHART ? this.#data.variants[this.#operation] : void 0;
      return chosen ?? this.#data.charts[id];
    }
  };

  // paper.ts
  function preparePrinting(drawAll) {
    const { document } = browser;
    const { classList } = document.documentElement;
    let unfolded = [];
    browser.addEventListener("beforeprint", () => {
      classList.add("on-paper");
      unfolded = [
        ...document.querySelectorAll("details:not([open])")
      ];
      for (const node of unfolded) node.open = true;
      drawAll();
    });
    browser.addEventListener("afterprint", () => {
      classList.remove("on-paper");
      for (const node of unfolded) node.open = false;
      drawAll();
    });
  }

  // main.ts
  function start() {
    const { document } = browser;
    const data = JSON.parse(document.getElementById("chart-data")?.textContent ?? "");
    const choice = document.getElementById("pick-operation");
    const charts = new PageCharts(data, choice?.value ?? "");
    const label = choice?.closest(".pick") ?? null;
    if (label !== null) label.hidden = false;
    choice?.addEventListener("change", () => charts.choose(choice.value));
    browser.addEventListener("resize", () => charts.resize());
    browser.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.drawAll());
    preparePrinting(() => charts.drawAll());
    charts.drawAll();
  }
  start();
})();
