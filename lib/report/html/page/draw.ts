/** The charts on the page: drawing, redrawing, and their window of time. */
import { labelInterval } from "../../charts/axis.ts";
import type { PageData } from "../chart_data.ts";
import { browser, byId, type Instance } from "./browser.ts";
import type { Clock } from "./clock.ts";
import { optionOf } from "./formatters.ts";
import { placeNames, showNames } from "./names.ts";
import { colorsNow } from "./theme.ts";

/** Draws the charts of the page's data into their places. */
export class PageCharts {
  readonly #data: PageData;
  readonly #clock: Clock;
  readonly #drawn = new Map<string, Instance>();

  constructor(data: PageData, clock: Clock) {
    this.#data = data;
    this.#clock = clock;
    clock.listen((changed) => {
      if (changed === "window") { for (const id of this.#drawn.keys()) this.#window(id); }
    });
  }

  /** Draws every chart anew whose place can be seen, in the colours now in force. */
  drawAll(): void {
    const colors = colorsNow();
    for (const id of Object.keys(this.#data.charts)) this.#draw(id, colors);
  }

  /** Draws those whose place can be seen now, and could not before. */
  drawShown(): void {
    const colors = colorsNow();
    for (const id of Object.keys(this.#data.charts)) if (!this.#drawn.has(id)) this.#draw(id, colors);
  }

  /** Fits the charts to a changed window of the browser. */
  resize(): void {
    for (const [id, instance] of this.#drawn) {
      instance.resize();
      this.#names(id);
    }
  }

  /** Draws the lines anew that the data has now, and charts that it did not have before. */
  renew(): void {
    const colors = colorsNow();
    for (const [id, chart] of Object.entries(this.#data.charts)) {
      const instance = this.#drawn.get(id);
      if (instance === undefined) this.#draw(id, colors);
      else {
        instance.setOption(optionOf(chart, this.#data, colors));
        if (this.#clock.zoomed) this.#window(id);
        else this.#names(id);
      }
    }
  }

  /** Takes the charts off the page. */
  dispose(): void {
    for (const instance of this.#drawn.values()) instance.dispose();
    this.#drawn.clear();
  }

  #draw(id: string, colors: (name: string) => string): void {
    const chart = this.#data.charts[id];
    const place = byId(id)?.querySelector(".draw") ?? null;
    this.#drawn.get(id)?.dispose();
    this.#drawn.delete(id);
    if (chart === undefined || place === null) return;
    place.style.height = `${chart.height}px`;
    // Inside something folded: drawn when it is opened. Its width says nothing: browsers lay out what is folded when asked.
    if (place.closest("details:not([open])") !== null || place.clientWidth === 0) return;
    const instance = browser.echarts.init(place, null, { renderer: "svg", height: chart.height });
    instance.setOption(optionOf(chart, this.#data, colors));
    this.#drawn.set(id, instance);
    if (this.#clock.zoomed) this.#window(id);
    else this.#names(id);
    // Drawn at once: paper does not wait for the next frame.
    instance.getZr().flush();
  }

  /** Shows the clock's window. */
  #window(id: string): void {
    if (this.#data.charts[id]?.x === "time") {
      const [min, max] = this.#clock.window;
      const interval = labelInterval(max - min);
      const axisLabel = { showMinLabel: min % interval === 0, showMaxLabel: max % interval === 0 };
      this.#drawn.get(id)?.setOption({ xAxis: { min, max, interval, axisLabel } });
    }
    this.#names(id);
  }

  /** Writes the names of the lines beside their ends. */
  #names(id: string): void {
    const chart = this.#data.charts[id];
    const plot = byId(id)?.querySelector(".plot") ?? null;
    if (chart === undefined || plot === null) return;
    const { max = 1 } = chart.option.xAxis as { max?: number };
    const window = chart.x === "time" ? this.#clock.window : [0, max] as const;
    showNames(plot, placeNames(chart, this.#data, window, plot.clientWidth));
  }
}
