/** The charts on the page: drawing, redrawing, and the choice of an operation. */
import type { ChartData, PageChart } from "../chart_data.ts";
import { browser, type Instance } from "./browser.ts";
import { optionOf } from "./formatters.ts";

/** Room for a chart on paper, which is narrower than most windows; pixels. */
const PAPER_PX = 660;
/** The charts that share a cursor. */
const TIME_GROUP = "time";
/** The chart that follows the choice of an operation. */
const RESPONSE_CHART = "response-chart";

/** Draws the charts of the page's data into their places. */
export class PageCharts {
  readonly #data: ChartData;
  readonly #drawn = new Map<string, Instance>();
  /** The operation whose response time is shown in detail; empty for each of them. */
  #operation: string;

  constructor(data: ChartData, operation: string) {
    this.#data = data;
    this.#operation = operation;
  }

  /** Draws every chart anew, in the colours now in force. */
  drawAll(): void {
    for (const id of Object.keys(this.#data.charts)) this.#draw(id);
    browser.echarts.connect(TIME_GROUP);
  }

  /** Shows one operation's response time in detail; empty for that of each operation. */
  choose(operation: string): void {
    this.#operation = operation;
    this.#draw(RESPONSE_CHART);
  }

  /** Fits the charts to a changed window. */
  resize(): void {
    for (const instance of this.#drawn.values()) instance.resize();
  }

  #draw(id: string): void {
    const chart = this.#chartOf(id);
    const place = browser.document.getElementById(id);
    if (chart === undefined || place === null) return;
    this.#drawn.get(id)?.dispose();
    place.style.height = `${chart.height}px`;
    const root = browser.document.documentElement;
    const onPaper = root.classList.contains("on-paper");
    const width = onPaper ? { width: Math.min(PAPER_PX, place.clientWidth) } : {};
    const instance = browser.echarts.init(place, null, { renderer: "canvas", ...width });
    instance.setOption(optionOf(chart, browser.getComputedStyle(root)));
    // Drawn at once: paper does not wait for the next frame.
    instance.getZr().flush();
    if (chart.group !== undefined) instance.group = chart.group;
    this.#drawn.set(id, instance);
  }

  /** A chart; that of the response times for the chosen operation. */
  #chartOf(id: string): PageChart | undefined {
    const chosen = id === RESPONSE_CHART ? this.#data.variants[this.#operation] : undefined;
    return chosen ?? this.#data.charts[id];
  }
}
