/** Lanes under the stages: each story that the charts mark, in words over its stretches. */
import type { PageMark } from "../../charts/marks.ts";
import type { PageData } from "../chart_data.ts";
import { browser, byId, elementOf, type PageElement } from "./browser.ts";
import { around, type Clock, type Span } from "./clock.ts";

/** More lanes would push the charts away; the longest stay. */
const MAX_LANES = 6;

/** Draws the lanes whenever what is shown changes. */
export function prepareLanes(data: PageData, clock: Clock): void {
  clock.listen((changed) => changed === "window" ? drawLanes(data, clock) : undefined);
  browser.addEventListener("resize", () => drawLanes(data, clock));
  drawLanes(data, clock);
}

/** Draws the lanes of what the clock shows, where the page has a place for them. */
export function drawLanes({ marks, span_s }: PageData, clock: Clock): void {
  const place = byId("lanes");
  // Who is in the middle of choosing one keeps it.
  if (place === null || place.querySelector(":focus") !== null) return;
  const rows = rowsOfLanes(lanesOf(marks, span_s), clock.window, place.clientWidth);
  place.replaceChildren(...rows.map((row) => rowOf(row, clock)));
}

/** A story with its stretches, rising. */
export interface Lane {
  name: string;
  color: string;
  parts: Span[];
}

/**
 * The lanes of a run: the stories that took longest, in the order in which they began.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const mark = (name: string, from_s: number, to_s: number | null) => ({ name, color: "gpu", from_s, to_s });
 * const lanes = lanesOf([mark("b", 5, 9), mark("a", 1, null), mark("b", 20, 21)], 60);
 * assert.deepEqual(lanes.map(({ name, parts }) => [name, parts]), [["a", [[1, 1]]], ["b", [[5, 9], [20, 21]]]]);
 * ```
 */
export function lanesOf(marks: readonly PageMark[], span_s: number): Lane[] {
  const lanes = [...Map.groupBy(marks, ({ name }) => name)].map(([name, list]): Lane => ({
    name,
    color: list[0]?.color ?? "ink-3",
    parts: list.map(({ from_s, to_s }): Span => [from_s, Math.min(to_s ?? from_s, span_s)]),
  }));
  const length = ({ parts }: Lane) => parts.reduce((sum, [from, to]) => sum + to - from, 0);
  const longest = new Set(lanes.toSorted((a, b) => length(b) - length(a)).slice(0, MAX_LANES));
  const start = ({ parts }: Lane) => parts[0]?.[0] ?? 0;
  return lanes.filter((lane) => longest.has(lane)).sort((a, b) => start(a) - start(b));
}

/** Where a story stands in a row: its stretches, then its words; shares of the row from 0 to 1. */
interface Placed extends Lane {
  bars: Array<readonly [from: number, to: number]>;
  /** Words begin where their first stretch does, and end where the last one does in the right half. */
  right: boolean;
  from: number;
  to: number;
}

/** Pixels of a character of the words, about; wider ones make rows meet that would not have to. */
const CHARACTER_PX = 6.4;
/** Words of two stories in a row stand this far apart; pixels. */
const GAP_PX = 14;

/** Stories in as few rows as hold them: those that do not meet share one. */
export function rowsOfLanes(lanes: readonly Lane[], [from_s, to_s]: Span, width_px: number): Placed[][] {
  const share = (at: number) => Math.min(1, Math.max(0, (at - from_s) / (to_s - from_s)));
  const rows: Placed[][] = [];
  for (const lane of lanes) {
    const bars = lane.parts.filter(([from, to]) => to >= from_s && from <= to_s)
      .map(([from, to]) => [share(from), share(to)] as const);
    if (bars.length === 0) continue;
    const [first, last] = [bars[0]?.[0] ?? 0, bars.at(-1)?.[1] ?? 0];
    const words = (CHARACTER_PX * lane.name.length + GAP_PX) / Math.max(1, width_px);
    const right = first > 0.5;
    const [from, to] = right ? [Math.min(first, last - words), last] : [first, Math.max(last, first + words)];
    const row = rows.find((placed) => placed.every((one) => one.to <= from || one.from >= to));
    const placed = { ...lane, bars, right, from, to };
    if (row === undefined) rows.push([placed]);
    else row.push(placed);
  }
  return rows;
}

function rowOf(placed: readonly Placed[], clock: Clock): PageElement {
  return append(elementOf("div", "lane"), placed.map((one) => storyOf(one, clock)));
}

function storyOf({ name, color, parts, bars, right }: Placed, clock: Clock): PageElement {
  const story = elementOf("div", "");
  story.style.setProperty("--c", `var(--${color})`);
  const words = elementOf("button", "words", name);
  words.setAttribute("type", "button");
  words.setAttribute("title", name);
  if (right) words.style.setProperty("right", `${100 * (1 - (bars.at(-1)?.[1] ?? 1))}%`);
  else words.style.setProperty("left", `${100 * (bars[0]?.[0] ?? 0)}%`);
  const [longest] = parts.toSorted((a, b) => (b[1] - b[0]) - (a[1] - a[0]));
  if (longest !== undefined) connect(words, longest, clock);
  return append(story, [words, ...bars.map(([from, to]) => barOf(100 * from, 100 * to))]);
}

function append(lane: PageElement, parts: readonly PageElement[]): PageElement {
  lane.append(...parts);
  return lane;
}

function barOf(from: number, to: number): PageElement {
  const bar = elementOf("i", "");
  bar.style.left = `${from}%`;
  bar.style.width = `${to - from}%`;
  return bar;
}

function connect(words: PageElement, [from, to]: Span, clock: Clock): void {
  words.addEventListener("pointerenter", () => clock.light([from, to]));
  words.addEventListener("focusin", () => clock.light([from, to]));
  words.addEventListener("pointerleave", () => clock.light(null));
  words.addEventListener("focusout", () => clock.light(null));
  words.addEventListener("click", () => {
    clock.show(around(from, to, clock.span_s));
    browser.requestAnimationFrame(() => clock.light([from, to]));
  });
}
