/** The cursor of a chart: a reading in its head in place of a tooltip, a brush to zoom, and the same by the keyboard. */
import { PLOT } from "../../charts/chart.ts";
import type { PageChart, PageData } from "../chart_data.ts";
import { byId, elementOf, type PageElement, type PageEvent } from "./browser.ts";
import type { Clock, Span } from "./clock.ts";
import { nearest } from "./data.ts";
import { writeElapsed, writeNines, writeValue } from "./values.ts";

/** A brush narrower than this is a click; pixels. */
const LEAST_BRUSH_PX = 5;

/** What the lines of a chart are at a position: `1:45 · P95 2.66 s · P50 1.10 s`; empty where none has a value. */
export function readingOf(data: PageData, chart: PageChart, x: number): string {
  const [first] = chart.readings;
  const at = data.positions[data.lines[first?.line ?? ""]?.at ?? -1];
  if (at === undefined || at.length === 0) return "";
  const i = nearest(at, x);
  const values = chart.readings.flatMap(({ line, label }) => {
    const found = data.lines[line];
    const value = found?.values[i] ?? null;
    if (found === undefined || value === null) return [];
    const least = found.at_least?.includes(i) === true ? "≥ " : "";
    return [`${label} ${least}${writeValue(found.unit, value)}`];
  });
  const where = at[i] as number;
  const heads = { nines: writeNines, time: (at: number) => writeElapsed(Math.round(at)), runs: runOf(data) };
  const head = heads[chart.x](where);
  return values.length === 0 ? "" : [head, ...values].join(" · ");
}

/** Names the run of a history at a position. */
const runOf = ({ runs = [] }: PageData) => (at: number): string => runs[at] ?? "";

/** Connects a chart on the page with the clock. */
export class Cursor {
  readonly #data: PageData;
  readonly #id: string;
  readonly #clock: Clock;
  readonly #figure: PageElement;
  readonly #plot: PageElement;
  readonly #line = elementOf("i", "cursor");
  readonly #lit = elementOf("i", "lit");
  readonly #brush = elementOf("i", "brush");
  readonly #output: PageElement | null;
  #text: string;
  #from_px: number | null = null;
  /** Of charts that are not over time. */
  #at: number | null = null;

  private constructor(data: PageData, id: string, clock: Clock, figure: PageElement, plot: PageElement) {
    [this.#data, this.#id, this.#clock, this.#figure, this.#plot] = [data, id, clock, figure, plot];
    this.#output = figure.querySelector("output");
    this.#text = this.#output?.textContent ?? "";
    for (const part of [this.#line, this.#lit, this.#brush]) part.hidden = true;
    plot.append(this.#lit, this.#brush, this.#line);
    plot.addEventListener("pointermove", (event) => this.#moved(event));
    plot.addEventListener("pointerleave", () => this.#point(null));
    plot.addEventListener("blur", () => this.#point(null));
    plot.addEventListener("keydown", (event) => this.#pressed(event));
    // The cursor is one for all but percentiles; a history is not zoomed.
    if (this.#shared) clock.listen(() => this.#show());
    if (this.#chart?.x !== "time") return;
    plot.addEventListener("pointerdown", (event) => this.#began(event));
    plot.addEventListener("pointerup", (event) => this.#ended(event));
    plot.addEventListener("pointercancel", () => this.#forget());
    plot.addEventListener("dblclick", () => clock.show(null));
  }

  /** Connects the chart with an id, where the page has it. */
  static of(data: PageData, id: string, clock: Clock): Cursor | null {
    const figure = byId(id);
    const plot = figure?.querySelector(".plot") ?? null;
    if (figure === null || plot === null || data.charts[id] === undefined) return null;
    return new Cursor(data, id, clock, figure, plot);
  }

  /** The chart has other values: shows them where the cursor stands, or its figure in the head. */
  renew(): void {
    this.#text = this.#chart?.figure ?? "";
    this.#show();
  }

  /** As it is now: that of a run under way changes. */
  get #chart(): PageChart | undefined {
    return this.#data.charts[this.#id];
  }

  /** Whether its cursor is that of all other charts. */
  get #shared(): boolean {
    return this.#chart?.x !== "nines";
  }

  get #window(): Span {
    if (this.#shared) return this.#clock.window;
    const { max = 1 } = this.#chart?.option.xAxis as { max?: number };
    return [0, max];
  }

  /** Pixels of the axis, from its left end. */
  get #width(): number {
    return Math.max(1, this.#plot.clientWidth - PLOT.left - PLOT.right);
  }

  #xOf(at: number): number {
    const [from, to] = this.#window;
    return PLOT.left + Math.min(1, Math.max(0, (at - from) / (to - from))) * this.#width;
  }

  #atOf(event: PageEvent): number {
    const [from, to] = this.#window;
    const px = event.clientX - this.#plot.getBoundingClientRect().left - PLOT.left;
    return from + Math.min(1, Math.max(0, px / this.#width)) * (to - from);
  }

  #point(at: number | null): void {
    if (this.#shared) return this.#clock.point(at);
    this.#at = at;
    this.#show();
  }

  #moved(event: PageEvent): void {
    this.#point(this.#atOf(event));
    if (this.#from_px === null) return;
    const [a, b] = this.#sides(event);
    place(this.#brush, a, b);
  }

  #sides(event: PageEvent): [number, number] {
    const px = event.clientX - this.#plot.getBoundingClientRect().left;
    const inside = Math.min(PLOT.left + this.#width, Math.max(PLOT.left, px));
    const from = this.#from_px ?? inside;
    return [Math.min(from, inside), Math.max(from, inside)];
  }

  #began(event: PageEvent): void {
    // A finger that moves scrolls the page.
    if (event.button !== 0 || event.pointerType === "touch") return;
    this.#plot.setPointerCapture(event.pointerId);
    this.#from_px = null;
    this.#from_px = this.#sides(event)[0];
  }

  #ended(event: PageEvent): void {
    if (this.#from_px === null) return;
    const [a, b] = this.#sides(event);
    this.#forget();
    if (b - a < LEAST_BRUSH_PX) return;
    const [from, to] = this.#window;
    const at = (px: number) => from + (px - PLOT.left) / this.#width * (to - from);
    this.#clock.show([at(a), at(b)]);
  }

  #forget(): void {
    this.#from_px = null;
    this.#brush.hidden = true;
  }

  #pressed(event: PageEvent): void {
    const [from, to] = this.#window;
    const now = (this.#shared ? this.#clock.at : this.#at) ?? from;
    const step = this.#chart?.x === "runs" ? 1 : (to - from) / (event.shiftKey ? 10 : 100);
    const time = this.#chart?.x === "time";
    const actions: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.#point(Math.max(from, now - step)),
      ArrowRight: () => this.#point(Math.min(to, now + step)),
      Home: () => this.#point(from),
      End: () => this.#point(to),
      ...(time && { "+": () => this.#clock.zoom(0.5), "-": () => this.#clock.zoom(2) }),
      ...(time && { Escape: () => this.#clock.show(null) }),
    };
    const action = actions[event.key];
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  }

  #show(): void {
    const chart = this.#chart;
    const time = this.#shared;
    const at = time ? this.#clock.at : this.#at;
    const text = at === null || chart === undefined ? "" : readingOf(this.#data, chart, at);
    this.#figure.classList.toggle("on", text !== "");
    if (this.#output !== null) this.#output.textContent = text === "" ? this.#text : text;
    this.#line.hidden = at === null;
    if (at !== null) this.#line.style.left = `${this.#xOf(at)}px`;
    const lit = time ? this.#clock.lit : null;
    this.#lit.hidden = lit === null;
    if (lit !== null) place(this.#lit, this.#xOf(lit[0]), Math.max(this.#xOf(lit[1]), this.#xOf(lit[0]) + 3));
  }
}

function place(part: PageElement, from_px: number, to_px: number): void {
  part.hidden = false;
  part.style.left = `${from_px}px`;
  part.style.width = `${to_px - from_px}px`;
}
