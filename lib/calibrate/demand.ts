/** What a plan asks of each worker, beside what this host was calibrated for. */
import type { LoadPlan, LoadSegment, Plan, TaskPlan, ThinkTime } from "../plan/plan.ts";
import { TASKS } from "../plan/tasks.ts";
import { formatCount } from "../plan/units.ts";
import { type Calibration, type Capacity, wasBusy } from "../result/calibration.ts";

/** Events per second of the whole plan, at most; null: nothing says how many. */
export interface Demand {
  calls_per_s: number | null;
  /** Messages of streams whose length the plan limits. */
  frames_per_s: number | null;
  /** Chunks of speech in real time, where all users who may speak do. */
  chunks_per_s: number | null;
}

/**
 * The most that a plan asks for. Users without a pause ask as fast as the services answer, so nothing is known of them but
 * the speech that they may send.
 */
export function demandOf(plan: Plan): Demand {
  const per_s = plan.loads.map((load) => tasksPerSecond(load));
  return {
    calls_per_s: sumOfKnown(per_s),
    frames_per_s: sumOfKnown(per_s.map((rate, load) => rate === null ? null : rate * framesOfTask(plan, load))),
    chunks_per_s: sumOfKnown(
      plan.loads.map((load, at) => load.kind === "open" ? null : chunksOf(plan, load.users, at)),
    ),
  };
}

function sumOfKnown(values: ReadonlyArray<number | null>): number | null {
  const known = values.filter((value) => value !== null && value > 0);
  return known.length === 0 ? null : known.reduce((sum: number, value) => sum + (value ?? 0), 0);
}

function tasksPerSecond(load: LoadPlan): number | null {
  if (load.kind === "open") return Math.max(...load.courses.map(peakOf));
  const pause_ms = meanPause(load.think_time);
  return pause_ms === 0 ? null : load.users / pause_ms * 1000;
}

function peakOf(course: LoadSegment): number {
  switch (course.kind) {
    case "linear":
      return Math.max(course.from, course.to);
    case "sine":
      return course.mean + course.amplitude;
    case "replay":
      return course.end_ms === course.start_ms ? 0 : course.arrivals / (course.end_ms - course.start_ms) * 1000;
  }
}

function meanPause(think: ThinkTime): number {
  switch (think.kind) {
    case "constant":
      return think.value_ms;
    case "uniform":
      return (think.min_ms + think.max_ms) / 2;
    case "exponential":
      return think.mean_ms;
    case "lognormal":
      return think.median_ms * Math.exp(think.sigma ** 2 / 2);
    case "pacing":
      return think.every_ms;
  }
}

/** Messages of an average task of a load, at most. */
function framesOfTask(plan: Plan, load: number): number {
  const tasks = plan.tasks.filter((task) => task.load === load);
  const weight = tasks.reduce((sum, task) => sum + task.weight, 0);
  return tasks.reduce((sum, task) => sum + task.weight * tokensOf(plan, task), 0) / weight;
}

function tokensOf({ services }: Plan, task: TaskPlan): number {
  if (!TASKS[task.name].reply_stream) return 0;
  const limits = task.services.map((name) => {
    const options = services.find((service) => service.name === name)?.options;
    return options?.kind === "llm" ? options.max_tokens : 0;
  });
  return Math.max(0, ...limits);
}

/** Chunks per second of the users of a load that may speak in real time, all at once. */
function chunksOf({ tasks, services }: Plan, users: number, load: number): number {
  const chunk_ms = tasks.filter((task) => task.load === load && speaks(task)).flatMap((task) =>
    task.services.map((name) => services.find((service) => service.name === name)?.options)
  ).flatMap((options) => options?.kind === "stt" && options.pacing === "real_time" ? [options.chunk_ms] : []);
  return chunk_ms.length === 0 ? 0 : users * 1000 / Math.min(...chunk_ms);
}

const speaks = ({ name }: TaskPlan) => name === "stt.recognize_stream" || name === "voice_turn";

/** How each demand is said. */
const WORDS: ReadonlyArray<readonly [of: keyof Demand, capacity: "calls" | "frames" | "chunks", words: string]> = [
  ["calls_per_s", "calls", "calls/s"],
  ["frames_per_s", "frames", "messages/s of streams"],
  ["chunks_per_s", "chunks", "chunks/s of speech"],
];

/** Warnings for a plan that asks more of each worker than one kept when this host was calibrated. */
export function demandWarnings(plan: Plan, calibration: Calibration): string[] {
  const { idle, host } = calibration;
  const demand = demandOf(plan);
  const doubt = wasBusy(calibration) ? "; but the host was busy then, so calibrate again first" : "";
  return WORDS.flatMap(([of, name, words]) => {
    const [asked_per_s, capacity] = [demand[of], idle[name]];
    if (asked_per_s === null || capacity === null || asked_per_s <= capacity.held_per_s * plan.workers) return [];
    const asked = `this plan may ask for ${formatCount(Math.ceil(asked_per_s))} ${words}, ${
      formatCount(Math.ceil(asked_per_s / plan.workers))
    } of each worker`;
    return [
      `${asked}, and ${keptText(capacity)} when this host was calibrated: ${
        remedy(plan, asked_per_s, capacity, host.cpus)
      }${doubt}`,
    ];
  });
}

function keptText({ held_per_s, late_per_s }: Capacity): string {
  if (late_per_s === null) return `no more than ${formatCount(held_per_s)} were tried`;
  return held_per_s === 0
    ? `a worker was late at ${formatCount(late_per_s)} already`
    : `a worker kept ${formatCount(held_per_s)} and was late at ${formatCount(late_per_s)}`;
}

/** More workers where the host has cores for them; one core is for the rest. */
function remedy({ workers }: Plan, asked_per_s: number, { held_per_s }: Capacity, cores: number): string {
  if (held_per_s === 0) return "calibrate again when the host is idle, or make the load on another machine";
  const needed = Math.ceil(asked_per_s / held_per_s);
  const most = Math.max(1, cores - 1);
  if (needed <= most) return `set --workers ${needed}, or spread the load over several machines`;
  const machines = Math.ceil(needed / Math.max(most, workers));
  return `its ${formatCount(cores)} cores are too few for ${formatCount(needed)} workers; spread the load over ${
    formatCount(Math.max(2, machines))
  } machines`;
}
