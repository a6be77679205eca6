/** Runs made to order for tests of the verdict; the figures are invented. */
import { noGenerator } from "../../lib/measure/generator.ts";
import { Histogram } from "../../lib/measure/histogram.ts";
import type { GeneratorData, IntervalData } from "../../lib/measure/interval.ts";
import { Series } from "../../lib/measure/series.ts";
import type { LoadPlan, Plan } from "../../lib/plan/plan.ts";
import { Run } from "../../lib/result/run.ts";
import { makeHeader, makePlan } from "../result/make_run.ts";

/** Fifty arrivals a second. */
export const OPEN: LoadPlan = {
  kind: "open",
  name: "load",
  courses: [{ kind: "linear", start_ms: 0, end_ms: 60_000, from: 50, to: 50 }],
  spacing: "constant",
  max_in_flight: 100,
  max_wait_ms: 1000,
};

/** What to make. */
export interface Order {
  plan?: Partial<Plan>;
  seconds?: number;
  /** Fills what one operation measured in one second; null: nothing. Default: one ok call of 100 ms. */
  calls?: (operation: string, second: number) => Series | null;
  generator?: (second: number) => Partial<GeneratorData>;
  interval?: (second: number) => Partial<IntervalData>;
  /** Left open: the run still goes on. */
  open?: boolean;
}

/** A run of whole seconds. */
export function madeRun(order: Order = {}): Run {
  const { seconds = 60, calls = () => okCalls(1, 100_000) } = order;
  const plan = makePlan({ thresholds: [], ...order.plan });
  const run = new Run(makeHeader(plan));
  for (let index = 0; index < seconds; index++) {
    const stage = Math.max(0, plan.stages.findIndex((s) => index * 1000 >= s.start_ms && index * 1000 < s.end_ms));
    const series = plan.tasks.flatMap(({ operation }) => calls(operation, index)?.toData(operation, stage) ?? []);
    run.add({
      type: "interval",
      index,
      series,
      failures: [],
      users: 20,
      in_flight: 0,
      connections: plan.services.map(({ name }) => ({
        service: name,
        connections: 1,
        streams_in_flight: 0,
        waiting: 0,
        reconnects_total: 0,
        moves_total: 0,
      })),
      generator: { ...noGenerator(), ...order.generator?.(index) },
      turns: [],
      ...order.interval?.(index),
    });
  }
  if (order.open !== true) {
    run.add({ type: "end", t_ms: seconds * 1000, reason: "completed", text: "", unaccounted: run.open_calls });
  }
  return run;
}

/** Calls that all took the same time; `also` adds to what was measured of them. */
export function okCalls(count: number, latency_us: number, also: (series: Series) => void = () => {}): Series {
  const series = new Series();
  series.issued = series.outcomes.ok = count;
  for (let i = 0; i < count; i++) {
    series.histogram("latency").record(latency_us);
    series.histogram("service_time").record(latency_us);
    series.histogram("start_delay").record(100);
  }
  also(series);
  return series;
}

/** A number of equal values as histogram data. */
export function lags(count: number, lag_us: number): GeneratorData["start_lag"] {
  const histogram = new Histogram();
  for (let i = 0; i < count; i++) histogram.record(lag_us);
  return histogram.toData();
}
