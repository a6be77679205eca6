/** Recovery: how long after a spike a service is again what it was before it. June's fourth criterion. */
import type { SeriesData } from "../measure/interval.ts";
import { errorRate } from "../measure/series.ts";
import type { LoadPlan, Plan, Stage } from "../plan/plan.ts";
import type { Run } from "../result/run.ts";
import type { TimeSlot } from "../result/timeline.ts";
import { regularisedBeta } from "../statistics/beta.ts";
import { median } from "../statistics/trend.ts";
import { answersAbove, countedOf, percentileOf } from "./parts.ts";
import { meanTarget, targetAt } from "./target.ts";

/** What is watched. */
export const RECOVERY_METRICS = ["response_time", "error_rate", "in_flight"] as const;
/** Name of what is watched. */
export type RecoveryMetric = typeof RECOVERY_METRICS[number];

/** How one metric came back. Units: P95 in microseconds, a ratio, a count. */
export interface MetricRecovery {
  /** Median over the intervals of the stage before. */
  reference: number;
  /** Back means at or below it; of the response time but for luck. */
  limit: number;
  /** From the end of the spike; null: not back before the load ended. Milliseconds. */
  recovery_ms: number | null;
  /** Of the response time the operation that was slowest to come back, whose figures these are; null for the others. */
  operation: string | null;
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
    /** Largest P95 of an interval in the spike and after it / reference, of any operation; null where none is known. */
    peak_excess: number | null;
    /** Length of the longest interval used; milliseconds. */
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
const SECOND_MS = 1000;
/** Share of the intervals before the spike that count as normal, whatever the band. */
const NORMAL = 0.95;
/** Percentile of the response time, and the share of calls that lies above it where all is as before. */
const PERCENTILE = 95;
const ABOVE = 0.05;
/**
 * So many calls above the limit that luck alone has them this rarely are no luck: in one interval, one tenth of what ten
 * on end may have together.
 */
const LUCK = 0.005;
const LUCK_ON_END = 10 * LUCK;

/**
 * When the response time (P95 of ok calls), error rate and calls in flight were back after the spike: the first instant from which
 * each stays within its band for ten intervals. The band is 20 % above the reference (errors: one point), but never below
 * what 95 of 100 intervals before the spike kept, or noise alone would count as trouble. An interval in which nothing
 * ended while calls were open is not back. The P95 of some 20 calls is one call: an interval is out of the band of the
 * response time only where more calls lie above it than 5 % and luck, and ten on end are back where all of them together
 * have no more. An interval is a second, or as many as it takes for 20 calls. It is held to it operation by operation, or
 * a slow kind of call would hide a quick one; operations too rare for five intervals
 * before the spike and ten after it are left out. Definition: docs/measurement.md.
 *
 * The spike is the stage whose mean target is highest above both of its neighbours', else the one named `spike`; the stage
 * before is the one named `before`, else the nearest at a steady load that ends before the spike.
 */
export function recoveryOf(run: Run): Recovery {
  const spike = spikeOf(run);
  if (spike === null) return { state: "unknown", why: "no stage stands out between two of lower load" };
  const before = beforeOf(run, spike);
  if (before === null) return { state: "unknown", why: `no stage at a steady load comes before ${spike.name}` };
  const all = phasesOf(run, before, spike, null);
  if (all.interval_ms === Infinity) return { state: "unknown", why: `no call was ok in ${before.name}` };
  if (all.before.length < LEAST_BEFORE) {
    const seconds = LEAST_BEFORE * all.interval_ms / 1000;
    return { state: "unknown", why: `${before.name} is too short to be a reference: make it ${seconds} s or longer` };
  }
  if (all.after.length < ON_END) {
    const seconds = ON_END * all.interval_ms / 1000;
    return { state: "unknown", why: `the load ended less than ${seconds} s after ${spike.name}` };
  }
  const single = run.operations.map((operation) => phasesOf(run, before, spike, operation)).filter(isKnown);
  const [slowest] = single.map((one) => metricRecovery("response_time", one, spike.end_ms)).sort(slowestFirst);
  if (slowest === undefined) return { state: "unknown", why: `too few calls of each kind were ok in ${before.name}` };
  const metrics = {
    response_time: slowest,
    error_rate: metricRecovery("error_rate", all, spike.end_ms),
    in_flight: metricRecovery("in_flight", all, spike.end_ms),
  };
  const times = RECOVERY_METRICS.map((name) => metrics[name].recovery_ms);
  const recovered = times.every((time) => time !== null);
  const peak = Math.max(...single.map(peakExcess));
  return {
    state: recovered ? "recovered" : "not recovered",
    spike: spike.name,
    before: before.name,
    spike_end_ms: spike.end_ms,
    metrics,
    recovery_ms: recovered ? Math.max(...times) : run.load_end_ms - spike.end_ms,
    peak_excess: peak > 0 ? peak : null,
    interval_ms: Math.max(all.interval_ms, ...single.map(({ interval_ms }) => interval_ms)),
  };
}

/** The three stretches of one operation, or of all calls, in intervals of one length. */
interface Phases {
  operation: string | null;
  interval_ms: number;
  before: Interval[];
  during: Interval[];
  after: Interval[];
}

function phasesOf(run: Run, before: Stage, spike: Stage, operation: string | null): Phases {
  const interval_ms = intervalLength_ms(run, before, operation);
  const between = (from_ms: number, to_ms: number, limit_us: number) =>
    intervalsOf(run, operation, { from_ms, to_ms, interval_ms, limit_us });
  const calm = between(before.start_ms, before.end_ms, Infinity);
  const { limit: limit_us } = bandOf("response_time", calm);
  return {
    operation,
    interval_ms,
    before: calm,
    during: between(spike.start_ms, spike.end_ms, limit_us),
    after: between(spike.end_ms, run.load_end_ms, limit_us),
  };
}

/** Whether there is enough of an operation to judge it: see `recoveryOf`. */
function isKnown({ before, after }: Phases): boolean {
  const answered = before.filter(({ response_time }) => response_time > 0 && response_time < Infinity).length;
  return before.length >= LEAST_BEFORE && answered > before.length / 2 && after.length >= ON_END;
}

function slowestFirst(a: MetricRecovery, b: MetricRecovery): number {
  const [first, second] = [a, b].map(({ recovery_ms }) => recovery_ms ?? Number.MAX_VALUE) as [number, number];
  return second - first;
}

function peakExcess({ before, during, after }: Phases): number {
  const reference = median(before.map(({ response_time }) => response_time));
  const peaks = [...during, ...after].map(({ response_time }) => response_time).filter(Number.isFinite);
  return Math.max(0, ...peaks) / reference;
}

/** How far a stage stands out: its mean target / the larger of its neighbours'; 0 at either end of its load. */
function excess(stage: Stage, { stages, loads, pauses }: Plan): number {
  const load = loads[stage.load] as LoadPlan;
  const own = stages.filter((one) => one.load === stage.load);
  const at = own.indexOf(stage);
  const [previous, next] = [own[at - 1], own[at + 1]];
  if (previous === undefined || next === undefined) return 0;
  const mean = ({ start_ms, end_ms }: Stage) => meanTarget(load, start_ms, end_ms, pauses);
  return mean(stage) / Math.max(mean(previous), mean(next), Number.MIN_VALUE);
}

function spikeOf({ plan }: Run): Stage | null {
  const { stages } = plan;
  const ranked = stages.map((stage) => ({ stage, by: excess(stage, plan) }));
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
  /** Calls that were ok, and those of them beyond the limit of the response time. */
  calls: number;
  above: number;
}

/** Where intervals lie, and beyond which response time their calls are counted. */
interface Stretch {
  from_ms: number;
  to_ms: number;
  interval_ms: number;
  limit_us: number;
}

function intervalLength_ms(run: Run, before: Stage, operation: string | null): number {
  const slot_ms = run.slots.reduce((longest, slot) => Math.max(longest, slot.length_ms), SECOND_MS);
  const slots = run.slots.filter((slot) => within(slot, before.start_ms, before.end_ms));
  const ok = slots.reduce((sum, slot) => sum + okOf(slot, operation), 0);
  const callsPerSlot = ok / Math.max(1, slots.length);
  return slot_ms * Math.max(1, Math.ceil(CALLS_AN_INTERVAL / Math.max(callsPerSlot, Number.MIN_VALUE)));
}

function okOf({ series }: TimeSlot, operation: string | null): number {
  if (operation !== null) return series.get(operation)?.outcomes.ok ?? 0;
  return [...series.values()].reduce((sum, { outcomes }) => sum + outcomes.ok, 0);
}

/** The calls of some slots, of one operation or of all. */
function callsOf(slots: readonly TimeSlot[], operation: string | null): SeriesData[] {
  if (operation === null) return slots.flatMap(({ series }) => [...series.values()]);
  return slots.flatMap(({ series }) => series.get(operation) ?? []);
}

function within(slot: TimeSlot, from_ms: number, to_ms: number): boolean {
  return slot.start_ms >= from_ms && slot.start_ms + slot.length_ms <= to_ms;
}

/** Whole intervals between two instants, counted from the first. */
function intervalsOf(
  run: Run,
  operation: string | null,
  { from_ms, to_ms, interval_ms, limit_us }: Stretch,
): Interval[] {
  const intervals: Interval[] = [];
  let at = 0;
  for (let start_ms = from_ms; start_ms + interval_ms <= to_ms; start_ms += interval_ms) {
    while (at < run.slots.length && run.slots[at]!.start_ms < start_ms) at++;
    const first = at;
    while (at < run.slots.length && run.slots[at]!.start_ms < start_ms + interval_ms) at++;
    intervals.push({ start_ms, ...metricsOf(run.slots.slice(first, at), operation, limit_us) });
  }
  return intervals;
}

function metricsOf(
  slots: readonly TimeSlot[],
  operation: string | null,
  limit_us: number,
): Omit<Interval, "start_ms"> {
  const calls = callsOf(slots, operation);
  const in_flight = slots.reduce((sum, slot) => sum + slot.in_flight, 0) / Math.max(1, slots.length);
  const silent = in_flight > 0 ? Infinity : 0;
  return {
    // It is held to its limits operation by operation; see `recoveryOf`.
    response_time: operation === null ? NaN : percentileOf(calls, PERCENTILE) ?? silent,
    ...answersAbove(calls, limit_us),
    error_rate: slots.length === 0 ? 0 : errorRate(countedOf(calls)),
    in_flight,
  };
}

/** What counts as before. */
function bandOf(name: RecoveryMetric, before: readonly Interval[]): { reference: number; limit: number } {
  const levels = before.map((one) => one[name]).sort((a, b) => a - b);
  const reference = median(levels);
  const finite = levels.filter(Number.isFinite);
  const normal = finite[Math.ceil(finite.length * NORMAL) - 1] ?? reference;
  return { reference, limit: Math.max(name === "error_rate" ? reference + BAND_ERRORS : reference * BAND, normal) };
}

function metricRecovery(name: RecoveryMetric, phases: Phases, spike_end_ms: number): MetricRecovery {
  const { before, after, operation } = phases;
  const { reference, limit } = bandOf(name, before);
  const isIn = (one: Interval) => one[name] <= limit || (name === "response_time" && isLuck(one, LUCK));
  const first = after.findIndex((_, at) => {
    const next = after.slice(at, at + ON_END);
    if (next.length < ON_END || !next.every(isIn)) return false;
    const all = sumOf(next);
    return name !== "response_time" || all.calls === 0 || isLuck(all, LUCK_ON_END);
  });
  const recovery_ms = first < 0 ? null : (after[first] as Interval).start_ms - spike_end_ms;
  return { reference, limit, recovery_ms, operation };
}

type Counts = Pick<Interval, "calls" | "above">;

const sumOf = (intervals: readonly Counts[]): Counts => ({
  calls: intervals.reduce((sum, { calls }) => sum + calls, 0),
  above: intervals.reduce((sum, { above }) => sum + above, 0),
});

/** Whether calls of which 5 % lie above a limit have so many above it, or more, at least this often; false without calls. */
function isLuck({ calls, above }: Counts, least: number): boolean {
  if (calls === 0) return false;
  return above <= ABOVE * calls || regularisedBeta(ABOVE, above, calls - above + 1) >= least;
}
