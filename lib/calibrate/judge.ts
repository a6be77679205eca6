/** What june-load added: its own figures beside the clock of the other side. Pure arithmetic. */
import type { SeriesData } from "../measure/interval.ts";
import { Series } from "../measure/series.ts";
import type { OpenLoad, Plan } from "../plan/plan.ts";
import type { Distribution } from "../plan/threshold/threshold.ts";
import type { Added, Capacity, Spread } from "../result/calibration.ts";
import { arrivals } from "../schedule/arrivals.ts";
import { STREAM_GAP_MS } from "../sim/echo/echo.ts";
import type { EchoCall } from "../sim/echo/log.ts";
import { CHUNK_MS, type SourceName, SOURCES } from "./plans.ts";

/** Later than this at the 99th percentile is late; microseconds. */
export const LATE_US = 2000;
/** Calls of a step that must have arrived, for it to have been kept. */
const ARRIVED_SHARE = 0.99;

/** What was measured of one run of a plan. */
export interface Measured {
  plan: Plan;
  /** The run's epoch, on the clock of the other side; microseconds. */
  epoch_us: number;
  /** By source, in the order of arrival. */
  heard: Readonly<Record<SourceName, readonly EchoCall[]>>;
  /** All seconds. */
  series: readonly SeriesData[];
  /** Processor time of this process in each second of the run; microseconds. */
  cpu_us: readonly number[];
}

/** One step of one source, from both sides. */
export interface JudgedStep {
  per_s: number;
  warm_up: boolean;
  /** Calls that were due. */
  due: number;
  start: Spread;
  pacing: Spread;
  answer: Added;
  first_message: Added;
  gap: Added;
  /** P99 of the gaps with which the other side sent; microseconds, 0: it sent no streams. */
  sent_gap_us: number;
}

/** Judges each step of a source. Both sides have one connection, on which calls keep their order. */
export function judgeSteps(measured: Measured, source: SourceName): JudgedStep[] {
  const { plan, epoch_us, heard } = measured;
  const load = plan.loads.findIndex(({ name }) => name === source);
  const open = plan.loads[load];
  if (open?.kind !== "open") return [];
  const due_us = instantsOf(open, plan.seed);
  const calls = heard[source].map((call, at) => ({ call, due_us: due_us[at] ?? NaN }));
  return plan.stages.flatMap((stage, index) => {
    if (stage.load !== load) return [];
    const isIn = (at_us: number) => at_us >= stage.start_ms * 1000 && at_us < stage.end_ms * 1000;
    const own = calls.filter((one) => isIn(one.due_us));
    const ours = seriesOf(measured, SOURCES[source].task, index);
    const segment = open.courses.find(({ start_ms }) => start_ms === stage.start_ms);
    const tasks_per_s = segment?.kind === "linear" ? segment.from : 0;
    return [{
      per_s: tasks_per_s * SOURCES[source].events,
      warm_up: stage.warm_up,
      due: due_us.filter(isIn).length,
      start: spreadOf(own.map(({ call, due_us }) => Math.max(0, call.arrived_us - epoch_us - due_us))),
      pacing: spreadOf(own.flatMap(({ call }) => chunkErrors(call))),
      ...addedIn(own.map(({ call }) => call), ours),
    }];
  });
}

function instantsOf(load: OpenLoad, seed: number): number[] {
  const schedule = arrivals(load, seed, () => []);
  const list: number[] = [];
  for (let due_us = schedule.next(); due_us !== null; due_us = schedule.next()) list.push(due_us);
  return list;
}

function seriesOf({ series }: Measured, operation: string, stage: number): Series {
  const merged = new Series();
  for (const data of series) if (data.operation === operation && data.stage === stage) merged.mergeData(data);
  return merged;
}

function addedIn(calls: readonly EchoCall[], ours: Series) {
  const done = calls.filter(({ sent_us }) => sent_us.length > 0);
  const gaps = calls.flatMap(({ sent_us }) => sent_us.slice(1).map((at_us, i) => at_us - (sent_us[i] as number)));
  const held = (pick: (sent_us: readonly number[]) => number | undefined) =>
    done.map(({ sent_us, arrived_us }) => (pick(sent_us) as number) - arrived_us);
  return {
    answer: addedTo(held((sent_us) => sent_us.at(-1)), ours, "latency"),
    first_message: addedTo(held((sent_us) => sent_us[0]), ours, "first_message"),
    gap: addedTo(gaps, ours, "gap"),
    sent_gap_us: percentile(gaps.toSorted((a, b) => a - b), 99),
  };
}

/** Early and late alike: a chunk is due when its last sample has been spoken, counted from the arrival of its call. */
function chunkErrors({ arrived_us, heard_us }: EchoCall): number[] {
  if (heard_us.length < 2) return [];
  return heard_us.map((at_us, index) => Math.abs(at_us - arrived_us - (index + 1) * CHUNK_MS * 1000));
}

function addedTo(theirs_us: readonly number[], ours: Series, name: Distribution): Added {
  const histogram = ours.histogram(name);
  if (histogram.count === 0 || theirs_us.length === 0) return { count: 0, p50_us: 0, p99_us: 0 };
  const sorted = theirs_us.toSorted((a, b) => a - b);
  const added = (p: number) => Math.round(histogram.percentile(p) - percentile(sorted, p));
  return { count: histogram.count, p50_us: added(50), p99_us: added(99) };
}

/**
 * The distribution of some values.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(spreadOf([30, 10, 20]), { count: 3, p50_us: 20, p99_us: 30, max_us: 30 });
 * ```
 */
export function spreadOf(values_us: readonly number[]): Spread {
  const sorted = values_us.toSorted((a, b) => a - b);
  const at = (p: number) => Math.round(percentile(sorted, p));
  return { count: sorted.length, p50_us: at(50), p99_us: at(99), max_us: Math.round(sorted.at(-1) ?? 0) };
}

/** The smallest value that `p` percent do not exceed; 0 of none. */
function percentile(sorted: readonly number[], p: number): number {
  return sorted[Math.max(0, Math.ceil(p / 100 * sorted.length) - 1)] ?? 0;
}

/**
 * How late the calls, messages or chunks of a step were. A second has thousands of messages but few streams, of which the
 * 99th percentile is one stream's luck.
 */
const LATENESS: Readonly<Record<SourceName, (step: JudgedStep) => number>> = {
  calls: ({ start }) => start.p99_us,
  frames: ({ first_message, gap }) => Math.max(first_message.p50_us, gap.p99_us),
  chunks: ({ start, pacing }) => Math.max(start.p50_us, pacing.p99_us),
};

/**
 * What one worker kept of rising rates: a lower one that something else on the host made late does not hide it. A step in
 * which the other side itself fell behind with its streams says nothing of june-load, and nor do those after it.
 * @returns null where nothing is known, since already the first step was such a one
 */
export function capacityOf(source: SourceName, steps: readonly JudgedStep[]): Capacity | null {
  const judged = steps.filter(({ warm_up }) => !warm_up);
  const behind = judged.findIndex(({ sent_gap_us }) => sent_gap_us > 2 * STREAM_GAP_MS * 1000);
  const tried = behind < 0 ? judged : judged.slice(0, behind);
  if (tried.length === 0) return null;
  const kept = tried.findLastIndex((step) =>
    step.start.count >= ARRIVED_SHARE * step.due && LATENESS[source](step) <= LATE_US
  );
  return { held_per_s: tried[kept]?.per_s ?? 0, late_per_s: tried[kept + 1]?.per_s ?? null };
}
