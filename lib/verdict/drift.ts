/** Drift: whether a service gets slower, fails more or holds more memory the longer it runs. June's fourth criterion. */
import { gpuLabel } from "../measure/gpus.ts";
import type { SeriesData } from "../measure/interval.ts";
import { errorRate, judgedCalls } from "../measure/series.ts";
import type { DriftSubject } from "../plan/threshold/threshold.ts";
import type { Stage } from "../plan/plan.ts";
import { matchesGlob } from "../plan/glob.ts";
import { gpuReadings } from "../result/gpu_readings.ts";
import { serviceReadings } from "../result/services.ts";
import type { Readings } from "../result/readings.ts";
import type { Run, Selection } from "../result/run.ts";
import { isWithin } from "../result/spans.ts";
import { floors, median, type Point, trendOf } from "../statistics/trend.ts";
import { countedOf, percentileOf } from "./parts.ts";
import { isSteady } from "./target.ts";
import type { ConfidenceInterval } from "./verdict.ts";

/** The trend of one subject over one stage. */
export interface Drift {
  /** The stage it was read over; null when the run has none that is long enough. */
  stage: string | null;
  /**
   * Change per hour relative to the level at the start: 0.05 is 5 %/h. Of `error_rate` it is not relative, since a good
   * start is 0: 0.05 is five calls in a hundred more after an hour. Null without enough values.
   */
  value: number | null;
  /** What it is of, where there are several: the operation, or the GPU, whose rise is surest. */
  worst: string | null;
  /** Values it rests on: one a minute, or about thirty over a short stage. */
  n: number;
  /** 95 % interval of `value`; a drift is only there when it leaves out 0. */
  interval: ConfidenceInterval | null;
  /** Whether it can be printed plainly: of a stage of less than ten minutes an hour is a bold guess. */
  sampleSufficient: boolean;
  /** Median of the first tenth, in the subject's unit: microseconds, a ratio, bytes. Null as `value`. */
  level: number | null;
  /**
   * Of memory: whether the least in use in the last third of the stage is above the least in the first, as a leak shows
   * also where a collector frees memory now and then. Null for other subjects.
   */
  floor_rose: boolean | null;
}

/** Values of a short stage, and the longest time for one. */
const POINTS = 30;
const LONGEST_STEP_MS = 60_000;
/** Below, a trend is no more than two or three values that happen to rise. */
const LEAST_POINTS = 10;
const HOUR_MS = 3_600_000;
const LEAST_CARRIED_MS = 600_000;

/**
 * The drift of a subject: the Theil-Sen slope of one value a minute (shorter stages: a thirtieth each), with an interval
 * that allows for values that resemble their neighbours. Of a time it is the P95 of ok calls, operation by operation, or a slow
 * kind of call would hide a quick one. Definition: docs/measurement.md.
 * @param process of `memory`: a service, or another machine, instead of this machine
 * @param selection its stage, or without one the longest at a steady load that is no warm-up; its operations for calls
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../tests/result/make_run.ts"; // sixty made-up seconds, which are too short for a trend
 *
 * assert.equal(driftOf(makeRun(), "response_time").sampleSufficient, false);
 * ```
 */
export function driftOf(run: Run, subject: DriftSubject, selection: Selection = {}, process?: string): Drift {
  const none: Drift = {
    stage: null,
    value: null,
    worst: null,
    n: 0,
    interval: null,
    sampleSufficient: false,
    level: null,
    floor_rose: null,
  };
  const stage = stageOf(run, selection.stage);
  if (stage === null) return none;
  const end_ms = Math.min(stage.end_ms, run.load_end_ms);
  const step_ms = stepOf(run, end_ms - stage.start_ms);
  // A machine idles while its load is paused.
  const isMeasured = (t_ms: number) =>
    t_ms >= stage.start_ms && t_ms < end_ms && !isWithin(run.plan.pauses ?? [], t_ms);
  const drifts = valuesOf(run, subject, selection.operations, process).map(({ of, values }) => ({
    ...driftOfValues(subject, values.filter(({ t_ms }) => isMeasured(t_ms)), step_ms),
    worst: of,
  })).map((one) => ({ ...one, sampleSufficient: one.sampleSufficient && end_ms - stage.start_ms >= LEAST_CARRIED_MS }));
  const sureness = ({ interval }: { interval: ConfidenceInterval | null }) => interval?.low ?? -Infinity;
  const worst = drifts.reduce<Omit<Drift, "stage">>(
    (most, one) => most.value === null || sureness(one) > sureness(most) ? one : most,
    none,
  );
  return { ...worst, stage: stage.name };
}

function stageOf(run: Run, name: string | undefined): Stage | null {
  const { stages } = run.plan;
  if (name !== undefined) return stages.find((stage) => stage.name === name) ?? null;
  const steady = stages.filter((stage) => !stage.warm_up && isSteady(run, { stage: stage.name }));
  const length = ({ start_ms, end_ms }: Stage) => end_ms - start_ms;
  return steady.reduce<Stage | null>((best, one) => best === null || length(one) > length(best) ? one : best, null);
}

/** Time of one value: a whole number of the slots that the run is kept in. */
function stepOf(run: Run, length_ms: number): number {
  const slot_ms = run.slots.reduce((longest, slot) => Math.max(longest, slot.length_ms), 1000);
  return Math.max(1, Math.ceil(Math.min(LONGEST_STEP_MS, length_ms / POINTS) / slot_ms)) * slot_ms;
}

/** What a subject was at a time: calls, or bytes in use. */
interface Timed {
  t_ms: number;
  calls: SeriesData[];
  bytes: number | null;
}

type Memory = Pick<Readings<{ t_ms: number; memory_used_bytes: number | null }>, "pick">;

/** The readings of a subject: one list for each operation (times) or GPU, one in all for the others. */
function valuesOf(
  run: Run,
  subject: DriftSubject,
  operations: string | undefined,
  process: string | undefined,
): { of: string | null; values: Timed[] }[] {
  const called = (names: readonly string[]) =>
    run.slots.map(({ start_ms, series }) => ({
      t_ms: start_ms,
      calls: names.flatMap((name) => series.get(name) ?? []),
      bytes: null,
    }));
  const names = run.operations.filter((name) => operations === undefined || matchesGlob(operations, name));
  switch (subject) {
    case "response_time":
      return names.map((name) => ({ of: name, values: called([name]) }));
    case "error_rate":
      return [{ of: null, values: called(names) }];
    case "memory":
      return [{ of: process ?? null, values: process === undefined ? inUse(run.host) : usedBy(run, process) }];
    case "gpu.memory_used":
      return gpuReadings(run).map(({ first, readings }) => ({ of: gpuLabel(first), values: inUse(readings) }));
  }
}

function inUse(readings: Memory): Timed[] {
  const each = readings.pick("t_ms", "memory_used_bytes");
  return each.map(({ t_ms, memory_used_bytes: bytes }) => ({ t_ms, calls: [], bytes }));
}

/** Memory of a service, or of another machine. */
function usedBy(run: Run, process: string): Timed[] {
  if (run.plan.resources.remote?.some(({ name }) => name === process)) return inUse(run.remote.of(process));
  const readings = serviceReadings(run, process);
  return readings.map(({ t_ms, read }) => ({ t_ms, calls: [], bytes: read?.memory_bytes ?? null }));
}

function driftOfValues(
  subject: DriftSubject,
  values: readonly Timed[],
  step_ms: number,
): Omit<Drift, "stage" | "worst"> {
  const groups = [...Map.groupBy(values, ({ t_ms }) => Math.floor(t_ms / step_ms))];
  const points: Point[] = [];
  for (const [step, group] of groups) {
    const y = valueOf(subject, group);
    if (y !== null) points.push({ x: (step + 0.5) * step_ms / HOUR_MS, y });
  }
  const known = points.map(({ y }) => y);
  const level = points.length === 0 ? null : median(known.slice(0, Math.max(1, Math.ceil(known.length / 10))));
  const trend = points.length < LEAST_POINTS ? null : trendOf(points);
  const unit = subject === "error_rate" ? 1 : level;
  const least = subject === "memory" || subject === "gpu.memory_used" ? floors(known) : null;
  const given = trend !== null && unit !== null && unit > 0;
  // Without a single error nothing is known of how errors would come.
  const sure = given && !(subject === "error_rate" && known.every((y) => y === 0)) ? trend.interval : null;
  return {
    value: given ? trend.slope / unit : null,
    n: points.length,
    interval: sure && unit ? { low: sure.low / unit, high: sure.high / unit } : null,
    sampleSufficient: given,
    level: given ? level : null,
    floor_rose: least === null ? null : least.last > least.first,
  };
}

function valueOf(subject: DriftSubject, group: readonly Timed[]): number | null {
  if (subject !== "memory" && subject !== "gpu.memory_used") {
    const calls = group.flatMap((one) => one.calls);
    if (subject === "response_time") return percentileOf(calls, 95);
    const counted = countedOf(calls);
    return judgedCalls(counted) === 0 ? null : errorRate(counted);
  }
  const known = group.flatMap(({ bytes }) => bytes === null ? [] : [bytes]);
  return known.length === 0 ? null : median(known);
}
