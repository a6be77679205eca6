/** The shape of the data that the pages hold and their script reads. */
import type { CellData, Chart, Unit, Value } from "../charts/chart.ts";
import type { PageMark, StageSpan } from "../charts/marks.ts";

/** A line as the page keeps it: positions are an entry of `positions`. */
export interface StoredLine {
  unit: Unit;
  at: number;
  values: readonly Value[];
  at_least?: readonly number[];
}

/** A chart without its lines, which the page keeps apart. */
export type PageChart = Omit<Chart, "lines" | "cells">;

/** The page's data. */
export interface PageData {
  /** Who made it, of what, and what came of it: for those who take the data along. */
  run: { tool: string; scenario: string; started_at: string; status: string; sentence: string };
  objectives: Array<{ objective: string; passed: boolean; observed: number | null; observed_text: string }>;
  operations: OperationFigures[];
  /** Length of the axis of time; seconds. Of a history: its last run. */
  span_s: number;
  /** What stands at whole positions of a history: its runs. */
  runs?: readonly string[];
  stages: StageSpan[];
  findings: Array<{ from_s: number; to_s: number | null; tone: string; text: string }>;
  /** On every chart over time; all of one story together. */
  marks: PageMark[];
  /** Lists of positions: seconds of the run, or nines of a percentile. */
  positions: Array<readonly number[]>;
  lines: Record<string, StoredLine>;
  cells: Record<string, CellData>;
  /** By the id of the element they are drawn in. */
  charts: Record<string, PageChart>;
}

/** The figures of an operation, warm-up left out. */
export interface OperationFigures {
  operation: string;
  calls: number;
  ok_per_s: number;
  failed: number;
  /** Response time; milliseconds. */
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
  max_ms: number | null;
}
