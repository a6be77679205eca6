/** A saved plan. Fields that came after the first plans of this format may be absent: `currentPlan` adds them. */
import { type TSchema, Type } from "typebox";
import type {
  ClosedLoad,
  DuetPlan,
  LoadSegment,
  Objective,
  OpenLoad,
  OutputPlan,
  Plan,
  ProcessPlan,
  RemotePlan,
  ResourcePlan,
  Stage,
  TaskPlan,
  ThinkTime,
} from "../../plan/plan.ts";
import type { MetricsPagePlan } from "../../plan/metrics_page.ts";
import { OUTPUT_FORMATS } from "../../plan/plan.ts";
import { TASKS } from "../../plan/tasks.ts";
import {
  DISTRIBUTION_NAMES,
  type DistributionMeasure,
  DRIFT_SUBJECTS,
  type Figure,
  FIGURES,
  type Measure,
  RESOURCE_NAMES,
  type Threshold,
} from "../../plan/threshold/threshold.ts";
import {
  amount,
  flag,
  instant,
  length,
  list,
  map,
  maybe,
  name,
  oneOf,
  only,
  orNull,
  place,
  signed,
  text,
  whole,
  word,
} from "./fields.ts";
import { auth, inputFile, service, tls } from "./service_shape.ts";

type Segment<K extends string> = Extract<LoadSegment, { kind: K }>;
type Pause<K extends string> = Extract<ThinkTime, { kind: K }>;

const span = { start_ms: length, end_ms: length };
const courses = list(
  oneOf(
    map<Segment<"linear">>({ kind: only("linear"), ...span, from: amount, to: amount }),
    map<Segment<"sine">>({
      kind: only("sine"),
      ...span,
      mean: amount,
      amplitude: amount,
      period_ms: length,
      phase_ms: maybe(length),
    }),
    map<Segment<"replay">>({ kind: only("replay"), ...span, file: inputFile, arrivals: whole, skip_ms: maybe(length) }),
  ),
  2000,
);
const thinkTime = oneOf(
  map<Pause<"constant">>({ kind: only("constant"), value_ms: length }),
  map<Pause<"uniform">>({ kind: only("uniform"), min_ms: length, max_ms: length }),
  map<Pause<"exponential">>({ kind: only("exponential"), mean_ms: length }),
  map<Pause<"lognormal">>({ kind: only("lognormal"), median_ms: length, sigma: amount }),
  map<Pause<"pacing">>({ kind: only("pacing"), every_ms: length }),
);
const load = oneOf(
  map<ClosedLoad>({
    kind: only("closed"),
    name: text,
    courses,
    users: amount,
    think_time: thinkTime,
    start: maybe(word(["staggered", "at_once"])),
    after_failure_ms: maybe(length),
  }),
  map<OpenLoad>({
    kind: only("open"),
    name: text,
    courses,
    spacing: word(["constant", "poisson"]),
    max_in_flight: amount,
    max_wait_ms: length,
  }),
);

const stage = map<Stage>({ name, load: place, ...span, warm_up: flag, ramp: maybe(flag) });
const task = map<TaskPlan>({
  name: word(Object.keys(TASKS)),
  operation: name,
  services: list(name, 10, 1),
  load: place,
  weight: amount,
});

type Own<K extends string> = Extract<Measure, { kind: K }>;
const distribution = word(DISTRIBUTION_NAMES);
const EXTREMES = ["mean", "min", "max"] as const;
const measure = oneOf(
  map<Extract<DistributionMeasure, { kind: "percentile" }>>({
    kind: only("percentile"),
    percentile: Type.Number({ exclusiveMinimum: 0, maximum: 100 }),
    of: distribution,
  }),
  map<Extract<DistributionMeasure, { kind: typeof EXTREMES[number] }>>({ kind: word(EXTREMES), of: distribution }),
  map<{ kind: Figure }>({ kind: word(Object.keys(FIGURES)) }),
  map<Own<"resource">>({
    kind: only("resource"),
    shape: word(EXTREMES),
    of: word(RESOURCE_NAMES),
    device: maybe(name),
  }),
  // Drift was once asked of latency.
  map<Own<"drift">>({ kind: only("drift"), of: word([...DRIFT_SUBJECTS, "latency"]), process: maybe(name) }),
);
const threshold = map<Threshold>({
  source: text,
  measure,
  operations: orNull(name),
  stage: orNull(name),
  comparison: word(["<", "<=", ">", ">="]),
  limit: signed,
  level: word(["fail", "warn", "abort"]),
  abort_after_ms: maybe(instant),
});
const objective = map<Objective>({ operations: orNull(name), of: distribution, limit: signed });

const output = map<OutputPlan>({
  dir: text,
  formats: list(word(OUTPUT_FORMATS), 10),
  include_charts: flag,
  comparison_baseline: orNull(text),
});

const watched = map<ProcessPlan>({
  name,
  by: oneOf(
    map<{ kind: "pid"; pid: number }>({ kind: only("pid"), pid: whole }),
    map<{ kind: "name"; name: string }>({ kind: only("name"), name: text }),
    map<{ kind: "port"; port: number }>({ kind: only("port"), port: whole }),
    map<{ kind: "cgroup"; path: string }>({ kind: only("cgroup"), path: text }),
    map<{ kind: "container"; name: string }>({ kind: only("container"), name }),
  ),
});

const sampled = {
  cpu: flag,
  memory: flag,
  gpu: flag,
  gpus: maybe(list(name, 64)),
  processes: maybe(list(watched, 16)),
};

const page = map<MetricsPagePlan>({
  name,
  address: text,
  path: text,
  tls,
  headers: list(map<MetricsPagePlan["headers"][number]>({ key: text, value: text }), 100),
  auth: maybe(auth),
  via: maybe(list(text, 64, 1)),
  preset: maybe(name),
  series: maybe(list(name, 100)),
  interval_ms: length,
  timeout_ms: length,
});

/** The whole plan, as it is saved. */
export const plan: TSchema = map<Omit<Plan, "hidden">>({
  scenario: name,
  description: text,
  source: text,
  seed: signed,
  loads: list(load, 100, 1),
  duration_ms: length,
  grace_ms: length,
  stages: list(stage, 2000, 1),
  workers: whole,
  transport: word(["wire", "grpc-js"]),
  services: list(service, 1000),
  tasks: list(task, 2000, 1),
  thresholds: list(threshold, 100),
  objectives: list(objective, 2000),
  strict: flag,
  percentiles: list(Type.Number({ exclusiveMinimum: 0, maximum: 100 }), 100),
  throughput_window_ms: length,
  resources: map<ResourcePlan>({
    ...sampled,
    remote: maybe(list(map<RemotePlan>({ ...sampled, name, via: list(text, 64, 1) }), 16)),
    pages: maybe(list(page, 32)),
    service_pages: maybe(flag),
  }),
  output,
  pauses: maybe(list(map<NonNullable<Plan["pauses"]>[number]>(span), 1000)),
  duet: maybe(map<DuetPlan>({ sides: list(name, 2, 2) })),
});
