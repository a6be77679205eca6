/** Recovery after a spike and drift over a stage, in words. */
import type { DriftSubject } from "../plan/threshold.ts";
import { formatBytes, formatCount, formatDuration, formatPercent } from "../plan/units.ts";
import type { Run } from "../result/run.ts";
import { type Drift, driftOf } from "../verdict/drift.ts";
import { formatMeasure } from "../verdict/format_measure.ts";
import { RECOVERY_METRICS, type RecoveryMetric } from "../verdict/recovery.ts";
import { rangeText } from "./range_text.ts";

/** How the metrics of a recovery are called and written. */
export const RECOVERY_WORDS: Record<RecoveryMetric, { name: string; text: (value: number) => string }> = {
  latency: { name: "P95 latency", text: formatDuration },
  error_rate: { name: "error rate", text: formatPercent },
  in_flight: { name: "calls in flight", text: formatCount },
};
export { RECOVERY_METRICS };

/** What drift is read of, in the order it is shown. */
const SUBJECTS: ReadonlyArray<{ subject: DriftSubject; name: string; level: (value: number) => string }> = [
  { subject: "latency", name: "P95 latency", level: formatDuration },
  { subject: "error_rate", name: "error rate", level: formatPercent },
  { subject: "memory", name: "memory of this machine", level: formatBytes },
  { subject: "gpu.memory_used", name: "GPU memory", level: formatBytes },
];

/** One row of drift. */
export interface DriftLine {
  name: string;
  stage: string;
  /** Where it began. */
  level: string;
  /** Change an hour with its sign. */
  per_hour: string;
  /** Its 95 % confidence interval; empty where there is none. */
  interval: string;
  /** Whether the interval leaves out 0. */
  sure: boolean;
  n: number;
  /** Of memory: the least in use rose, as a leak shows. */
  floor_rose: boolean;
}

/** Shortest stage whose trend is worth a line: minutes make no hours. */
const SHORTEST_MS = 5 * 60_000;

/** What drifts over the longest steady stage; empty for runs that are too short to tell, unless a rule asks. */
export function driftLines(run: Run): DriftLine[] {
  const asked = run.plan.thresholds.some(({ measure }) => measure.kind === "drift");
  return SUBJECTS.flatMap(({ subject, name, level }) => {
    const drift = driftOf(run, subject);
    const stage = run.plan.stages.find((one) => one.name === drift.stage);
    if (drift.value === null || stage === undefined) return [];
    if (!asked && Math.min(stage.end_ms, run.load_end_ms) - stage.start_ms < SHORTEST_MS) return [];
    return [{ name, stage: stage.name, ...driftText(subject, drift, level) }];
  });
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
