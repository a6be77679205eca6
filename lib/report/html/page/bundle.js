// Made by `deno task bundle:page` from main.ts; change that and the files it imports, not this.
(() => {
  // browser.ts
  var browser = globalThis;
  function byId(id) {
    return browser.document.getElementById(id);
  }
  function elementOf(tag, className = "", ...content) {
    const element = browser.document.createElement(tag);
    if (className !== "") element.className = className;
    element.append(...content);
    return element;
  }

  // clock.ts
  var Clock = class {
    #at = null;
    #window;
    #lit = null;
    #span_s;
    #listeners = [];
    /** @param span_s length of the whole run */
    constructor(span_s) {
      this.#span_s = span_s;
      this.#window = [
        0,
        span_s
      ];
    }
    /** Length of the whole run. */
    get span_s() {
      return this.#span_s;
    }
    /** Where the cursor stands; null: nowhere. */
    get at() {
      return this.#at;
    }
    /** What is shown. */
    get window() {
      return this.#window;
    }
    /** The finding that is pointed at. */
    get lit() {
      return this.#lit;
    }
    /** Whether less than the whole run is shown. */
    get zoomed() {
      return this.#window[0] > 0 || this.#window[1] < this.span_s;
    }
    /** Takes another length: of a plan that was changed while it runs. Who sees all goes on seeing all. */
    stretch(span_s) {
      if (span_s === this.#span_s) return;
      const all = !this.zoomed;
      this.#span_s = span_s;
      this.show(all ? null : this.#window);
    }
    /** Calls `listener` after each change. */
    listen(listener) {
      this.#listeners.push(listener);
    }
    /** Moves the cursor; within the window. */
    point(at) {
      const [from_s, to_s] = this.#window;
      this.#at = at === null ? null : Math.min(to_s, Math.max(from_s, at));
      this.#tell("at");
    }
    /** Lights a stretch in every chart. */
    light(span) {
      this.#lit = span;
      this.#tell("lit");
    }
    /** Shows a stretch of the run, of a second at least; the whole run for null. */
    show(span) {
      const [from_s, to_s] = span ?? [
        0,
        this.span_s
      ];
      const from = Math.max(0, Math.min(from_s, this.span_s - 1));
      this.#window = [
        from,
        Math.min(this.span_s, Math.max(to_s, from + 1))
      ];
      this.#tell("window");
    }
    /** Shows `factor` of what is shown, around the cursor. */
    zoom(factor) {
      const [from_s, to_s] = this.#window;
      const middle = this.#at ?? (from_s + to_s) / 2;
      const length = Math.max(1, (to_s - from_s) * factor);
      const from = Math.max(0, Math.min(middle - length / 2, this.span_s - length));
      this.show(length >= this.span_s ? null : [
        from,
        from + length
      ]);
    }
    #tell(changed) {
      for (const listener of this.#listeners) listener(changed);
    }
  };
  function around(from_s, to_s, span_s) {
    const room = Math.max((to_s - from_s) / 2, span_s / 20, 2);
    return [
      Math.max(0, from_s - room),
      Math.min(span_s, to_s + room)
    ];
  }

  // find.ts
  var SEARCHED = "table.ops tbody tr, .finds li, .checks li, .facts > dd, .more li";
  function prepareSearch() {
    const { document } = browser;
    const field = byId("find");
    const found = byId("found");
    if (field === null || found === null) return;
    (field.closest("label") ?? field).hidden = false;
    const places = [
      ...document.querySelectorAll(SEARCHED)
    ].map((element) => ({
      element,
      text: (element.textContent ?? "").toLowerCase()
    }));
    const search = () => {
      const wanted = field.value.trim().toLowerCase();
      const matching = places.filter(({ text }) => wanted === "" || text.includes(wanted));
      for (const { element } of places) element.classList.add("unfound");
      for (const { element } of matching) element.classList.remove("unfound");
      found.textContent = wanted === "" ? "" : `${matching.length} of ${places.length} rows`;
      return wanted === "" ? [] : matching.map(({ element }) => element);
    };
    field.addEventListener("input", search);
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") field.value = "";
      const matching = search();
      if (event.key === "Enter") goTo(matching[0]);
    });
    document.addEventListener("keydown", (event) => {
      const { target } = event;
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)) return;
      event.preventDefault();
      field.focus();
    });
  }
  function goTo(place2) {
    if (place2 === void 0) return;
    openAround(place2);
    place2.scrollIntoView({
      block: "center"
    });
    (place2.querySelector("a, button") ?? place2.closest(".scroll"))?.focus({
      preventScroll: true
    });
  }
  function openAround(element) {
    for (let fold = element.closest("details"); fold !== null; fold = fold.parentElement?.closest("details") ?? null) {
      fold.open = true;
    }
  }

  // contents.ts
  var READ_PX = 140;
  function prepareContents() {
    const links = [
      ...browser.document.querySelectorAll(".bar nav a")
    ].flatMap((link) => {
      const section = byId((link.getAttribute("href") ?? "").slice(1));
      return section === null ? [] : [
        {
          link,
          section
        }
      ];
    });
    let waiting = false;
    const mark = () => {
      waiting = false;
      const seen = links.findLast(({ section }) => section.getBoundingClientRect().top < READ_PX) ?? links[0];
      for (const { link } of links) setCurrent(link, link === seen?.link);
    };
    browser.addEventListener("scroll", () => {
      if (waiting) return;
      waiting = true;
      browser.requestAnimationFrame(mark);
    }, {
      passive: true
    });
    mark();
    browser.addEventListener("hashchange", openNamed);
    openNamed();
  }
  function setCurrent(link, current) {
    if (current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  function openNamed() {
    const named = byId(decoded(browser.location.hash.slice(1)));
    if (named === null || named.closest("details") === null) return;
    openAround(named);
    named.scrollIntoView({
      block: "start"
    });
  }
  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  // ../../charts/chart.ts
  var PLOT = {
    left: 56,
    right: 78,
    top: 15,
    bottom: 7,
    labelled_bottom: 24
  };

  // data.ts
  async function unpackData(text) {
    const bytes = Uint8Array.from(atob(text.trim()), (character) => character.charCodeAt(0));
    const stream = new Blob([
      bytes
    ]).stream().pipeThrough(new DecompressionStream("gzip"));
    return await new Response(stream).json();
  }
  function pointsOf({ lines, positions }, name) {
    const line = lines[name];
    const at = positions[line?.at ?? 0] ?? [];
    return (line?.values ?? []).map((value, i) => [
      at[i] ?? 0,
      value
    ]);
  }
  function nearest(positions, x) {
    let best = 0;
    for (let i = 1; i < positions.length; i++) {
      if (Math.abs(positions[i] - x) < Math.abs(positions[best] - x)) best = i;
    }
    return best;
  }
  function csvOf({ lines, positions }) {
    const rows = Object.entries(lines).flatMap(([name, { unit, at, values }]) => values.flatMap((value, i) => value === null ? [] : [
      [
        name,
        unit,
        positions[at]?.[i] ?? "",
        value
      ]
    ]));
    return csvText([
      [
        "line",
        "unit",
        "position",
        "value"
      ],
      ...rows
    ]);
  }
  function csvText(rows) {
    const cell = (value) => {
      if (typeof value === "number") return String(value);
      const safe = /^[=+@\t\r]|^-(?![\d.])/.test(value) ? `'${value}` : value;
      return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    };
    return rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
  }

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
  function formatClockRate(megahertz) {
    return Number.isFinite(megahertz) ? `${formatNumber(megahertz)} MHz` : NO_VALUE;
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

  // ../../charts/axis.ts
  var INTERVALS_S = [
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    14400,
    43200,
    86400
  ];
  function labelInterval(span) {
    return INTERVALS_S.find((step) => span / step <= 6) ?? Math.ceil(span / 6);
  }
  var ROWS_PER_DOUBLING = 4;
  function rowOf(ms) {
    return ROWS_PER_DOUBLING * Math.log2(ms);
  }

  // values.ts
  var WRITERS = {
    duration_ms: (value) => formatDuration(value * 1e3),
    count: (value) => Number.isInteger(value) ? formatCount(value) : formatNumber(value),
    rate: formatRate,
    number: formatNumber,
    percent: (value) => formatPercent(value / 100),
    watt: formatPower,
    bytes: formatBytes,
    celsius: formatTemperature,
    megahertz: formatClockRate
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
    return formatRound(writeValue(unit === "rate" || unit === "megahertz" ? "count" : unit, value));
  }
  function writeElapsed(seconds) {
    return formatElapsed(seconds);
  }
  function writeNinesTick(nines) {
    return nines === 0 ? "0" : writeNines(nines);
  }
  function writeNines(nines) {
    return `P${Number((100 * (1 - 10 ** -nines)).toFixed(nines < 1 ? 0 : 3))}`;
  }
  function writeRowTick(row) {
    return writeTick("duration_ms", Number((2 ** (row / ROWS_PER_DOUBLING)).toPrecision(3)));
  }

  // cursor.ts
  var LEAST_BRUSH_PX = 5;
  function readingOf(data, chart, x) {
    const [first] = chart.readings;
    const at = data.positions[data.lines[first?.line ?? ""]?.at ?? -1];
    if (at === void 0 || at.length === 0) return "";
    const i = nearest(at, x);
    const values = chart.readings.flatMap(({ line, label }) => {
      const found = data.lines[line];
      const value = found?.values[i] ?? null;
      if (found === void 0 || value === null) return [];
      const least = found.at_least?.includes(i) === true ? "\u2265 " : "";
      return [
        `${label} ${least}${writeValue(found.unit, value)}`
      ];
    });
    const where = at[i];
    const heads = {
      nines: writeNines,
      time: (at2) => writeElapsed(Math.round(at2)),
      runs: runOf(data)
    };
    const head = heads[chart.x](where);
    return values.length === 0 ? "" : [
      head,
      ...values
    ].join(" \xB7 ");
  }
  var runOf = ({ runs = [] }) => (at) => runs[at] ?? "";
  var Cursor = class _Cursor {
    #data;
    #id;
    #clock;
    #figure;
    #plot;
    #line = elementOf("i", "cursor");
    #lit = elementOf("i", "lit");
    #brush = elementOf("i", "brush");
    #output;
    #text;
    #from_px = null;
    /** Of charts that are not over time. */
    #at = null;
    constructor(data, id, clock, figure, plot) {
      [this.#data, this.#id, this.#clock, this.#figure, this.#plot] = [
        data,
        id,
        clock,
        figure,
        plot
      ];
      this.#output = figure.querySelector("output");
      this.#text = this.#output?.textContent ?? "";
      for (const part of [
        this.#line,
        this.#lit,
        this.#brush
      ]) part.hidden = true;
      plot.append(this.#lit, this.#brush, this.#line);
      plot.addEventListener("pointermove", (event) => this.#moved(event));
      plot.addEventListener("pointerleave", () => this.#point(null));
      plot.addEventListener("blur", () => this.#point(null));
      plot.addEventListener("keydown", (event) => this.#pressed(event));
      if (this.#shared) clock.listen(() => this.#show());
      if (this.#chart?.x !== "time") return;
      plot.addEventListener("pointerdown", (event) => this.#began(event));
      plot.addEventListener("pointerup", (event) => this.#ended(event));
      plot.addEventListener("pointercancel", () => this.#forget());
      plot.addEventListener("dblclick", () => clock.show(null));
    }
    /** Connects the chart with an id, where the page has it. */
    static of(data, id, clock) {
      const figure = byId(id);
      const plot = figure?.querySelector(".plot") ?? null;
      if (figure === null || plot === null || data.charts[id] === void 0) return null;
      return new _Cursor(data, id, clock, figure, plot);
    }
    /** The chart has other values: shows them where the cursor stands, or its figure in the head. */
    renew() {
      this.#text = this.#chart?.figure ?? "";
      this.#show();
    }
    /** As it is now: that of a run under way changes. */
    get #chart() {
      return this.#data.charts[this.#id];
    }
    /** Whether its cursor is that of all other charts. */
    get #shared() {
      return this.#chart?.x !== "nines";
    }
    get #window() {
      if (this.#shared) return this.#clock.window;
      const { max = 1 } = this.#chart?.option.xAxis;
      return [
        0,
        max
      ];
    }
    /** Pixels of the axis, from its left end. */
    get #width() {
      return Math.max(1, this.#plot.clientWidth - PLOT.left - PLOT.right);
    }
    #xOf(at) {
      const [from, to] = this.#window;
      return PLOT.left + Math.min(1, Math.max(0, (at - from) / (to - from))) * this.#width;
    }
    #atOf(event) {
      const [from, to] = this.#window;
      const px = event.clientX - this.#plot.getBoundingClientRect().left - PLOT.left;
      return from + Math.min(1, Math.max(0, px / this.#width)) * (to - from);
    }
    #point(at) {
      if (this.#shared) return this.#clock.point(at);
      this.#at = at;
      this.#show();
    }
    #moved(event) {
      this.#point(this.#atOf(event));
      if (this.#from_px === null) return;
      const [a, b] = this.#sides(event);
      place(this.#brush, a, b);
    }
    #sides(event) {
      const px = event.clientX - this.#plot.getBoundingClientRect().left;
      const inside = Math.min(PLOT.left + this.#width, Math.max(PLOT.left, px));
      const from = this.#from_px ?? inside;
      return [
        Math.min(from, inside),
        Math.max(from, inside)
      ];
    }
    #began(event) {
      if (event.button !== 0 || event.pointerType === "touch") return;
      this.#plot.setPointerCapture(event.pointerId);
      this.#from_px = null;
      this.#from_px = this.#sides(event)[0];
    }
    #ended(event) {
      if (this.#from_px === null) return;
      const [a, b] = this.#sides(event);
      this.#forget();
      if (b - a < LEAST_BRUSH_PX) return;
      const [from, to] = this.#window;
      const at = (px) => from + (px - PLOT.left) / this.#width * (to - from);
      this.#clock.show([
        at(a),
        at(b)
      ]);
    }
    #forget() {
      this.#from_px = null;
      this.#brush.hidden = true;
    }
    #pressed(event) {
      const [from, to] = this.#window;
      const now = (this.#shared ? this.#clock.at : this.#at) ?? from;
      const step = this.#chart?.x === "runs" ? 1 : (to - from) / (event.shiftKey ? 10 : 100);
      const time = this.#chart?.x === "time";
      const actions = {
        ArrowLeft: () => this.#point(Math.max(from, now - step)),
        ArrowRight: () => this.#point(Math.min(to, now + step)),
        Home: () => this.#point(from),
        End: () => this.#point(to),
        ...time && {
          "+": () => this.#clock.zoom(0.5),
          "-": () => this.#clock.zoom(2)
        },
        ...time && {
          Escape: () => this.#clock.show(null)
        }
      };
      const action = actions[event.key];
      if (action === void 0 || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      action();
    }
    #show() {
      const chart = this.#chart;
      const time = this.#shared;
      const at = time ? this.#clock.at : this.#at;
      const text = at === null || chart === void 0 ? "" : readingOf(this.#data, chart, at);
      this.#figure.classList.toggle("on", text !== "");
      if (this.#output !== null) this.#output.textContent = text === "" ? this.#text : text;
      this.#line.hidden = at === null;
      if (at !== null) this.#line.style.left = `${this.#xOf(at)}px`;
      const lit = time ? this.#clock.lit : null;
      this.#lit.hidden = lit === null;
      if (lit !== null) place(this.#lit, this.#xOf(lit[0]), Math.max(this.#xOf(lit[1]), this.#xOf(lit[0]) + 3));
    }
  };
  function place(part, from_px, to_px) {
    part.hidden = false;
    part.style.left = `${from_px}px`;
    part.style.width = `${to_px - from_px}px`;
  }

  // download.ts
  function prepareDownloads(data) {
    const name = `june_load_${data.run.scenario}_${data.run.started_at}`.replace(/[^\w-]+/g, "_").slice(0, 80);
    offer("save-json", `${name}.json`, "application/json", () => `${JSON.stringify(data)}
`);
    offer("save-csv", `${name}.csv`, "text/csv", () => csvOf(data));
  }
  function offer(id, name, type, make) {
    const button = byId(id);
    if (button === null) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const link = elementOf("a");
      link.href = URL.createObjectURL(new Blob([
        make()
      ], {
        type
      }));
      link.download = name;
      browser.document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(link.href), 1e4);
    });
  }

  // ../../charts/marks.ts
  var LEAST_SHARE = 1 / 500;
  function markAreas(marks, span_s) {
    return marks.filter((mark) => isArea(mark, span_s)).map(({ color, from_s, to_s }) => [
      {
        xAxis: from_s,
        itemStyle: {
          color: `$${color}`,
          opacity: 0.13
        }
      },
      {
        xAxis: to_s ?? from_s
      }
    ]);
  }
  function markLines(marks, span_s) {
    return marks.filter((mark) => !isArea(mark, span_s)).map(({ name, color, from_s }) => ({
      name,
      xAxis: from_s,
      lineStyle: {
        color: `$${color}`,
        type: [
          2,
          2
        ],
        width: 1
      },
      label: {
        show: false
      }
    }));
  }
  var isArea = ({ from_s, to_s }, span_s) => to_s !== null && to_s - from_s >= LEAST_SHARE * span_s;

  // shapes.ts
  function bandShape(low, high) {
    const pieces = [
      []
    ];
    low.forEach(([x, value], i) => {
      const upper = high[i]?.[1] ?? null;
      if (value === null || upper === null) pieces.push([]);
      else pieces.at(-1)?.push([
        x,
        value,
        upper
      ]);
    });
    return (_, api) => ({
      type: "group",
      children: pieces.filter((piece) => piece.length > 1).map((piece) => ({
        type: "polygon",
        shape: {
          points: [
            ...piece.map(([x, , upper]) => api.coord([
              x,
              upper
            ])),
            ...piece.map(([x, lower]) => api.coord([
              x,
              lower
            ])).reverse()
          ]
        },
        style: {
          fill: api.visual("color"),
          opacity: 0.22
        }
      }))
    });
  }
  function cellShape(_, api) {
    const [left, bottom] = api.coord([
      api.value(0),
      api.value(1)
    ]);
    const [right, top] = api.coord([
      api.value(2),
      api.value(3)
    ]);
    return {
      type: "rect",
      shape: {
        x: left,
        y: top,
        width: Math.max(0, right - left),
        height: Math.max(0, bottom - top)
      },
      style: {
        fill: api.visual("color"),
        opacity: api.value(4)
      }
    };
  }

  // formatters.ts
  var tickOf = (unit) => (value) => writeTick(unit, value);
  var FORMATTERS = {
    clock: writeElapsed,
    nines: writeNinesTick,
    log_axis: writeRowTick,
    duration_ms_axis: tickOf("duration_ms"),
    count_axis: tickOf("count"),
    rate_axis: tickOf("rate"),
    number_axis: tickOf("number"),
    percent_axis: tickOf("percent"),
    watt_axis: tickOf("watt"),
    bytes_axis: tickOf("bytes"),
    celsius_axis: tickOf("celsius"),
    megahertz_axis: tickOf("megahertz")
  };
  function withMarks({ x, option }, { marks, span_s }) {
    if (x !== "time" || marks.length === 0) return option;
    const quiet = {
      silent: true,
      symbol: "none"
    };
    const series = option.series.map((one) => one.name !== "frame" ? one : {
      ...one,
      markArea: {
        ...quiet,
        ...one.markArea,
        data: [
          ...one.markArea?.data ?? [],
          ...markAreas(marks, span_s)
        ]
      },
      markLine: {
        ...quiet,
        ...one.markLine,
        data: [
          ...one.markLine?.data ?? [],
          ...markLines(marks, span_s)
        ]
      }
    });
    return {
      ...option,
      series
    };
  }
  function optionOf(chart, data, colors) {
    const replaced = (value, key) => {
      if (Array.isArray(value)) return value.map((item) => replaced(item, key));
      if (typeof value === "object" && value !== null) {
        return Object.fromEntries(Object.entries(value).map(([name, item]) => [
          name,
          replaced(item, name)
        ]));
      }
      if (typeof value !== "string") return value;
      if (value.startsWith("$") && /color$|^fontFamily$/i.test(key)) return colors(value.slice(1));
      if (value.startsWith("#") && key === "data") return dataOf(data, value.slice(1));
      if (value.startsWith("@") && key === "formatter") return FORMATTERS[value.slice(1)];
      return value.startsWith("@") && key === "renderItem" ? shapeOf(data, value.slice(1)) : value;
    };
    return replaced(withMarks(chart, data), "");
  }
  function dataOf(data, name) {
    if (name.startsWith("cells:")) return cellsOf(data, name.slice(6));
    if (!name.startsWith("log:")) return pointsOf(data, name);
    return pointsOf(data, name.slice(4)).map(([x, ms]) => [
      x,
      ms === null ? null : rowOf(Math.max(ms, 1e-3))
    ]);
  }
  function cellsOf(data, name) {
    const found = data.cells[name];
    if (found === void 0) return [];
    const { cells, column_s, most } = found;
    return Array.from({
      length: cells.length / 3
    }, (_, i) => {
      const [column = 0, row = 0, calls = 0] = cells.slice(3 * i, 3 * i + 3);
      const from_s = column * column_s;
      return [
        from_s,
        row,
        from_s + column_s,
        row + 1,
        0.12 + 0.88 * Math.sqrt(calls / most)
      ];
    });
  }
  function shapeOf(data, text) {
    if (text === "cells") return cellShape;
    const [low = "", high = ""] = text.replace(/^band /, "").split("	");
    return bandShape(pointsOf(data, low), pointsOf(data, high));
  }

  // names.ts
  var NAME_PX = 14;
  var DISTANCE_PX = 5;
  function spread(positions, room, gap) {
    const order = positions.map((at, i) => ({
      at,
      i
    })).sort((a, b) => a.at - b.at || a.i - b.i);
    const groups = [];
    for (const one of order) {
      groups.push({
        from: one.at,
        members: [
          one
        ]
      });
      for (let last = groups.at(-1), before = groups.at(-2); last !== void 0 && before !== void 0; ) {
        if (before.from + before.members.length * gap <= last.from) break;
        const members = [
          ...before.members,
          ...last.members
        ];
        const middle = members.reduce((sum, { at }, place2) => sum + at - place2 * gap, 0) / members.length;
        groups.splice(-2, 2, {
          from: within(middle, members.length, room, gap),
          members
        });
        [before, last] = [
          groups.at(-2),
          groups.at(-1)
        ];
      }
    }
    const placed = [
      ...positions
    ];
    for (const { from, members } of groups) {
      const start2 = within(from, members.length, room, gap);
      members.forEach(({ i }, place2) => placed[i] = start2 + place2 * gap);
    }
    return placed;
  }
  function within(from, count, room, gap) {
    return Math.max(0, Math.min(from, room - (count - 1) * gap));
  }
  function endOf(points, from, to) {
    const at = points.findLastIndex(([x2, value2]) => value2 !== null && x2 <= to);
    const [x = 0, value = null] = points[at] ?? [];
    const [next = 0, after = null] = points[at + 1] ?? [];
    if (value === null || x < from && after === null) return null;
    if (after === null || next <= to) return {
      x,
      value
    };
    return {
      x: to,
      value: value + (after - value) * (to - x) / (next - x)
    };
  }
  function placeNames(chart, data, [from, to], width) {
    const { yAxis, grid } = chart.option;
    const height = chart.height - grid.top - grid.bottom;
    const ends = chart.names.flatMap(({ data: source, text, color }) => {
      const end = endOf(dataOf(data, source), from, to);
      if (end === null) return [];
      const share = (end.value - yAxis.min) / Math.max(Number.MIN_VALUE, yAxis.max - yAxis.min);
      const x = PLOT.left + (width - PLOT.left - PLOT.right) * (end.x - from) / Math.max(Number.MIN_VALUE, to - from);
      return [
        {
          text,
          color,
          x: x + DISTANCE_PX,
          y: height * (1 - Math.min(1, Math.max(0, share)))
        }
      ];
    });
    const placed = spread(ends.map(({ y }) => y), height, NAME_PX);
    return ends.map((end, i) => ({
      ...end,
      y: grid.top + (placed[i] ?? end.y)
    }));
  }
  function showNames(plot, names) {
    for (const old of plot.querySelectorAll(".name")) old.remove();
    for (const { text, color, x, y } of names) {
      const name = elementOf("span", "name", text);
      name.style.left = `${x}px`;
      name.style.top = `${y}px`;
      name.style.setProperty("color", `var(--${color})`);
      plot.append(name);
    }
  }

  // theme.ts
  var DARK = "(prefers-color-scheme: dark)";
  function isDark() {
    const root = browser.document.documentElement;
    if (root.classList.contains("on-paper")) return false;
    const { theme } = root.dataset;
    return theme === void 0 ? browser.matchMedia(DARK).matches : theme === "dark";
  }
  function colorsNow() {
    const root = browser.document.documentElement;
    const style = browser.getComputedStyle(root);
    const dark = isDark();
    return (name) => pick(style.getPropertyValue(`--${name}`).trim(), dark);
  }
  function pick(value, dark) {
    const [, light, other] = /^light-dark\(\s*([^,]+),\s*([^)]+)\)$/.exec(value) ?? [];
    return (dark ? other : light)?.trim() ?? value;
  }
  function switchTheme() {
    browser.document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  }
  function themeOf(search) {
    const theme = new URLSearchParams(search).get("theme");
    return theme === "light" || theme === "dark" ? theme : null;
  }
  function prepareTheme(changed) {
    const button = byId("theme");
    const told = themeOf(browser.location.search);
    if (told !== null) browser.document.documentElement.dataset.theme = told;
    else if (button !== null) button.hidden = false;
    button?.addEventListener("click", () => {
      switchTheme();
      changed();
    });
    browser.matchMedia(DARK).addEventListener("change", changed);
  }

  // draw.ts
  var PageCharts = class {
    #data;
    #clock;
    #drawn = /* @__PURE__ */ new Map();
    constructor(data, clock) {
      this.#data = data;
      this.#clock = clock;
      clock.listen((changed) => {
        if (changed === "window") {
          for (const id of this.#drawn.keys()) this.#window(id);
        }
      });
    }
    /** Draws every chart anew whose place can be seen, in the colours now in force. */
    drawAll() {
      const colors = colorsNow();
      for (const id of Object.keys(this.#data.charts)) this.#draw(id, colors);
    }
    /** Draws those whose place can be seen now, and could not before. */
    drawShown() {
      const colors = colorsNow();
      for (const id of Object.keys(this.#data.charts)) if (!this.#drawn.has(id)) this.#draw(id, colors);
    }
    /** Fits the charts to a changed window of the browser. */
    resize() {
      for (const [id, instance] of this.#drawn) {
        instance.resize();
        this.#names(id);
      }
    }
    /** Draws the lines anew that the data has now, and charts that it did not have before. */
    renew() {
      const colors = colorsNow();
      for (const [id, chart] of Object.entries(this.#data.charts)) {
        const instance = this.#drawn.get(id);
        if (instance === void 0) this.#draw(id, colors);
        else {
          instance.setOption(optionOf(chart, this.#data, colors));
          if (this.#clock.zoomed) this.#window(id);
          else this.#names(id);
        }
      }
    }
    /** Takes the charts off the page. */
    dispose() {
      for (const instance of this.#drawn.values()) instance.dispose();
      this.#drawn.clear();
    }
    #draw(id, colors) {
      const chart = this.#data.charts[id];
      const place2 = byId(id)?.querySelector(".draw") ?? null;
      this.#drawn.get(id)?.dispose();
      this.#drawn.delete(id);
      if (chart === void 0 || place2 === null) return;
      place2.style.height = `${chart.height}px`;
      if (place2.closest("details:not([open])") !== null || place2.clientWidth === 0) return;
      const instance = browser.echarts.init(place2, null, {
        renderer: "svg",
        height: chart.height
      });
      instance.setOption(optionOf(chart, this.#data, colors));
      this.#drawn.set(id, instance);
      if (this.#clock.zoomed) this.#window(id);
      else this.#names(id);
      instance.getZr().flush();
    }
    /** Shows the clock's window. */
    #window(id) {
      if (this.#data.charts[id]?.x === "time") {
        const [min, max] = this.#clock.window;
        const interval = labelInterval(max - min);
        const axisLabel = {
          showMinLabel: min % interval === 0,
          showMaxLabel: max % interval === 0
        };
        this.#drawn.get(id)?.setOption({
          xAxis: {
            min,
            max,
            interval,
            axisLabel
          }
        });
      }
      this.#names(id);
    }
    /** Writes the names of the lines beside their ends. */
    #names(id) {
      const chart = this.#data.charts[id];
      const plot = byId(id)?.querySelector(".plot") ?? null;
      if (chart === void 0 || plot === null) return;
      const { max = 1 } = chart.option.xAxis;
      const window = chart.x === "time" ? this.#clock.window : [
        0,
        max
      ];
      showNames(plot, placeNames(chart, this.#data, window, plot.clientWidth));
    }
  };

  // lanes.ts
  var MAX_LANES = 6;
  function prepareLanes(data, clock) {
    clock.listen((changed) => changed === "window" ? drawLanes(data, clock) : void 0);
    browser.addEventListener("resize", () => drawLanes(data, clock));
    drawLanes(data, clock);
  }
  function drawLanes({ marks, span_s }, clock) {
    const place2 = byId("lanes");
    if (place2 === null || place2.querySelector(":focus") !== null) return;
    const rows = rowsOfLanes(lanesOf(marks, span_s), clock.window, place2.clientWidth);
    place2.replaceChildren(...rows.map((row) => rowOf2(row, clock)));
  }
  function lanesOf(marks, span_s) {
    const lanes = [
      ...Map.groupBy(marks, ({ name }) => name)
    ].map(([name, list]) => ({
      name,
      color: list[0]?.color ?? "ink-3",
      parts: list.map(({ from_s, to_s }) => [
        from_s,
        Math.min(to_s ?? from_s, span_s)
      ])
    }));
    const length = ({ parts }) => parts.reduce((sum, [from, to]) => sum + to - from, 0);
    const longest = new Set(lanes.toSorted((a, b) => length(b) - length(a)).slice(0, MAX_LANES));
    const start2 = ({ parts }) => parts[0]?.[0] ?? 0;
    return lanes.filter((lane) => longest.has(lane)).sort((a, b) => start2(a) - start2(b));
  }
  var CHARACTER_PX = 6.4;
  var GAP_PX = 14;
  function rowsOfLanes(lanes, [from_s, to_s], width_px) {
    const share = (at) => Math.min(1, Math.max(0, (at - from_s) / (to_s - from_s)));
    const rows = [];
    for (const lane of lanes) {
      const bars = lane.parts.filter(([from2, to2]) => to2 >= from_s && from2 <= to_s).map(([from2, to2]) => [
        share(from2),
        share(to2)
      ]);
      if (bars.length === 0) continue;
      const [first, last] = [
        bars[0]?.[0] ?? 0,
        bars.at(-1)?.[1] ?? 0
      ];
      const words = (CHARACTER_PX * lane.name.length + GAP_PX) / Math.max(1, width_px);
      const right = first > 0.5;
      const [from, to] = right ? [
        Math.min(first, last - words),
        last
      ] : [
        first,
        Math.max(last, first + words)
      ];
      const row = rows.find((placed2) => placed2.every((one) => one.to <= from || one.from >= to));
      const placed = {
        ...lane,
        bars,
        right,
        from,
        to
      };
      if (row === void 0) rows.push([
        placed
      ]);
      else row.push(placed);
    }
    return rows;
  }
  function rowOf2(placed, clock) {
    return append(elementOf("div", "lane"), placed.map((one) => storyOf(one, clock)));
  }
  function storyOf({ name, color, parts, bars, right }, clock) {
    const story = elementOf("div", "");
    story.style.setProperty("--c", `var(--${color})`);
    const words = elementOf("button", "words", name);
    words.setAttribute("type", "button");
    words.setAttribute("title", name);
    if (right) words.style.setProperty("right", `${100 * (1 - (bars.at(-1)?.[1] ?? 1))}%`);
    else words.style.setProperty("left", `${100 * (bars[0]?.[0] ?? 0)}%`);
    const [longest] = parts.toSorted((a, b) => b[1] - b[0] - (a[1] - a[0]));
    if (longest !== void 0) connect(words, longest, clock);
    return append(story, [
      words,
      ...bars.map(([from, to]) => barOf(100 * from, 100 * to))
    ]);
  }
  function append(lane, parts) {
    lane.append(...parts);
    return lane;
  }
  function barOf(from, to) {
    const bar = elementOf("i", "");
    bar.style.left = `${from}%`;
    bar.style.width = `${to - from}%`;
    return bar;
  }
  function connect(words, [from, to], clock) {
    words.addEventListener("pointerenter", () => clock.light([
      from,
      to
    ]));
    words.addEventListener("focusin", () => clock.light([
      from,
      to
    ]));
    words.addEventListener("pointerleave", () => clock.light(null));
    words.addEventListener("focusout", () => clock.light(null));
    words.addEventListener("click", () => {
      clock.show(around(from, to, clock.span_s));
      browser.requestAnimationFrame(() => clock.light([
        from,
        to
      ]));
    });
  }

  // paper.ts
  function preparePrinting(clock, drawAll) {
    const { classList } = browser.document.documentElement;
    browser.addEventListener("beforeprint", () => {
      classList.add("on-paper");
      clock.point(null);
      clock.light(null);
      drawAll();
    });
    browser.addEventListener("afterprint", () => {
      classList.remove("on-paper");
      drawAll();
    });
  }

  // strip.ts
  var LEAST_GAP_PX = 18;
  function prepareFindings(data, clock) {
    const strip = byId("strip");
    const all = byId("show-all");
    all?.addEventListener("click", () => clock.show(null));
    const draw = () => {
      if (strip !== null) {
        strip.replaceChildren(...stageParts(data, clock.window), ...numberParts(data, clock.window, strip.clientWidth));
      }
      if (all !== null) all.hidden = !clock.zoomed;
    };
    clock.listen((changed) => changed === "window" ? draw() : void 0);
    draw();
    browser.addEventListener("resize", draw);
    for (const item of browser.document.querySelectorAll(".finds li")) connect2(item, data, clock);
    browser.addEventListener("hashchange", () => showNamed(data, clock));
    showNamed(data, clock);
  }
  function showNamed(data, clock) {
    const [, number] = /^#finding-(\d+)$/.exec(browser.location.hash) ?? [];
    const found = number === void 0 ? void 0 : data.findings[Number(number) - 1];
    if (found === void 0) return;
    const { from_s, to_s } = found;
    clock.show(around(from_s, to_s ?? from_s, data.span_s));
    clock.light([
      from_s,
      to_s ?? from_s
    ]);
    byId("charts")?.scrollIntoView({
      block: "start"
    });
  }
  function connect2(item, data, clock) {
    const found = data.findings[Number(item.id.replace("finding-", "")) - 1];
    if (found === void 0) return;
    const span = [
      found.from_s,
      found.to_s ?? found.from_s
    ];
    item.addEventListener("pointerenter", () => clock.light(span));
    item.addEventListener("focusin", () => clock.light(span));
    item.addEventListener("pointerleave", () => clock.light(null));
    item.addEventListener("focusout", () => clock.light(null));
    item.addEventListener("click", () => browser.requestAnimationFrame(() => showNamed(data, clock)));
  }
  var shareOf = (at, [from, to]) => 100 * Math.min(1, Math.max(0, (at - from) / (to - from)));
  function stageParts({ stages }, window) {
    return stages.filter(({ from_s, to_s }) => to_s > window[0] && from_s < window[1]).map((stage) => {
      const part = elementOf("span", stage.shaded ? "seg on" : "seg", elementOf("span", "", stage.name));
      const from = shareOf(stage.from_s, window);
      part.style.left = `${from}%`;
      part.style.width = `${shareOf(stage.to_s, window) - from}%`;
      return part;
    });
  }
  function numberParts({ findings }, window, width_px) {
    const gap = 100 * LEAST_GAP_PX / Math.max(LEAST_GAP_PX, width_px);
    let last = -Infinity;
    return findings.flatMap(({ from_s, to_s, tone }, i) => {
      const end = to_s ?? from_s;
      if (end < window[0] || from_s > window[1] || byId(`finding-${i + 1}`)?.closest("details") !== null) return [];
      const left = shareOf(from_s, window);
      const number = elementOf("a", `no ${tone}`, String(i + 1));
      number.href = `#finding-${i + 1}`;
      number.setAttribute("tabindex", "-1");
      const at = Math.max(left, last + gap);
      number.style.left = `${Math.min(at, 100)}%`;
      last = at;
      const parts = at > 100 ? [] : [
        number
      ];
      if (tone !== "fail" || to_s === null) return parts;
      const bar = elementOf("i", "bad");
      bar.style.left = `${left}%`;
      bar.style.width = `${Math.max(0.4, shareOf(end, window) - left)}%`;
      return [
        ...parts,
        bar
      ];
    });
  }

  // sort_key.ts
  var FACTORS = {
    "\xB5s": 1e-6,
    ms: 1e-3,
    s: 1,
    min: 60,
    h: 3600,
    B: 1,
    KiB: 1024,
    MiB: 1024 ** 2,
    GiB: 1024 ** 3,
    TiB: 1024 ** 4
  };
  function sortKeyOf(text) {
    const plain = text.replace(/^[≥≤~]\s*/, "").trim();
    if (plain === "" || plain === "\u2013") return null;
    const clock = /^(?:(\d+):)?(\d+):(\d\d)$/.exec(plain);
    if (clock !== null) return 3600 * Number(clock[1] ?? 0) + 60 * Number(clock[2]) + Number(clock[3]);
    const [, digits, unit, rest, smaller] = /^(-?[\d,]+(?:\.\d+)?)\s*([^\s\d]*)(?:\s*([\d.]+)\s*(\S+))?/.exec(plain) ?? [];
    if (digits === void 0) return plain.toLowerCase();
    const value = Number(digits.replaceAll(",", "")) * (FACTORS[unit ?? ""] ?? 1);
    return rest === void 0 ? value : value + Number(rest) * (FACTORS[smaller ?? ""] ?? 0);
  }

  // tables.ts
  var LEAST_FILTERED = 8;
  function prepareTables() {
    for (const table of browser.document.querySelectorAll("table.ops")) prepare(table);
  }
  function prepare(table) {
    const heads = headsOf(table);
    const rows = rowsOf(table);
    for (const row of rows) {
      [
        ...row.children
      ].forEach((cell, i) => cell.setAttribute("data-l", heads[i] ?? ""));
    }
    if (rows.length < 2) return;
    const cells = [
      ...table.querySelectorAll("thead tr:last-child th")
    ];
    cells.forEach((head, column) => makeSortable(table, cells, head, column));
    table.parentElement?.parentElement?.insertBefore(toolsOf(table, heads, rows), table.parentElement);
  }
  function headsOf(table) {
    const groups = [
      ...table.querySelectorAll("thead tr.groups > *")
    ].flatMap((cell) => Array(Number(cell.getAttribute("colspan") ?? 1)).fill(textOf(cell)));
    return [
      ...table.querySelectorAll("thead tr:last-child th")
    ].map((head, i) => [
      groups[i] ?? "",
      textOf(head)
    ].filter((text) => text !== "").join(" "));
  }
  var textOf = (element) => (element.textContent ?? "").trim();
  var rowsOf = (table) => [
    ...table.querySelectorAll("tbody tr")
  ];
  function figureOf(cell) {
    if (cell === void 0) return "";
    const small = [
      ...cell.querySelectorAll("small")
    ].map(textOf).join("");
    const text = textOf(cell);
    return (small !== "" && text.endsWith(small) ? text.slice(0, -small.length) : text).trim();
  }
  function makeSortable(table, heads, head, column) {
    const text = textOf(head);
    if (text === "") return;
    const button = elementOf("button", "", text);
    button.setAttribute("type", "button");
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") !== "descending";
      for (const one of heads) one.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      sort(table, column, down);
    });
  }
  function sort(table, column, down) {
    const keyed = rowsOf(table).map((row, at) => ({
      row,
      at,
      last: row.classList.contains("total") || row.classList.contains("apart"),
      key: sortKeyOf(figureOf([
        ...row.children
      ][column]))
    }));
    keyed.sort((a, b) => {
      if (a.last !== b.last) return a.last ? 1 : -1;
      if (a.last) return a.at - b.at;
      if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null) || a.at - b.at;
      const order = typeof a.key === "number" && typeof b.key === "number" ? a.key - b.key : String(a.key).localeCompare(String(b.key));
      return (down ? -order : order) || a.at - b.at;
    });
    table.querySelector("tbody")?.replaceChildren(...keyed.map(({ row }) => row));
  }
  function toolsOf(table, heads, rows) {
    const copy = elementOf("button", "tool", "Copy as CSV");
    copy.setAttribute("type", "button");
    copy.addEventListener("click", () => void copyTable(table, heads, copy));
    const tools = elementOf("div", "tools");
    if (rows.length >= LEAST_FILTERED) tools.append(filterOf(table));
    tools.append(copy);
    return tools;
  }
  function filterOf(table) {
    const filter = elementOf("input", "find");
    filter.setAttribute("type", "search");
    filter.setAttribute("placeholder", "Filter");
    filter.setAttribute("aria-label", "Filter the rows of this table");
    filter.addEventListener("input", () => {
      const wanted = filter.value.trim().toLowerCase();
      for (const row of rowsOf(table)) row.hidden = wanted !== "" && !textOf(row).toLowerCase().includes(wanted);
    });
    return filter;
  }
  async function copyTable(table, heads, button) {
    const rows = rowsOf(table).filter(({ hidden }) => !hidden).map((row) => [
      ...row.children
    ].map((cell) => figureOf(cell).replace(/(\d),(?=\d{3})/g, "$1")));
    button.textContent = await copyText(csvText([
      heads,
      ...rows
    ])) ? "Copied" : "Cannot copy here";
  }
  async function copyText(text) {
    const { document, navigator } = browser;
    try {
      if (navigator.clipboard !== void 0) {
        await navigator.clipboard.writeText(text);
        return true;
      }
    } catch {
    }
    const area = elementOf("textarea", "skip");
    document.body.append(area);
    area.value = text;
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }

  // main.ts
  async function start() {
    prepareTables();
    prepareSearch();
    const data = await unpackData(byId("data")?.textContent ?? "");
    const clock = new Clock(data.span_s);
    const charts = new PageCharts(data, clock);
    for (const id of Object.keys(data.charts)) Cursor.of(data, id, clock);
    for (const fold of browser.document.querySelectorAll("details")) {
      fold.addEventListener("toggle", () => charts.drawShown());
    }
    browser.addEventListener("resize", () => charts.resize());
    prepareTheme(() => charts.drawAll());
    preparePrinting(clock, () => charts.drawAll());
    charts.drawAll();
    prepareFindings(data, clock);
    prepareLanes(data, clock);
    prepareContents();
    prepareDownloads(data);
    browser.document.documentElement.dataset.ready = "";
  }
  void start();
})();
