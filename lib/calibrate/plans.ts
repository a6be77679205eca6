/** The small plans of a calibration: pure data, which the pools run like every other plan. */
import type { LoadPlan, OpenLoad, Plan, ServicePlan, Stage, TaskPlan } from "../plan/plan.ts";
import { STREAM_MESSAGES } from "../sim/echo/echo.ts";

/** Length of a chunk of speech, and of the clip; milliseconds. */
export const CHUNK_MS = 20;
/** As above: half a second of speech. */
export const CLIP_MS = 500;

/** What is called: unary calls, streams of messages, paced speech. */
export type SourceName = "calls" | "frames" | "chunks";

/** What one source asks for, and what one task of it counts for: a call, the messages of a stream, the chunks of a clip. */
export const SOURCES: Readonly<Record<SourceName, { task: TaskPlan["name"]; service: "llm" | "stt"; events: number }>> =
  {
    calls: { task: "llm.health", service: "llm", events: 1 },
    frames: { task: "llm.generate_stream", service: "llm", events: STREAM_MESSAGES },
    chunks: { task: "stt.recognize_stream", service: "stt", events: CLIP_MS / CHUNK_MS },
  };

/** A stretch of a load at one rate. */
export interface Step {
  length_ms: number;
  /** Events per second. */
  per_s: number;
  /** Code is compiled in it: it is not judged. */
  warm_up: boolean;
}

/** The steps of each source that takes part; all begin at the same time. */
export type Steps = Partial<Record<SourceName, readonly Step[]>>;

const warmUp = (per_s: number): Step => ({ length_ms: 1000, per_s, warm_up: true });
const hold = (per_s: number, length_ms: number): Step => ({ length_ms, per_s, warm_up: false });

/**
 * Little of everything at the same time: what is added where the generator has time. The rates have no common divisor, so
 * that what is due at one instant is mostly one thing.
 */
export function quietSteps(length_ms: number): Steps {
  return {
    calls: [warmUp(97), hold(97, length_ms)],
    frames: [warmUp(275), hold(275, length_ms)],
    chunks: [warmUp(225), hold(225, length_ms)],
  };
}

/** Rates tried of one source, rising; events per second. The lowest of calls are so few that each has a wake-up of its own. */
export const TRIED: Readonly<Record<SourceName, readonly number[]>> = {
  calls: [500, 1000, 2000, 4000, 8000, 16_000],
  frames: [1000, 4000, 10_000, 20_000],
  chunks: [1000, 2000, 4000, 8000],
};

/** One source, faster and faster. */
export function risingSteps(source: SourceName): Steps {
  const rates = TRIED[source];
  return { [source]: [warmUp(rates[0] as number), ...rates.map((per_s) => hold(per_s, 1000))] };
}

/** Where the echo listens, and what is spoken. */
export interface Place {
  address: string;
  /** A recording of `CLIP_MS`. */
  clip: string;
}

/** The plan of some steps: one worker, one connection to each service, June's protocol over the wire transport. */
export function planOf(steps: Steps, { address, clip }: Place): Plan {
  const names = Object.keys(steps) as SourceName[];
  const used = new Set(names.map((name) => SOURCES[name].service));
  const loads = names.map((name) => loadOf(name, steps[name] ?? []));
  return {
    scenario: "calibration",
    description: "",
    source: "built-in",
    seed: 1,
    loads,
    duration_ms: Math.max(...loads.map(endOf)),
    grace_ms: 5000,
    stages: names.flatMap((name, load) => stagesOf(name, load, steps[name] ?? [])),
    workers: 1,
    transport: "wire",
    services: servicesAt(address, clip).filter(({ name }) => used.has(name as "llm" | "stt")),
    tasks: names.map((name, load): TaskPlan => {
      const { task, service } = SOURCES[name];
      return { name: task, operation: task, services: [service], load, weight: 1 };
    }),
    thresholds: [],
    objectives: [],
    strict: false,
    percentiles: [50, 99],
    throughput_window_ms: 1000,
    resources: { cpu: false, memory: false, gpu: false },
    output: { dir: ".", formats: [], include_charts: false, comparison_baseline: null },
  };
}

const endOf = ({ courses }: LoadPlan) => courses.at(-1)?.end_ms ?? 0;

function loadOf(name: SourceName, steps: readonly Step[]): OpenLoad {
  return {
    kind: "open",
    name,
    courses: spans(steps).map(({ start_ms, end_ms, per_s }) => {
      const tasks_per_s = per_s / SOURCES[name].events;
      return { kind: "linear", start_ms, end_ms, from: tasks_per_s, to: tasks_per_s };
    }),
    spacing: "constant",
    // An arrival that was dropped would shift all after it.
    max_in_flight: 1_000_000,
    max_wait_ms: 60_000,
  };
}

function stagesOf(name: SourceName, load: number, steps: readonly Step[]): Stage[] {
  return spans(steps).map(({ start_ms, end_ms, warm_up }, at) => ({
    name: `${name}.${at}`,
    load,
    start_ms,
    end_ms,
    warm_up,
  }));
}

function spans(steps: readonly Step[]): (Step & { start_ms: number; end_ms: number })[] {
  let end_ms = 0;
  return steps.map((step) => {
    const start_ms = end_ms;
    end_ms += step.length_ms;
    return { ...step, start_ms, end_ms };
  });
}

function servicesAt(address: string, clip: string): ServicePlan[] {
  const common = {
    protocol: "june",
    settings: null,
    address,
    connections: 1,
    timeout_ms: 30_000,
    transparent_retry: false,
    metadata: [],
    tls: null,
    inputs: [],
  } as const satisfies Partial<ServicePlan>;
  return [
    {
      ...common,
      metadata: [],
      inputs: [],
      name: "llm",
      kind: "llm",
      options: { kind: "llm", max_tokens: STREAM_MESSAGES, temperature: 0, system: "" },
    },
    {
      ...common,
      metadata: [],
      name: "stt",
      kind: "stt",
      inputs: [{ path: clip, at: "the calibration" }],
      options: { kind: "stt", pacing: "real_time", chunk_ms: CHUNK_MS, language: "en" },
    },
  ];
}
