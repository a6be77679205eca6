/** Tooltips, built as elements: a name from outside can never be markup. */
import type { PageChart } from "../chart_data.ts";
import { browser, type PageElement } from "./browser.ts";
import { writeElapsed, writeNines, writeValue } from "./values.ts";

/** A point that a tooltip is asked for. */
export interface TooltipPoint {
  seriesName: string;
  value?: readonly [x: number, y: number | null, sure?: "at_least"];
}

/** A cell of the heat map that a tooltip is asked for. */
export interface TooltipCell {
  /** The column's category: seconds. */
  name: string;
  value: readonly [column: number, row: number, shade: number, calls: number];
}

/** The values of all lines at one place; empty where no line has one. */
export function lineTooltip(chart: PageChart, points: readonly TooltipPoint[]): PageElement | "" {
  const rows = points.flatMap(({ seriesName, value }): Array<[string, string]> => {
    const y = value?.[1] ?? null;
    if (y === null) return [];
    const text = writeValue(chart.units[seriesName] ?? "count", y);
    return [[seriesName, value?.[2] === "at_least" ? `≥ ${text}` : text]];
  });
  const x = points.find(({ value }) => (value?.[1] ?? null) !== null)?.value?.[0];
  if (x === undefined) return "";
  return tooltipOf(chart.x === "nines" ? writeNines(x) : writeElapsed(x), rows);
}

/** When, how slow, and how many calls. */
export function cellTooltip({ option }: PageChart, { name, value: [, row, , calls] }: TooltipCell): PageElement {
  const { data: rows } = option.yAxis as { data: readonly number[] };
  const low = rows[row] ?? NaN;
  return tooltipOf(writeElapsed(name), [
    low === 0 ? ["response time", "below 0"] : ["response time from", writeValue("duration_ms", low)],
    ["calls", writeValue("count", calls)],
  ]);
}

function tooltipOf(head: string, rows: ReadonlyArray<readonly [name: string, value: string]>): PageElement {
  const tip = elementOf("div", elementOf("b", head));
  tip.className = "tip";
  tip.append(...rows.map(([name, value]) => elementOf("div", elementOf("span", name), elementOf("span", value))));
  return tip;
}

function elementOf(tag: string, ...content: readonly [string] | readonly PageElement[]): PageElement {
  const element = browser.document.createElement(tag);
  for (const part of content) {
    if (typeof part === "string") element.textContent = part;
    else element.append(part);
  }
  return element;
}
