/** Recovery: how long after a spike a service is again what it was before it. June's fourth criterion. */
import { errorRate } from "../measure/series.ts";
import type { LoadPlan, Stage } from "../plan/plan.ts";
import type { Run } from "../result/run.ts";
import { slotTotal, type TimeSlot } from "../result/timeline.ts";
import { median } from "../statistics/trend.ts";
import { meanTarget, targetAt } from "./target.ts";

/** What is watched. */
export const RECOVERY_METRICS = ["latency", "error_rate", "in_flight"] as const;
/** Name of what is watched. */
export type RecoveryMetric = typeof RECOVERY_METRICS[number];

/** How one metric came back. Units: P95 in microseconds, a ratio, a count. */
export interface MetricRecovery {
  /** Median over the intervals of the stage before. */
  reference: number;
  /** Back means at or below it. */
  limit: number;
  /** From the end of the spike; null: not back before the load ended. Milliseconds. */
  recovery_ms: number | null;
}

/** What a run says of its spike. */
export type Recovery =
  | { state: "unknown"; why: string }
  | {
    state: "recovered" | "not recovered";
    /** Names of the stages. */
    spike: string;
    before: string;
    spike_end_ms: number;
    metrics: Record<RecoveryMetric, MetricRecovery>;
    /** The slowest of the three; of a run that did not recover the time that was watched, a lower bound. Milliseconds. */
    recovery_ms: number;
    /** Largest P95 of an interval in the spike and after it / reference; null where nothing was ok before. */
    peak_excess: number | null;
    /** Length of an interval; milliseconds. */
    interval_ms: number;
  };

/** How far above the reference is still as before; error rate: one point. */
const BAND = 1.2;
const BAND_ERRORS = 0.01;
/** Intervals that a metric must stay within the band. */
const ON_END = 10;
/** Intervals that the stage before must have. */
const LEAST_BEFORE = 5;
/** Calls that an interval needs in the mean, or its P95 is noise; slower services have longer intervals. */
const CALLS_AN_INTERVAL = 20;
/** Share of the intervals before the spike that count as normal, whatever the band. */
const NORMAL = 0.95;

/**
 * When latency (P95 of ok calls), error rate and calls in flight were back after the spike: the first instant from which
 * each stays within its band for ten intervals. The band is 20 % above the reference (errors: one point), but never below
 * what 95 of 100 intervals before the spike kept, or noise alone would count as trouble. An interval in which nothing
 * ended while calls were open is not back. An interval is a second, or as many as it takes for 20 calls.
 * Definition: docs/measurement.md.
 *
 * The spike is the stage whose mean target is highest above both of its neighbours', else the one named `spike`; the stage
 * before is the one named `before`, else the nearest at a steady load that ends before the spike.
 */
export function recoveryOf(run: Run): Recovery {
  const spike = spikeOf(run);
  if (spike === null) return { state: "unknown", why: "no stage stands out between two of lower load" };
  const before = beforeOf(run, spike);
  if (before === null) return { state: "unknown", why: `no stage at a steady load comes before ${spike.name}` };
  if (run.load_end_ms <= spike.end_ms) return { state: "unknown", why: `the load ended before ${spike.name} did` };
  const span_ms = intervalLength_ms(run, before);
  const levels = intervalsOf(run, before.start_ms, before.end_ms, span_ms);
  if (levels.length < LEAST_BEFORE) {
    const seconds = Math.ceil(LEAST_BEFORE * span_ms / 1000);
    return { state: "unknown", why: `${before.name} is too short to be a reference: make it ${seconds} s or longer` };
  }
  if (levels.filter(({ latency }) => latency < Infinity).length <= levels.length / 2) {
    return { state: "unknown", why: `most of the time no call was ok in ${before.name}` };
  }
  const after = intervalsOf(run, spike.end_ms, run.load_end_ms, span_ms);
  const metric = (name: RecoveryMetric) => metricRecovery(name, levels, after, spike.end_ms);
  const metrics = { latency: metric("latency"), error_rate: metric("error_rate"), in_flight: metric("in_flight") };
  const times = RECOVERY_METRICS.map((name) => metrics[name].recovery_ms);
  const recovered = times.every((time) => time !== null);
  const during = intervalsOf(run, spike.start_ms, run.load_end_ms, span_ms).map(({ latency }) => latency);
  const peak = Math.max(...during.filter(Number.isFinite));
  return {
    state: recovered ? "recovered" : "not recovered",
    spike: spike.name,
    before: before.name,
    spike_end_ms: spike.end_ms,
    metrics,
    recovery_ms: recovered ? Math.max(...times) : run.load_end_ms - spike.end_ms,
    peak_excess: metrics.latency.reference > 0 && peak > 0 ? peak / metrics.latency.reference : null,
    interval_ms: span_ms,
  };
}

/** How far a stage stands out: its mean target / the larger of its neighbours'; 0 at either end of its load. */
function excess(stage: Stage, stages: readonly Stage[], load: LoadPlan): number {
  const own = stages.filter((one) => one.load === stage.load);
  const at = own.indexOf(stage);
  const [previous, next] = [own[at - 1], own[at + 1]];
  if (previous === undefined || next === undefined) return 0;
  const mean = ({ start_ms, end_ms }: Stage) => meanTarget(load, start_ms, end_ms);
  return mean(stage) / Math.max(mean(previous), mean(next), Number.MIN_VALUE);
}

function spikeOf({ plan: { stages, loads } }: Run): Stage | null {
  const ranked = stages.map((stage) => ({ stage, by: excess(stage, stages, loads[stage.load] as LoadPlan) }));
  const highest = ranked.reduce<(typeof ranked)[number] | null>(
    (best, one) => one.by > 1 && one.by > (best?.by ?? 0) ? one : best,
    null,
  );
  return highest?.stage ?? stages.find((stage) => lastWord(stage) === "spike") ?? null;
}

function beforeOf({ plan: { stages, loads } }: Run, spike: Stage): Stage | null {
  const earlier = stages.filter(({ load, end_ms }) => load === spike.load && end_ms <= spike.start_ms);
  const load = loads[spike.load] as LoadPlan;
  // A ramp's target is another just after its start than just before its end.
  const steady = ({ start_ms, end_ms }: Stage) =>
    end_ms > start_ms && targetAt(load, start_ms) === targetAt(load, end_ms - 1);
  return earlier.find((stage) => lastWord(stage) === "before") ?? earlier.findLast(steady) ?? null;
}

/** Of a stage named `load.stage`, as with several loads, the stage's own name. */
function lastWord({ name }: Stage): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

/** The metrics over one stretch of time. */
interface Interval extends Record<RecoveryMetric, number> {
  start_ms: number;
}

function intervalLength_ms(run: Run, before: Stage): number {
  const slot_ms = run.slots.reduce((longest, slot) => Math.max(longest, slot.length_ms), 1000);
  const slots = run.slots.filter((slot) => within(slot, before.start_ms, before.end_ms));
  const ok = slots.reduce((sum, slot) => sum + slotTotal(slot).outcomes.ok, 0);
  const calls_per_slot = ok / Math.max(1, slots.length);
  return slot_ms * Math.max(1, Math.ceil(CALLS_AN_INTERVAL / Math.max(calls_per_slot, Number.MIN_VALUE)));
}

function within(slot: TimeSlot, from_ms: number, to_ms: number): boolean {
  return slot.start_ms >= from_ms && slot.start_ms + slot.length_ms <= to_ms;
}

/** Whole intervals between two instants, counted from the first. */
function intervalsOf(run: Run, from_ms: number, to_ms: number, span_ms: number): Interval[] {
  const intervals: Interval[] = [];
  for (let start_ms = from_ms; start_ms + span_ms <= to_ms; start_ms += span_ms) {
    const slots = run.slots.filter((slot) => slot.start_ms >= start_ms && slot.start_ms < start_ms + span_ms);
    intervals.push({ start_ms, ...metricsOf(slots) });
  }
  return intervals;
}

function metricsOf(slots: readonly TimeSlot[]): Record<RecoveryMetric, number> {
  const [first, ...rest] = slots.map(slotTotal);
  for (const one of rest) first?.merge(one);
  const in_flight = slots.reduce((sum, slot) => sum + slot.in_flight, 0) / Math.max(1, slots.length);
  const latency = first?.histogram("latency");
  const silent = in_flight > 0 ? Infinity : 0;
  return {
    latency: latency === undefined || latency.count === 0 ? silent : latency.percentile(95),
    error_rate: first === undefined ? 0 : errorRate(first.outcomes),
    in_flight,
  };
}

function metricRecovery(
  name: RecoveryMetric,
  before: readonly Interval[],
  after: readonly Interval[],
  spike_end_ms: number,
): MetricRecovery {
  const levels = before.map((one) => one[name]).sort((a, b) => a - b);
  const reference = median(levels);
  const finite = levels.filter(Number.isFinite);
  const normal = finite[Math.ceil(finite.length * NORMAL) - 1] ?? reference;
  const limit = Math.max(name === "error_rate" ? reference + BAND_ERRORS : reference * BAND, normal);
  const back = (one: Interval) => one[name] <= limit;
  const first = after.findIndex((_, at) => {
    const next = after.slice(at, at + ON_END);
    return next.length === ON_END && next.every(back);
  });
  return { reference, limit, recovery_ms: first < 0 ? null : (after[first] as Interval).start_ms - spike_end_ms };
}
