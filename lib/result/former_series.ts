/** Series as earlier versions wrote them -> series as this version has them. */
import { Histogram } from "../measure/histogram.ts";
import type { HistogramData, SeriesData } from "../measure/interval.ts";
import type { Plan } from "../plan/plan.ts";

/**
 * The series with `response_time` and `censored`, made from what was measured instead where a result lacks them: speech
 * paced in real time had `final_latency`, voice turns `voice_to_voice`, everything else `latency`; calls that timed out had
 * reached their deadline.
 */
export function currentSeries(plan: Plan, data: SeriesData): SeriesData {
  const { histograms, outcomes, censored } = data;
  const response_time = histograms.response_time ?? formerResponseTime(plan, data);
  const aged = censored ?? (outcomes.timed_out > 0 ? atDeadline(plan, data) : undefined);
  if (response_time === histograms.response_time && aged === censored) return data;
  return {
    ...data,
    histograms: response_time === undefined ? histograms : { ...histograms, response_time },
    ...(aged !== undefined && { censored: aged }),
  };
}

function formerResponseTime(plan: Plan, { operation, histograms }: SeriesData): HistogramData | undefined {
  const { latency, final_latency, voice_to_voice } = histograms;
  if (voice_to_voice !== undefined) return voice_to_voice;
  return isPaced(plan, operation) ? final_latency : latency;
}

/** Whether the operation speaks in real time, so that its latency holds the length of the clip. */
function isPaced({ tasks, services }: Plan, operation: string): boolean {
  const task = tasks.find((one) => one.operation === operation);
  const service = services.find(({ name }) => name === task?.services[0]);
  return task?.name === "stt.recognize_stream" && service?.options.kind === "stt" &&
    service.options.pacing === "real_time";
}

function atDeadline({ tasks, services }: Plan, { operation, outcomes }: SeriesData): HistogramData | undefined {
  const task = tasks.find((one) => one.operation === operation);
  const deadlines = services.filter(({ name }) => task?.services.includes(name)).map(({ timeout_ms }) => timeout_ms);
  if (deadlines.length === 0) return undefined;
  const ages = new Histogram();
  for (let i = 0; i < outcomes.timed_out; i++) ages.record(Math.min(...deadlines) * 1000);
  return ages.toData();
}
