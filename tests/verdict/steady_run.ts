/** Made-up runs of one operation, second by second, at an open load. The figures are invented; nothing is measured. */
import { noGenerator } from "../../lib/measure/generator.ts";
import { Series } from "../../lib/measure/series.ts";
import type { LoadSegment, OpenLoad, Plan } from "../../lib/plan/plan.ts";
import type { IntervalRecord } from "../../lib/result/record.ts";
import { Run } from "../../lib/result/run.ts";
import { makeHeader, makePlan } from "../result/make_run.ts";

/** A stage with its target in arrivals per second: one number, or from and to of a ramp. */
export interface Stretch {
  name: string;
  seconds: number;
  target: number | [from: number, to: number];
  warm_up?: boolean;
}

/** A plan whose one open load follows `stretches`. */
export function stretchPlan(stretches: readonly Stretch[], change: Partial<Plan> = {}): Plan {
  let at_ms = 0;
  const stages: Plan["stages"] = [];
  const courses: LoadSegment[] = [];
  for (const { name, seconds, target, warm_up = false } of stretches) {
    const [from, to] = typeof target === "number" ? [target, target] : target;
    const span = { start_ms: at_ms, end_ms: at_ms += seconds * 1000 };
    stages.push({ name, load: 0, ...span, warm_up });
    courses.push({ kind: "linear", ...span, from, to });
  }
  const load: OpenLoad = {
    kind: "open",
    name: "load",
    courses,
    spacing: "poisson",
    max_in_flight: 100,
    max_wait_ms: 0,
  };
  return makePlan({ stages, loads: [load], duration_ms: at_ms, ...change });
}

/** What ended in a second. */
export interface Second {
  latencies_us: number[];
  failed?: number;
  in_flight?: number;
  /** Anything else. */
  also?: (series: Series) => void;
  /** Latencies of another operation, `tts.synthesize`. */
  others_us?: number[];
}

/** A run of `plan` in which `second` says what ended in each. */
export function runOf(plan: Plan, second: (index: number) => Second, seconds = plan.duration_ms / 1000): Run {
  const run = new Run(makeHeader(plan));
  for (let index = 0; index < seconds; index++) {
    const { latencies_us, failed = 0, in_flight = 1, also, others_us } = second(index);
    const stage = plan.stages.findIndex(({ start_ms, end_ms }) => index * 1000 >= start_ms && index * 1000 < end_ms);
    const series = seriesOf(latencies_us, failed);
    also?.(series);
    const others = others_us ? [seriesOf(others_us, 0).toData("tts.synthesize", Math.max(0, stage))] : [];
    const record: IntervalRecord = {
      type: "interval",
      index,
      series: [series.toData("llm.chat", Math.max(0, stage)), ...others],
      failures: [],
      users: 1,
      in_flight,
      connections: [],
      generator: noGenerator(),
      turns: [],
    };
    run.add(record);
  }
  run.add({ type: "end", t_ms: seconds * 1000, reason: "completed", text: "", unaccounted: 0 });
  return run;
}

function seriesOf(latencies_us: readonly number[], failed: number): Series {
  const series = new Series();
  series.issued = latencies_us.length + failed;
  series.outcomes.ok = latencies_us.length;
  series.outcomes.failed = failed;
  for (const latency_us of latencies_us) series.histogram("latency").record(latency_us);
  return series;
}
