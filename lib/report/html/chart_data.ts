/** Everything the page's script draws and hands out, as one JSON document: each line once, compressed. */
import { gzipSync } from "node:zlib";
import type { Run } from "../../result/run.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import { spanOf } from "../charts/axis.ts";
import type { CellData, Chart, LineData, Unit, Value } from "../charts/chart.ts";
import { kindCharts } from "../charts/kind_charts.ts";
import { connectionCharts, loadPanels } from "../charts/load_charts.ts";
import { busyPanels, machinePanels } from "../charts/machine_charts.ts";
import { type StageSpan, stageSpans } from "../charts/marks.ts";
import { panelChart } from "../charts/panels.ts";
import { type NamedChart, percentilesChart, responseCharts } from "../charts/response_charts.ts";
import { heatChart, percentileChart } from "../charts/tail_charts.ts";
import { type Row, rowsOf, toMs } from "../figures/figures.ts";
import { findingsOf } from "./findings/findings.ts";

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
  /** Length of the axis of time; seconds. */
  span_s: number;
  stages: StageSpan[];
  findings: Array<{ from_s: number; to_s: number | null; tone: string; text: string }>;
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

/** Where the charts of the page stand, in the order in which they are drawn. */
export interface ChartPlaces {
  /** What callers felt. */
  callers: string[];
  /** What the system did. */
  system: string[];
  connections: string[];
  machines: string[];
  /** By operation: every call and by percentile, then the others. */
  operations: Map<string, { wide: string[]; small: string[] }>;
}

/** More operations have rows of the table alone. */
const MAX_DETAILS = 60;

/** Whether an operation has a part of the page of its own. */
export function hasDetails(run: Run, operation: string): boolean {
  const at = run.operations.indexOf(operation);
  return run.slots.length > 0 && at >= 0 && at < MAX_DETAILS;
}

/** The data of a run's page, and the places of its charts. */
export function pageData(
  run: Run,
  verdict: Verdict,
  rows: readonly Row[] = rowsOf(run).operations,
): { data: PageData; places: ChartPlaces } {
  const store = new Store();
  const measured = run.slots.length > 0;
  const callers = measured ? store.add(responseCharts(run)) : [];
  const system = measured ? store.add(lastLabelled(run, [...loadPanels(run), ...busyPanels(run)])) : [];
  const connections = measured ? store.add(connectionCharts(run)) : [];
  const machines = measured ? store.add(machinePanels(run).map(([id, panel]) => [id, panelChart(run, panel)])) : [];
  const details = run.operations.filter((operation) => hasDetails(run, operation));
  const operations = new Map(details.map((operation, i) => [operation, operationPlaces(run, operation, i, store)]));
  const { told, rest } = findingsOf(run);
  const data: PageData = {
    run: {
      tool: run.header.tool,
      scenario: run.plan.scenario,
      started_at: run.header.started_at,
      status: verdict.status,
      sentence: verdict.sentence,
    },
    objectives: verdict.rules.map(({ threshold, passed, observed, observed_text }) => ({
      objective: threshold.source,
      passed,
      observed,
      observed_text,
    })),
    operations: rows.map(figuresOf),
    span_s: spanOf(run),
    stages: stageSpans(run),
    findings: [...told, ...rest].map(({ from_s, to_s, tone, text }) => ({ from_s, to_s, tone, text })),
    ...store.content(),
  };
  return { data, places: { callers, system, connections, machines, operations } };
}

function figuresOf({ name, calls, rate_per_s, total, values }: Row): OperationFigures {
  const times = values.histogram("response_time");
  const at = (percentile: number) => times.count === 0 ? null : toMs(times.percentile(percentile));
  return {
    operation: name,
    calls,
    ok_per_s: Number(rate_per_s.toPrecision(6)),
    failed: total.outcomes.failed + total.outcomes.timed_out,
    p50_ms: at(50),
    p95_ms: at(95),
    p99_ms: at(99),
    max_ms: times.count === 0 ? null : toMs(times.max),
  };
}

/** The last chart of a column has the labels of the axis of time. */
function lastLabelled(run: Run, panels: ReturnType<typeof loadPanels>): NamedChart[] {
  return panels.map(([id, panel], i) => [id, panelChart(run, { ...panel, labelled: i === panels.length - 1 })]);
}

function operationPlaces(run: Run, operation: string, at: number, store: Store) {
  const named = (list: ReadonlyArray<readonly [string, Chart | null]>): NamedChart[] =>
    list.flatMap(([id, chart]) => chart === null ? [] : [[`operation-${at}-${id}`, chart] as const]);
  return {
    wide: store.add(named([["calls", heatChart(run, operation)], ["percentile", percentileChart(run, operation)]])),
    small: store.add(named([["times", percentilesChart(run, operation)], ...kindCharts(run, operation)])),
  };
}

/** Collects charts; lines and positions that several share are kept once. */
class Store {
  readonly #positions: Array<readonly number[]> = [];
  readonly #known = new Map<string, number>();
  readonly #lines: Record<string, StoredLine> = {};
  readonly #cells: Record<string, CellData> = {};
  readonly #charts: Record<string, PageChart> = {};

  /** Takes charts, and returns their places. */
  add(charts: readonly NamedChart[]): string[] {
    return charts.map(([id, { lines, cells, ...chart }]) => {
      for (const [name, line] of Object.entries(lines)) this.#lines[name] ??= this.#stored(line);
      Object.assign(this.#cells, cells);
      this.#charts[id] = chart;
      return id;
    });
  }

  #stored({ at, ...line }: LineData): StoredLine {
    const key = at.join(" ");
    const found = this.#known.get(key) ?? this.#positions.push(at) - 1;
    this.#known.set(key, found);
    return { ...line, at: found };
  }

  /** All that was taken. */
  content(): Pick<PageData, "positions" | "lines" | "cells" | "charts"> {
    return { positions: this.#positions, lines: this.#lines, cells: this.#cells, charts: this.#charts };
  }
}

/** The data as it stands in the page: gzip in base64. */
export function packData(data: PageData): string {
  return gzipSync(JSON.stringify(data), { level: 6 }).toString("base64");
}
