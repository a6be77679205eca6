/** Names at the ends of lines: each beside its line, and none over another. */
import { PLOT } from "../../charts/chart.ts";
import type { PageChart, PageData } from "../chart_data.ts";
import { elementOf, type PageElement } from "./browser.ts";
import type { Span } from "./clock.ts";
import { dataOf } from "./formatters.ts";

/** Height of a name; pixels. */
const NAME_PX = 14;
/** From the end of a line to its name; pixels. */
const DISTANCE_PX = 5;

/**
 * Moves positions apart until neighbours are `gap` away from each other, as little as needed, and within 0 to `room` where
 * they fit there.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(spread([50, 50, 10], 100, 14), [43, 57, 10]);
 * assert.deepEqual(spread([99, 100], 100, 14), [86, 100]);
 * ```
 */
export function spread(positions: readonly number[], room: number, gap: number): number[] {
  const order = positions.map((at, i) => ({ at, i })).sort((a, b) => a.at - b.at || a.i - b.i);
  // Groups of names that touch; each stands around the middle of where its members want to be.
  const groups: Array<{ from: number; members: typeof order }> = [];
  for (const one of order) {
    groups.push({ from: one.at, members: [one] });
    for (let last = groups.at(-1), before = groups.at(-2); last !== undefined && before !== undefined;) {
      if (before.from + before.members.length * gap <= last.from) break;
      const members = [...before.members, ...last.members];
      const middle = members.reduce((sum, { at }, place) => sum + at - place * gap, 0) / members.length;
      groups.splice(-2, 2, { from: within(middle, members.length, room, gap), members });
      [before, last] = [groups.at(-2), groups.at(-1)];
    }
  }
  const placed = [...positions];
  for (const { from, members } of groups) {
    const start = within(from, members.length, room, gap);
    members.forEach(({ i }, place) => placed[i] = start + place * gap);
  }
  return placed;
}

function within(from: number, count: number, room: number, gap: number): number {
  return Math.max(0, Math.min(from, room - (count - 1) * gap));
}

/** Where a line ends in a window: cut off between two values, or at its last; null where it has none there. */
function endOf(points: ReadonlyArray<readonly [number, number | null]>, from: number, to: number) {
  const at = points.findLastIndex(([x, value]) => value !== null && x <= to);
  const [x = 0, value = null] = points[at] ?? [];
  const [next = 0, after = null] = points[at + 1] ?? [];
  if (value === null || (x < from && after === null)) return null;
  if (after === null || next <= to) return { x, value };
  return { x: to, value: value + (after - value) * (to - x) / (next - x) };
}

/** A name where it stands; pixels from the top left of the chart. */
export interface PlacedName {
  text: string;
  color: string;
  x: number;
  y: number;
}

/** The names of a chart's lines, each beside the end of its line in the window `from` to `to`. */
export function placeNames(chart: PageChart, data: PageData, [from, to]: Span, width: number): PlacedName[] {
  const { yAxis, grid } = chart.option as {
    yAxis: { min: number; max: number };
    grid: { top: number; bottom: number };
  };
  const height = chart.height - grid.top - grid.bottom;
  const ends = chart.names.flatMap(({ data: source, text, color }) => {
    const end = endOf(dataOf(data, source) as Array<[number, number | null]>, from, to);
    if (end === null) return [];
    const share = (end.value - yAxis.min) / Math.max(Number.MIN_VALUE, yAxis.max - yAxis.min);
    const x = PLOT.left + (width - PLOT.left - PLOT.right) * (end.x - from) / Math.max(Number.MIN_VALUE, to - from);
    return [{ text, color, x: x + DISTANCE_PX, y: height * (1 - Math.min(1, Math.max(0, share))) }];
  });
  const placed = spread(ends.map(({ y }) => y), height, NAME_PX);
  return ends.map((end, i) => ({ ...end, y: grid.top + (placed[i] ?? end.y) }));
}

/** Writes them over a chart. */
export function showNames(plot: PageElement, names: readonly PlacedName[]): void {
  for (const old of plot.querySelectorAll(".name")) old.remove();
  for (const { text, color, x, y } of names) {
    const name = elementOf("span", "name", text);
    name.style.left = `${x}px`;
    name.style.top = `${y}px`;
    name.style.setProperty("color", `var(--${color})`);
    plot.append(name);
  }
}
