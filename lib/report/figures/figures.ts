/** The figures that every form of the report shows, computed in one place so that all forms agree. */
import type { Histogram } from "../../measure/histogram.ts";
import type { OutcomeCounts } from "../../measure/interval.ts";
import { endedCalls, type Series } from "../../measure/series.ts";
import type { ServicePlan } from "../../plan/plan.ts";
import type { Run, Selection } from "../../result/run.ts";
import { valuesOf } from "../../verdict/ramps.ts";

/** One operation's calls, or all of them. */
export interface Row {
  /** The operation, or `Aggregated`. */
  name: string;
  /** Locust's word for the way of calling; empty for all calls together. */
  type: string;
  total: Series;
  /** Those whose values count: without ramps, where a plan has stages beside. */
  values: Series;
  /** Ended calls, any outcome. */
  calls: number;
  /** This row's part of all calls, 0 to 1. */
  share: number;
  /** Ok calls per second. */
  rate_per_s: number;
}

/** Name of the row over all operations, as Locust has it. */
export const AGGREGATED = "Aggregated";

const TYPES: Record<ServicePlan["protocol"], string> = {
  june: "gRPC",
  triton: "gRPC",
  riva: "gRPC",
  grpc: "gRPC",
  openai: "HTTP",
  rest: "HTTP",
  websocket: "WebSocket",
};

/** Locust's Type (or Method) of an operation; empty for one whose service the plan does not name. */
export function typeOf(run: Run, operation: string): string {
  const task = run.plan.tasks.find((one) => one.operation === operation);
  const service = run.plan.services.find(({ name }) => name === task?.services[0]);
  return service === undefined ? "" : TYPES[service.protocol];
}

/** Operations called or planned: a table must also show one that was never called. */
export function operationsOf(run: Run): string[] {
  const planned = run.plan.tasks.map((task) => task.operation);
  return [...new Set([...run.operations, ...planned])];
}

/** A row for each operation and a last one for all of them, warm-up left out unless a stage is named. */
export function rowsOf(run: Run, stage?: string): { operations: Row[]; all: Row } {
  const all = rowOfAll(run, stage);
  return { operations: operationsOf(run).map((name) => rowFor(run, name, all.calls, stage)), all };
}

/** The row of all operations together. */
export function rowOfAll(run: Run, stage?: string): Row {
  return makeRow(run, AGGREGATED, "", stage === undefined ? {} : { stage }, null);
}

/** The row of one operation, of so many calls in all. */
function rowFor(run: Run, name: string, all: number, stage?: string): Row {
  return makeRow(run, name, typeOf(run, name), { ...(stage === undefined ? {} : { stage }), operations: name }, all);
}

function makeRow(run: Run, name: string, type: string, selection: Selection, all: number | null): Row {
  const total = run.total(selection);
  const calls = endedCalls(total.outcomes);
  const of = all ?? calls;
  const values = valuesOf(run, selection);
  return {
    name,
    type,
    total,
    values: values === selection ? total : run.total(values),
    calls,
    share: of === 0 ? 0 : calls / of,
    rate_per_s: run.throughput(selection),
  };
}

/** The calls of a row. */
export function selectionOf({ name }: Row, stage?: string): Selection {
  return {
    ...(name === AGGREGATED ? {} : { operations: name }),
    ...(stage === undefined ? {} : { stage }),
  };
}

/** Failed and timed-out calls. */
export function errorsOf(outcomes: OutcomeCounts): number {
  return outcomes.failed + outcomes.timed_out;
}

/** Microseconds as milliseconds, to the microsecond. */
export function toMs(us: number): number {
  return Math.round(us) / 1000;
}

/** `P95`, `P99.9`. */
export function percentileName(percentile: number): string {
  return `P${percentile}`;
}

/** A percentile in milliseconds, or null when nothing was recorded. */
export function percentileMs(histogram: Histogram, percentile: number): number | null {
  return histogram.count === 0 ? null : toMs(histogram.percentile(percentile));
}

/** `2026-11-23 14:00:00 UTC`, from an ISO instant in UTC. */
export function instantText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
