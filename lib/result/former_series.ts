/** Series as earlier versions wrote them -> series as this version has them. */
import { Histogram } from "../measure/histogram.ts";
import type { HistogramData, SeriesData } from "../measure/interval.ts";
import { objectivesByOperation, speaksInRealTime } from "../plan/measured.ts";
import type { Plan } from "../plan/plan.ts";

/**
 * The series with `response_time`, `censored` and `unjudged`, made from what was measured instead where a result lacks them:
 * speech paced in real time had `final_latency`, voice turns `voice_to_voice`, everything else `latency`; calls that timed
 * out had reached their deadline; ok calls of operations to which no objective applies counted as good.
 */
export function currentSeries(plan: Plan, data: SeriesData): SeriesData {
  const { histograms, outcomes, censored } = data;
  const response_time = histograms.response_time ?? formerResponseTime(plan, data);
  const aged = censored ?? (outcomes.timed_out > 0 ? atDeadline(plan, data) : undefined);
  const counters = currentCounters(plan, data);
  if (response_time === histograms.response_time && aged === censored && counters === data.counters) return data;
  return {
    ...data,
    histograms: response_time === undefined ? histograms : { ...histograms, response_time },
    counters,
    ...(aged !== undefined && { censored: aged }),
  };
}

function formerResponseTime(plan: Plan, { operation, histograms }: SeriesData): HistogramData | undefined {
  const { latency, final_latency, voice_to_voice } = histograms;
  if (voice_to_voice !== undefined) return voice_to_voice;
  return speaksInRealTime(plan, operation) ? final_latency : latency;
}

/** Calls that no objective can judge are counted wherever calls ended, but for results of earlier versions. */
function currentCounters(plan: Plan, { operation, outcomes, counters }: SeriesData): SeriesData["counters"] {
  const unjudged = outcomes.ok + outcomes.failed + outcomes.timed_out + outcomes.dropped + (counters.overdue ?? 0);
  if (counters.unjudged !== undefined || unjudged === 0 || !withoutObjectives(plan).has(operation)) return counters;
  const { good: _, ...others } = counters;
  return { ...others, unjudged };
}

const known = new WeakMap<Plan, ReadonlySet<string>>();

/** The operations to which no objective of the plan applies; none where it has none at all. */
function withoutObjectives(plan: Plan): ReadonlySet<string> {
  let names = known.get(plan);
  if (names === undefined) {
    const all = plan.objectives.length === 0 ? [] : [...objectivesByOperation(plan)];
    known.set(plan, names = new Set(all.filter(([, own]) => own.length === 0).map(([name]) => name)));
  }
  return names;
}

function atDeadline({ tasks, services }: Plan, { operation, outcomes }: SeriesData): HistogramData | undefined {
  const task = tasks.find((one) => one.operation === operation);
  const deadlines = services.filter(({ name }) => task?.services.includes(name)).map(({ timeout_ms }) => timeout_ms);
  if (deadlines.length === 0) return undefined;
  const one = new Histogram();
  one.record(Math.min(...deadlines) * 1000);
  return times(one.toData(), outcomes.timed_out);
}

/** The same values so many times. */
function times({ min, max, buckets, ...data }: HistogramData, many: number): HistogramData {
  return {
    count: data.count * many,
    min,
    max,
    sum: data.sum * many,
    overflow: data.overflow * many,
    buckets: Array.from(buckets, (number, at) => at % 2 === 0 ? number : number * many),
  };
}
