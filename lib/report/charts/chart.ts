/**
 * A chart as the page's script reads it: an ECharts option that is JSON. `$name` under a key that ends in `color` (or is
 * `fontFamily`) refers to the page's CSS variable of that name, `@name` under `formatter` and `renderItem` to a function of
 * the page's script, and `#name` under `data` to a line of the page's data, which holds each line once. So the page can
 * redraw a chart in another theme, and for paper.
 */
import type { EChartsOption } from "echarts";

/** The format of values on axes and in readings. */
export type Unit = "duration_ms" | "count" | "rate" | "number" | "percent" | "watt" | "bytes" | "celsius" | "megahertz";

/** Names that stand for formatters of the page's script, without their `@`. */
export type Formatter = "clock" | "nines" | "log_axis" | `${Unit}_axis`;

/** What stands for a formatter of the page's script in an option. */
export function formatter(name: Formatter): `@${Formatter}` {
  return `@${name}`;
}

/** A value; null leaves a gap. */
export type Value = number | null;

/** Values of one thing over positions: seconds of the run, or nines of a percentile. */
export interface LineData {
  unit: Unit;
  /** Rising. Lines of one chart usually share one list. */
  at: readonly number[];
  values: readonly Value[];
  /** Indexes of values whose true size is this or more: calls timed out. */
  at_least?: readonly number[];
}

/** One line of a chart. */
export interface Line extends Omit<LineData, "unit" | "at"> {
  /** Unique on the page. */
  name: string;
  /** What stands at its end and in readings; short. */
  label: string;
  /** CSS variable without dashes. */
  color: string;
  width: number;
  /** Of a third run: runs differ by form. */
  dashed?: boolean;
  /** Filled to the axis beside its line. */
  area?: boolean;
  /** Drawn in dots: what is planned, not what was measured. */
  dotted?: boolean;
  /** Positions of its own, in place of the panel's. */
  at?: readonly number[];
  /** No name at its end: readings alone name it. */
  unnamed?: boolean;
  /** Drawn in the colour of limits where it is above the panel's. */
  judged?: boolean;
}

/** Cells of a heat map. */
export interface CellData {
  /** Seconds that a column covers. */
  column_s: number;
  /** Column, row (see `rowOf`) and calls of each cell, one after the other. */
  cells: readonly number[];
  /** The most calls in a cell. */
  most: number;
}

/** Room around the plot: the same in all charts, so that their axes align; pixels. */
export const PLOT = { left: 56, right: 78, top: 15, bottom: 7, labelled_bottom: 24 } as const;

/** A chart of the page. */
export interface Chart {
  /** What it shows, and in grey what of it. */
  title: string;
  note: string;
  /** The figure at the right of its head; empty for none. */
  figure: string;
  /** Whether that figure is past its limit. */
  over: boolean;
  /** CSS variable of the operation's colour; empty for none. */
  color: string;
  /** Height of the plot with its axis; pixels. */
  height: number;
  /** Description for screen readers. */
  description: string;
  /** The horizontal axis. */
  x: "time" | "nines" | "runs";
  option: EChartsOption;
  /** What stands at the ends of lines: `data` is a line's data in the option, without its `#`. */
  names: ReadonlyArray<{ data: string; text: string; color: string }>;
  /** The lines that a reading at the cursor names, by their name in the data, with their short names. */
  readings: ReadonlyArray<{ line: string; label: string }>;
  /** What `#name` refers to. */
  lines: Readonly<Record<string, LineData>>;
  cells?: Readonly<Record<string, CellData>>;
}

/** Text on charts. */
export const TEXT = { color: "$ink-3", fontFamily: "$font", fontSize: 11.5 } as const;
