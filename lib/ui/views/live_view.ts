/**
 * A running test as plain data, for the terminal and the live page. Numbers are in base units. Any string may come from a
 * server or a file, so the code that draws must remove anything that could control a terminal or a page.
 */
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import type { FailureData } from "../../measure/interval.ts";
import { endedCalls, errorRate, Series } from "../../measure/series.ts";
import { hasOpenLoad, hasUsers } from "../../report/figures/load_reached.ts";
import { answerLines, generatorLine, kindLines } from "../../report/text/kind_lines.ts";
import type { Run } from "../../result/run.ts";
import type { TimeSlot } from "../../result/timeline.ts";
import { censoredValue } from "../../verdict/censoring.ts";
import { SHARES } from "../../verdict/figures.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import { type GpuView, gpuView } from "./gpu_view.ts";
import { liveNews, type NewsItem } from "./news.ts";
import { type LatencyColumn, type OperationRow, operationRow } from "./operation_row.ts";
import { type RuleView, ruleView } from "./rule_view.ts";

/** Arrivals of open loads over the last seconds. */
export interface ArrivalsView {
  offered_per_s: number;
  begun_per_s: number;
  /** Since the start of the run. */
  dropped: number;
}

/** The P95 of the response time of one operation. */
export interface SlowestView {
  operation: string;
  p95_us: number;
  /** The true value is this or more: calls timed out. */
  at_least: boolean;
}

/** A running test. */
export interface LiveView {
  scenario: string;
  elapsed_ms: number;
  /** Planned length of the run. */
  duration_ms: number;
  /** Name of the current stage, or empty. */
  stage: string;
  /** `stopping`: no new tasks start, calls in flight may still end. */
  phase: "running" | "stopping";
  /** No new tasks start until the user resumes the load. */
  paused: boolean;
  /** Null for plans whose loads are all open: they have calls in flight. */
  users: number | null;
  /** Null for plans whose loads are all closed. */
  arrivals: ArrivalsView | null;
  calls_per_s: number;
  /** Share of good calls among the calls that ended in the last seconds; null for plans without objectives. */
  good_share: number | null;
  in_flight: number;
  /** Calls cut off so far: by the end of the run, or with a worker that died. */
  unfinished: number;
  /** Null when no GPU is sampled. */
  gpu: GpuView | null;
  /** Calls that ended in each second, per second, oldest first. */
  rate_history: ReadonlyArray<number>;
  /** P95 of the slowest operation of each second, oldest first; null for a second in which no call ended. */
  p95_history_us: ReadonlyArray<number | null>;
  /** Error rate, 0 to 1, one value per second like the P95. */
  error_history: ReadonlyArray<number | null>;
  /** The operation that people waited longest for over the last seconds; null while no call has ended. */
  slowest: SlowestView | null;
  /** Error rate over the last seconds. */
  error_rate: number | null;
  latency_columns: readonly LatencyColumn[];
  operations: readonly OperationRow[];
  rules: readonly RuleView[];
  /** What happened, oldest first. */
  news: readonly NewsItem[];
  /** Calls that failed in the same way, counted; most frequent first. */
  failures: readonly FailureView[];
  /** Further figures of each operation as text; ` · ` separates its parts. Empty unless they were asked for. */
  details: ReadonlyArray<{ name: string; text: string }>;
}

/** Calls that failed in the same way, counted. Texts are a server's. */
export type FailureView = Pick<FailureData, "count" | "type" | "operation" | "first_ms" | "last_ms" | "example">;

/** What only the terminal draws of a live view: the page has lines of its own, a log, and details of failures. */
export type OfTerminal = "rate_history" | "p95_history_us" | "error_history" | "news" | "failures" | "details";

/** What a view is asked for besides. */
export interface LiveOptions {
  /** Whether the further figures of each operation are shown. */
  details?: boolean;
}

/** Columns of the live table: P50, P95, P99 of the response time and P95 of the first message. */
export const LIVE_COLUMNS: readonly LatencyColumn[] = [
  { title: "p50", rank: 2 },
  { title: "p95", rank: 1 },
  { title: "p99", rank: 3 },
  { title: "first p95", rank: 4 },
];

/** Length of the window of the current figures; seconds. */
const RECENT_SLOTS = 10;
const FAILURES_SHOWN = 20;

/**
 * The live view of a run. `verdict` judges the figures so far.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../../tests/result/make_run.ts"; // thirty made-up seconds
 * import { evaluate } from "../../verdict/evaluate.ts";
 *
 * const run = makeRun({ seconds: 30 });
 * const { stage, users, phase } = liveView(run, evaluate(run), 30_000, false);
 * assert.deepEqual([stage, users, phase], ["hold", 20, "running"]);
 * ```
 */
export function liveView(
  run: Run,
  verdict: Verdict,
  elapsed_ms: number,
  stopping: boolean,
  { details = false }: LiveOptions = {},
): LiveView {
  const history = run.slots.map(pointOf);
  return {
    ...liveFigures(run, verdict, elapsed_ms, stopping),
    rate_history: history.map(({ rate_per_s }) => rate_per_s),
    p95_history_us: history.map(({ p95_us }) => p95_us),
    error_history: history.map(({ error_rate }) => error_rate),
    news: liveNews(run, verdict),
    failures: run.failures.slice(0, FAILURES_SHOWN).map(failureView),
    details: details ? [...kindLines(run), ...answerLines(run), ...generatorLine(run)] : [],
  };
}

/** The same without what only the terminal draws. */
export function liveFigures(
  run: Run,
  verdict: Verdict,
  elapsed_ms: number,
  stopping: boolean,
): Omit<LiveView, OfTerminal> {
  const recent = run.slots.slice(-RECENT_SLOTS);
  const last = run.slots.at(-1);
  const now = countsOf(recent);
  const seconds = recent.reduce((sum, slot) => sum + slot.length_ms / 1000, 0);
  return {
    scenario: run.plan.scenario,
    elapsed_ms,
    duration_ms: run.plan.duration_ms,
    stage: run.plan.stages.find((stage) => elapsed_ms < stage.end_ms)?.name ?? "",
    phase: stopping || elapsed_ms >= run.plan.duration_ms ? "stopping" : "running",
    paused: run.steering.paused_ms !== null,
    users: hasUsers(run) ? last?.users ?? 0 : null,
    arrivals: hasOpenLoad(run) ? arrivalsView(run, recent, seconds) : null,
    calls_per_s: seconds === 0 ? 0 : endedCalls(now.outcomes) / seconds,
    good_share: goodShare(run, now),
    in_flight: last?.in_flight ?? 0,
    unfinished: run.total({}, true).outcomes.unfinished,
    gpu: gpuView(run.gpu),
    slowest: slowestOf(recent),
    error_rate: errorShare(now),
    latency_columns: LIVE_COLUMNS,
    operations: run.operations.map((name) => operationRow(run, name, [50, 95, 99], false, verdict)),
    rules: verdict.rules.map(ruleView),
  };
}

function failureView({ count, type, operation, first_ms, last_ms, example }: Run["failures"][number]): FailureView {
  return { count, type, operation, first_ms, last_ms, example };
}

function arrivalsView(run: Run, recent: readonly TimeSlot[], seconds: number): ArrivalsView {
  const sum = (read: (slot: TimeSlot) => number) => recent.reduce((total, slot) => total + read(slot), 0);
  const perSecond = (count: number) => seconds === 0 ? 0 : count / seconds;
  return {
    offered_per_s: perSecond(sum(({ generator }) => generator.due)),
    begun_per_s: perSecond(sum(({ generator }) => generator.begun)),
    dropped: run.total({}, true).outcomes.dropped,
  };
}

function goodShare({ plan }: Run, recent: Series): number | null {
  const { part, whole } = SHARES.good_rate(recent);
  return plan.objectives.length === 0 || whole === 0 ? null : part / whole;
}

/** Counts of all operations over some slots; times of all together mean nothing. */
function countsOf(slots: readonly TimeSlot[]): Series {
  const counts = new Series();
  for (const { series } of slots) for (const data of series.values()) counts.mergeCounts(data);
  return counts;
}

function errorShare(series: Series): number | null {
  return endedCalls(series.outcomes) === 0 ? null : errorRate(series);
}

/** The operation with the highest P95 over some slots. */
function slowestOf(slots: readonly TimeSlot[]): SlowestView | null {
  const operations = new Map<string, Series>();
  for (const { series } of slots) {
    for (const [operation, data] of series) {
      const total = operations.get(operation) ?? new Series();
      total.mergeData(data);
      operations.set(operation, total);
    }
  }
  return [...operations].reduce<SlowestView | null>((slowest, [operation, total]) => {
    const found = censoredValue(total, { kind: "percentile", percentile: 95, of: HEADLINE });
    if (found === null || (slowest !== null && slowest.p95_us >= found.value_us)) return slowest;
    return { operation, p95_us: found.value_us, at_least: found.at_least };
  }, null);
}

interface HistoryPoint {
  rate_per_s: number;
  p95_us: number | null;
  error_rate: number | null;
}

/** A slot never changes after the next one has begun, so each is summed up only once. */
const points = new WeakMap<TimeSlot, HistoryPoint>();

function pointOf(slot: TimeSlot): HistoryPoint {
  const known = points.get(slot) ?? measured(slot);
  points.set(slot, known);
  return known;
}

function measured(slot: TimeSlot): HistoryPoint {
  const total = countsOf([slot]);
  return {
    rate_per_s: slot.length_ms === 0 ? 0 : 1000 * endedCalls(total.outcomes) / slot.length_ms,
    p95_us: slowestOf([slot])?.p95_us ?? null,
    error_rate: errorShare(total),
  };
}
