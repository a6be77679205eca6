/** From a run to what the terminal shows of it. */
import { endedCalls, errorRate, Series } from "../../measure/series.ts";
import type { GpuSample } from "../../measure/resource.ts";
import { formatBytes, formatPercent } from "../../plan/units.ts";
import { connectionTotals } from "../../report/figures/facts.ts";
import { generatorLine, kindLines } from "../../report/text/kind_lines.ts";
import { hasOpenLoad } from "../../report/figures/load_reached.ts";
import { dataText, intervalText, levelText } from "../../report/figures/rules.ts";
import { isNews } from "../../result/event_kinds.ts";
import type { Run, Selection } from "../../result/run.ts";
import { slotTotal, type TimeSlot } from "../../result/timeline.ts";
import {
  type ArrivalsView,
  type ErrorView,
  type GpuView,
  LIVE_COLUMNS,
  type LiveView,
  type OperationRow,
  type RuleState,
  type RuleView,
  summaryColumns,
  type SummaryView,
} from "./view_model.ts";
import { censoringDeadline_us } from "../../verdict/censoring.ts";
import { carriesPercentile } from "../../verdict/estimate.ts";
import type { RuleOutcome, Verdict } from "../../verdict/verdict.ts";

/** Seconds that the figures of the moment look back on. */
const RECENT_SLOTS = 10;
const NOTES_SHOWN = 3;

/** What the live view shows now. `verdict` is that of the figures so far. */
export function liveView(run: Run, verdict: Verdict, elapsed_ms: number, stopping: boolean): LiveView {
  const recent = run.slots.slice(-RECENT_SLOTS);
  const last = run.slots.at(-1);
  const history = run.slots.map(pointOf);
  const now = new Series();
  for (const slot of recent) now.merge(slotTotal(slot));
  const seconds = recent.reduce((sum, slot) => sum + slot.length_ms / 1000, 0);
  return {
    scenario: run.plan.scenario,
    elapsed_ms,
    duration_ms: run.plan.duration_ms,
    stage: run.plan.stages.find((stage) => elapsed_ms < stage.end_ms)?.name ?? "",
    phase: stopping || elapsed_ms >= run.plan.duration_ms ? "stopping" : "running",
    users: last?.users ?? 0,
    arrivals: hasOpenLoad(run) ? arrivalsView(run, recent, seconds) : null,
    calls_per_s: seconds === 0 ? 0 : endedCalls(now.outcomes) / seconds,
    good_share: goodShare(run, now),
    in_flight: last?.in_flight ?? 0,
    gpu: gpuView(run.gpu),
    p95_history_us: history.map(({ p95_us }) => p95_us),
    error_history: history.map(({ error_rate }) => error_rate),
    ...figuresOf(now),
    latency_columns: LIVE_COLUMNS,
    operations: run.operations.map((name) => operationRow(run, name, [50, 95, 99], false, verdict)),
    rules: verdict.rules.map(ruleView),
    notes: run.events.filter(({ kind }) => isNews(kind)).slice(-NOTES_SHOWN).map(({ text }) => text),
  };
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
  const ended = endedCalls(recent.outcomes);
  return plan.objectives.length === 0 || ended === 0 ? null : recent.counter("good") / ended;
}

interface Figures {
  p95_us: number | null;
  error_rate: number | null;
}

function figuresOf(series: Series): Figures {
  const latency = series.histogram("latency");
  return {
    p95_us: latency.count === 0 ? null : latency.percentile(95),
    error_rate: endedCalls(series.outcomes) === 0 ? null : errorRate(series.outcomes),
  };
}

/** Slots never change once the next has begun, so each is summed up once. */
const points = new WeakMap<TimeSlot, Figures>();

function pointOf(slot: TimeSlot): Figures {
  const known = points.get(slot) ?? figuresOf(slotTotal(slot));
  points.set(slot, known);
  return known;
}

/** One row; `full` adds mean and max, as the summary has them. */
function operationRow(
  run: Run,
  name: string | null,
  percentiles: readonly number[],
  full: boolean,
  verdict: Verdict,
): OperationRow {
  const selection = name === null ? {} : { operations: name };
  const total = run.total(selection);
  const latency = total.histogram("latency");
  const first = total.histogram("first_message");
  const value = (histogram: typeof latency, pick: (h: typeof latency) => number) =>
    histogram.count === 0 ? null : pick(histogram);
  const figures = percentiles.map((p) => latencyFigure(run, p, total, selection));
  const quantiles = figures.map(({ value_us }) => value_us);
  const titles = (wanted: (figure: LatencyFigure) => boolean) => figures.filter(wanted).map(({ title }) => title);
  const firstP95 = value(first, (h) => h.percentile(95));
  const { ok, failed, timed_out } = total.outcomes;
  return {
    name: name ?? "all",
    calls: ok + failed + timed_out,
    rate_per_s: run.throughput(selection),
    errors: failed + timed_out,
    latencies_us: full
      ? [value(latency, (h) => h.mean), ...quantiles, value(latency, (h) => h.max), firstP95]
      : [...quantiles, firstP95],
    broken: brokenColumns(name, verdict),
    at_least: titles(({ at_least }) => at_least),
    few: titles(({ few }) => few),
  };
}

interface LatencyFigure {
  title: string;
  value_us: number | null;
  at_least: boolean;
  few: boolean;
}

function latencyFigure(run: Run, percentile: number, total: Series, selection: Selection): LatencyFigure {
  const latency = total.histogram("latency");
  const hidden_us = censoringDeadline_us(run, { kind: "percentile", percentile, of: "latency" }, selection);
  return {
    title: `p${percentile}`,
    value_us: hidden_us ?? (latency.count === 0 ? null : latency.percentile(percentile)),
    at_least: hidden_us !== null,
    few: hidden_us === null && percentile < 100 && !carriesPercentile(latency.count, percentile),
  };
}

/** Columns whose value breaks a rule of the operation. */
function brokenColumns(name: string | null, { rules }: Verdict): string[] {
  return rules.filter((rule) => !rule.passed && rule.observed !== null && rule.worst === name).flatMap(
    ({ threshold: { measure } }) => {
      if (measure.kind === "error_rate") return ["errors"];
      if (measure.kind !== "percentile") return [];
      if (measure.of === "latency") return [`p${measure.percentile}`];
      return measure.of === "first_message" && measure.percentile === 95 ? ["first p95"] : [];
    },
  );
}

function ruleState({ passed, observed, threshold }: RuleOutcome): RuleState {
  if (passed) return "pass";
  if (threshold.level === "warn") return "warn";
  return observed === null ? "unknown" : "fail";
}

function ruleView(rule: RuleOutcome): RuleView {
  const { threshold, observed_text, worst, data } = rule;
  const glob = threshold.operations?.includes("*") ?? false;
  const where = [
    ...(worst !== null && glob ? [`worst: ${worst}`] : []),
    ...(data === "too little" ? [dataText(rule)] : []),
    levelText(rule),
  ];
  return {
    source: threshold.source,
    state: ruleState(rule),
    observed: observed_text,
    range: intervalText(rule),
    where: where.filter((text) => text !== "").join(", "),
  };
}

/** The newest reading of each GPU, put together. */
function gpuView(samples: readonly GpuSample[]): GpuView | null {
  const newest = new Map(samples.slice(-64).map((sample) => [sample.index, sample]));
  const gpus = [...newest.values()];
  const [first] = gpus;
  if (first === undefined) return null;
  const sum = (pick: (sample: GpuSample) => number | null) => {
    const known = gpus.map(pick).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
  };
  const use = sum(({ utilization_percent }) => utilization_percent);
  return {
    label: gpus.length === 1 ? `GPU ${first.index}` : `${gpus.length} GPUs`,
    utilization_percent: use === null ? null : use / gpus.length,
    power_w: sum(({ power_w }) => power_w),
  };
}

/** The last screen of a run. */
export function summaryView(
  run: Run,
  verdict: Verdict,
  outcome: { report_path: string; exit_code: number; exit_meaning: string; advice: readonly string[] },
): SummaryView {
  const { percentiles, scenario } = run.plan;
  const rows = run.operations.map((name) => operationRow(run, name, percentiles, true, verdict));
  return {
    verdict: verdict.status,
    tone: verdict.status === "PASS" ? "pass" : verdict.status === "FAIL" ? "fail" : "warn",
    scenario,
    duration_ms: run.load_end_ms,
    calls: run.total({}, true).issued,
    unaccounted: run.unaccounted,
    sentence: verdict.sentence,
    rules: verdict.rules.map((rule) => finished(ruleView(rule))),
    latency_columns: summaryColumns(percentiles),
    operations: rows,
    total: rows.length > 1 ? operationRow(run, null, percentiles, true, verdict) : null,
    details: [...kindLines(run), ...generatorLine(run)],
    errors: run.failures.map(errorView),
    moved: connectionTotals(run).filter(({ moves_total }) => moves_total > 0).map((one) => ({
      service: one.service,
      calls: one.moves_total,
    })),
    machine: machineLine(run),
    ...outcome,
  };
}

/** After the end a rule without data is broken, not undecided. */
const finished = (rule: RuleView): RuleView => rule.state === "unknown" ? { ...rule, state: "fail" } : rule;

function errorView(failure: Run["failures"][number]): ErrorView {
  const { count, type, operation, first_ms, example } = failure;
  return { count, type, operation, first_ms, example };
}

function machineLine(run: Run): string[] {
  const parts: string[] = [];
  for (const [index, samples] of Map.groupBy(run.gpu, (sample) => sample.index)) {
    const use = mean(samples.map((sample) => sample.utilization_percent));
    const power = mean(samples.map((sample) => sample.power_w));
    if (use !== null) parts.push(`GPU ${index} ${Math.round(use)} %${power === null ? "" : ` ${Math.round(power)} W`}`);
  }
  const cpu = mean(run.host.map((sample) => sample.cpu_percent));
  const own = mean(run.host.map((sample) => sample.own_cpu_percent));
  const memory = run.host.reduce((peak, sample) => Math.max(peak, sample.own_memory_bytes ?? 0), 0);
  if (cpu !== null) parts.push(`host CPU ${formatPercent(cpu / 100)}`);
  if (own !== null) parts.push(`june-load ${(own / 100).toFixed(2)} cores, ${formatBytes(memory)}`);
  return parts;
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
}
