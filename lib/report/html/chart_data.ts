/** Everything the page's script draws and hands out, as one JSON document: each line once, compressed. */
import type { Run } from "../../result/run.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import { spanOf } from "../charts/axis.ts";
import type { Chart } from "../charts/chart.ts";
import { kindCharts } from "../charts/kind_charts.ts";
import { connectionCharts, loadPanels } from "../charts/load_charts.ts";
import { busyPanels, machinePanels } from "../charts/machine_charts.ts";
import { stageSpans } from "../charts/marks.ts";
import { pageMarks } from "../charts/run_marks.ts";
import { panelChart } from "../charts/panels.ts";
import { type NamedChart, percentilesChart, responseCharts } from "../charts/response_charts.ts";
import { heatChart, percentileChart } from "../charts/tail_charts.ts";
import { type Row, rowsOf, toMs } from "../figures/figures.ts";
import { ChartStore } from "./chart_store.ts";
import type { OperationFigures, PageData } from "./page_data.ts";
import { findingsOf } from "./findings/findings.ts";

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

export type { OperationFigures, PageChart, PageData, StoredLine } from "./page_data.ts";

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
  const store = new ChartStore();
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
    marks: pageMarks(run),
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

function operationPlaces(run: Run, operation: string, at: number, store: ChartStore) {
  const named = (list: ReadonlyArray<readonly [string, Chart | null]>): NamedChart[] =>
    list.flatMap(([id, chart]) => chart === null ? [] : [[`operation-${at}-${id}`, chart] as const]);
  return {
    wide: store.add(named([["calls", heatChart(run, operation)], ["percentile", percentileChart(run, operation)]])),
    small: store.add(named([["times", percentilesChart(run, operation)], ...kindCharts(run, operation)])),
  };
}
