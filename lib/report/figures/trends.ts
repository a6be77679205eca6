/** Recovery after a spike and drift over a stage, as text. */
import type { DriftSubject } from "../../plan/threshold/threshold.ts";
import { formatBytes, formatCount, formatDuration, formatPercent } from "../../plan/units.ts";
import type { Run } from "../../result/run.ts";
import { watchedServices } from "../../result/services.ts";
import { type Drift, driftOf } from "../../verdict/drift.ts";
import { formatMeasure } from "../../verdict/format_measure.ts";
import { type Recovery, RECOVERY_METRICS, type RecoveryMetric } from "../../verdict/recovery.ts";
import { memoized } from "./memory.ts";
import { rangeText } from "../format/range_text.ts";

/** Names and formats of the recovery metrics. */
export const RECOVERY_WORDS: Record<RecoveryMetric, { name: string; unit: string; text: (value: number) => string }> = {
  response_time: { unit: "us", name: "P95 response time", text: formatDuration },
  error_rate: { unit: "ratio", name: "error rate", text: formatPercent },
  in_flight: { unit: "count", name: "calls in flight", text: formatCount },
};
export { RECOVERY_METRICS };

/** Subjects of drift, in the order shown. */
const SUBJECTS: ReadonlyArray<{
  subject: DriftSubject;
  name: string;
  unit: string;
  level: (value: number) => string;
}> = [
  { subject: "response_time", unit: "us", name: "P95 response time", level: formatDuration },
  { subject: "error_rate", unit: "ratio", name: "error rate", level: formatPercent },
  { subject: "memory", unit: "bytes", name: "memory of this machine", level: formatBytes },
  { subject: "gpu.memory_used", unit: "bytes", name: "GPU memory", level: formatBytes },
];

/** One row of drift. */
export interface DriftLine {
  name: string;
  stage: string;
  /** Value at the start. */
  level: string;
  /** Change an hour with its sign. */
  per_hour: string;
  /** Its 95 % confidence interval; empty where there is none. */
  interval: string;
  /** Whether the interval excludes 0. */
  sure: boolean;
  n: number;
  /** For memory: the lowest use rose, as with a leak. */
  floor_rose: boolean;
}

/** Drift over the longest steady stage; empty for runs too short for it, unless a rule asks. */
export function driftLines(run: Run): DriftLine[] {
  return memoized(run, "drift lines", () => driftLinesOf(run));
}

function driftLinesOf(run: Run): DriftLine[] {
  const asked = run.plan.thresholds.some(({ measure }) => measure.kind === "drift");
  const others = [...watchedServices(run), ...run.plan.resources.remote ?? []].map(({ name }) => (
    { subject: "memory" as const, name: `memory of ${name}`, level: formatBytes, process: name }
  ));
  return [...SUBJECTS.map((one) => ({ ...one, process: undefined })), ...others].flatMap((one) => {
    const { subject, name, level, process } = one;
    const drift = driftOf(run, subject, {}, process);
    if (drift.value === null || drift.stage === null || !(drift.sampleSufficient || asked)) return [];
    const of = drift.worst === null || process !== undefined ? "" : `, ${drift.worst}`;
    return [{ name: `${name}${of}`, stage: drift.stage, ...driftText(subject, drift, level) }];
  });
}

/** Drift of every subject for other programs: ratios of 1 per hour. */
export function driftJson(run: Run) {
  return Object.fromEntries(SUBJECTS.map(({ subject, unit }) => {
    const { stage, worst, value, n, interval, sampleSufficient, level, floor_rose } = driftOf(run, subject);
    return [subject, {
      stage,
      worst,
      change_per_h: value,
      low_per_h: interval?.low ?? null,
      high_per_h: interval?.high ?? null,
      n,
      carried: sampleSufficient,
      [`level_${unit}`]: level,
      floor_rose,
    }];
  }));
}

/** Recovery for other programs. */
export function recoveryJson(recovery: Recovery) {
  if (recovery.state === "unknown") return recovery;
  const metrics = RECOVERY_METRICS.map((metric) => {
    const { reference, limit, recovery_ms, operation } = recovery.metrics[metric];
    const { unit } = RECOVERY_WORDS[metric];
    return [metric, { [`reference_${unit}`]: reference, [`limit_${unit}`]: limit, recovery_ms, operation }];
  });
  return { ...recovery, metrics: Object.fromEntries(metrics) };
}

function driftText(subject: DriftSubject, drift: Drift, level: (value: number) => string) {
  const { value, interval, n, floor_rose } = drift;
  const text = (one: number) => `${one > 0 ? "+" : ""}${formatMeasure({ kind: "drift", of: subject }, one)}`;
  return {
    level: drift.level === null ? "" : level(drift.level),
    per_hour: value === null ? "" : text(value),
    interval: interval === null ? "" : rangeText(text(interval.low), text(interval.high)) ?? "",
    sure: interval !== null && (interval.low > 0 || interval.high < 0),
    n,
    floor_rose: floor_rose === true,
  };
}
