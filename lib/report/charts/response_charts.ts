/** What callers felt: the response time of each operation, each against its own limit, on one clock. */
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import { formatDuration } from "../../plan/units.ts";
import type { Run } from "../../result/run.ts";
import { figureText, plainPercentile } from "../figures/estimates.ts";
import { operationsOf, percentileName, toMs } from "../figures/figures.ts";
import { kindOf } from "../figures/kinds.ts";
import { type OverTimePercentile, percentilesOverTime, percentileTimes } from "../figures/over_time.ts";
import { DRAWN, middlesOf, pointsOf, timesOf } from "../figures/points.ts";
import type { Chart, Line } from "./chart.ts";
import { operationColors } from "./colors.ts";
import { isHeldBy, limitsOn, percentileRules } from "./limits.ts";
import { panelChart } from "./panels.ts";

/** Operations with a chart of their own under "What happened"; the page lists the others. */
export const MAX_PANELS = 4;
const HEIGHT = 84;

/** A chart by the id of its place. */
export type NamedChart = readonly [id: string, chart: Chart];

/**
 * A chart for each operation: one line over all calls would measure their mix. Of many operations those nearest to their
 * limits; all calls together only where a rule holds them so.
 */
export function responseCharts(run: Run): NamedChart[] {
  const operations = nearestOperations(run).slice(0, MAX_PANELS);
  const shown = operationsOf(run).filter((name) => operations.includes(name));
  const together = shown.length > 1 && percentileRules(run).some((rule) => rule.operations === null);
  const all: Array<string | null> = [...shown, ...(together ? [null] : [])];
  const waits = voiceChart(run);
  const charts = all.map((operation, i): NamedChart => [
    `response-${i}`,
    responseChart(run, operation, waits === null && i === all.length - 1),
  ]);
  return waits === null ? charts : [...charts, ["voice-to-voice", waits]];
}

/** Measured operations: those nearest to a limit first, then the slowest. */
export function nearestOperations(run: Run): string[] {
  return operationsOf(run).flatMap((operation) => {
    const { value } = plainPercentile(run, HEADLINE, 95, { operations: operation });
    return value === null ? [] : [{ operation, nearness: nearnessOf(run, operation), p95_us: value }];
  }).sort((a, b) => b.nearness - a.nearness || b.p95_us - a.p95_us).map(({ operation }) => operation);
}

/** The largest part of a limit that an operation takes; 0 without a limit. */
export function nearnessOf(run: Run, operation: string): number {
  const parts = percentileRules(run).filter((rule) => isHeldBy(rule, operation)).map(({ measure, limit, stage }) => {
    if (measure.kind !== "percentile") return 0;
    const selection = { operations: operation, ...(stage !== null && { stage }) };
    return (plainPercentile(run, HEADLINE, measure.percentile, selection).value ?? 0) / limit;
  });
  return Math.max(0, ...parts);
}

function responseChart(run: Run, operation: string | null, labelled: boolean): Chart {
  const color = operation === null ? "ink-2" : operationColors(run).get(operation) ?? "op-0";
  const p95 = lineOf(run, operation, 95, color, 1.8, true);
  const p50 = lineOf(run, operation, 50, color, 1, false);
  const limits = limitsOn(run, operation);
  const figure = plainPercentile(run, HEADLINE, 95, operation === null ? {} : { operations: operation });
  const limit = limits.find(({ percentile, from_s }) => percentile === 95 && from_s === undefined);
  return panelChart(run, {
    title: operation ?? "all calls together",
    note: whatOf(run, operation),
    figure: figure.value === null ? "" : `P95 ${figureText(figure, formatDuration)}`,
    over: limit !== undefined && (figure.value ?? 0) / 1000 > limit.value,
    color: operation === null ? "" : color,
    description: `P50 and P95 of the response time of ${operation ?? "all calls"} over the run's time`,
    unit: "duration_ms",
    height: HEIGHT,
    at: percentileTimes(run),
    lines: [p95, p50],
    band: [p50, p95],
    limits,
    labelled,
  });
}

function whatOf(run: Run, operation: string | null): string {
  return operation !== null && kindOf(run, operation) === "turn" ? "last word to first sound" : "response time";
}

/** One percentile of an operation over time. */
export function lineOf(
  run: Run,
  operation: string | null,
  percentile: OverTimePercentile,
  color: string,
  width: number,
  judged: boolean,
): Line {
  const { values, at_least } = percentilesOverTime(run, operation)[percentile];
  return {
    name: `${operation ?? "all calls"} ${percentileName(percentile)}`,
    label: percentileName(percentile),
    values,
    ...(at_least.length > 0 && { at_least }),
    color,
    width,
    judged,
  };
}

/** Percentiles of one operation over time. */
export function percentilesChart(run: Run, operation: string): Chart {
  const color = operationColors(run).get(operation) ?? "op-0";
  const line = (percentile: OverTimePercentile, width: number) =>
    lineOf(run, operation, percentile, color, width, percentile === 95);
  const [p99, p95, p90, p50] = [line(99, 1), line(95, 1.8), line(90, 1), line(50, 1.8)];
  return panelChart(run, {
    title: "Response time",
    note: "percentiles over the run",
    description: `Percentiles of the response time of ${operation} over the run's time`,
    unit: "duration_ms",
    height: HEIGHT,
    at: percentileTimes(run),
    lines: [p99, p95, p90, p50],
    band: [p50, p95],
    limits: limitsOn(run, operation),
    labelled: true,
  });
}

/** Voice to voice, where a rule reads it: the response time of a turn holds what was sent late as well. */
function voiceChart(run: Run): Chart | null {
  const limits = limitsOn(run, null, "voice_to_voice");
  if (limits.length === 0) return null;
  const points = pointsOf(run, null);
  const times = timesOf(points, "voice_to_voice");
  if (times.every((one) => one === null)) return null;
  const line = (at: 0 | 1, width: number, judged: boolean): Line => ({
    name: `voice to voice ${percentileName(DRAWN[at])}`,
    label: percentileName(DRAWN[at]),
    values: times.map((one) => one === null ? null : toMs(one[at] as number)),
    color: "op-4",
    width,
    judged,
  });
  const [p95, p50] = [line(1, 1.8, true), line(0, 1, false)];
  return panelChart(run, {
    title: "voice to voice",
    note: "end of speech to first audio",
    color: "op-4",
    description: "P50 and P95 of voice to voice over the run's time",
    unit: "duration_ms",
    height: HEIGHT,
    at: middlesOf(points),
    lines: [p95, p50],
    band: [p50, p95],
    limits,
    labelled: true,
  });
}
