/** The charts of a running load, as panels of the report's own kind: the plan's whole width from the first second. */
import type { Timed } from "../../../../report/charts/axis.ts";
import type { Line } from "../../../../report/charts/chart.ts";
import { colorsFor, GREY, OPERATION_COLORS } from "../../../../report/charts/palette.ts";
import type { Panel } from "../../../../report/charts/panels.ts";
import { formatCount, formatDuration, formatNumber, formatPower, formatRate } from "../../../../plan/units.ts";
import type { PlanView } from "../../api.ts";
import { aheadOf } from "../state/course.ts";
import type { Points } from "../state/points.ts";

/** Height of what callers felt, and of what the system did; pixels. */
const CALLERS_PX = 84;
const SYSTEM_PX = 64;
/** Operations with a chart of their own; the table shows all. */
const MAX_OPERATIONS = 6;
const MAX_FAILING = 5;
const GPU_COLORS = ["gpu", "gpu-2"] as const;

/** A panel, and the id of its place. */
export type LivePanel = readonly [id: string, panel: Panel];

/** A plan's operations in its order, each once. */
export function operationsOf({ tasks }: PlanView): string[] {
  return [...new Set(tasks.map(({ operation }) => operation))];
}

/** The axis of time of a plan. */
export function timedOf({ duration_ms, stages }: PlanView, elapsed_ms: number): Timed {
  const plan = {
    duration_ms,
    stages: stages.map(({ name, load, from_s, to_s, warm_up }) => ({
      name,
      load,
      start_ms: from_s * 1000,
      end_ms: to_s * 1000,
      warm_up,
    })),
  };
  return { elapsed_ms, load_end_ms: duration_ms, plan };
}

/**
 * The operations with a chart: all of a few, else those nearest to their limits, in the plan's order. How near is the mean
 * over the whole run, so that charts do not come and go.
 */
export function charted(plan: PlanView, points: Points): string[] {
  const operations = operationsOf(plan);
  if (operations.length <= MAX_OPERATIONS) return operations;
  const used = (name: string) => {
    const limits = plan.limits.filter(({ operation, of }) => operation === name && of === "response_time");
    const shares = limits.map(({ percentile, value }) => (meanOf(points, `${name} P${percentile}`) ?? 0) / value);
    return Math.max(-1, ...shares);
  };
  const near = new Map(operations.map((name) => [name, used(name)]));
  const nearest = operations.toSorted((a, b) => (near.get(b) ?? 0) - (near.get(a) ?? 0)).slice(0, MAX_OPERATIONS);
  return operations.filter((name) => nearest.includes(name));
}

function meanOf(points: Points, line: string): number | null {
  const values = points.values(line).filter((value) => value !== null);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What callers felt: each operation against its own limit, then first tokens. */
export function callerPanels(plan: PlanView, points: Points, now_s: number): LivePanel[] {
  const operations = operationsOf(plan);
  const shown = charted(plan, points);
  const colors = colorsFor(operations);
  const panels = shown.map((operation, i): LivePanel => [`response-${i}`, {
    ...timesPanel(plan, points, operation, "response_time", colors.get(operation) ?? GREY, now_s),
    title: operation,
    note: "response time",
    color: colors.get(operation) ?? GREY,
    description: `P50 and P95 of the response time of ${operation} over the run's time`,
    height: CALLERS_PX,
  }]);
  return lastLabelled([...panels, ...firstPanels(plan, points, now_s)]);
}

/** The last chart of a column has the labels of the axis of time. */
function lastLabelled(panels: readonly LivePanel[]): LivePanel[] {
  return panels.map(([id, panel], i) => [id, { ...panel, labelled: i === panels.length - 1 }]);
}

/** P50 and P95 of a time of an operation against its limits. */
function timesPanel(
  plan: PlanView,
  points: Points,
  operation: string,
  of: "response_time" | "first_message",
  color: string,
  now_s: number,
): Omit<Panel, "title" | "description" | "height"> {
  const what = of === "response_time" ? "" : "first message ";
  const line = (name: string, width: number, judged: boolean): Line => ({
    name: `${operation} ${what}${name}`,
    label: name,
    values: points.values(`${operation} ${what}${name}`),
    color,
    width,
    judged,
  });
  const [p95, p50] = [line("P95", 1.8, true), line("P50", 1, false)];
  const limits = plan.limits.filter((limit) => limit.operation === operation && limit.of === of);
  const now = points.last(p95.name);
  const limit = limits.find(({ percentile, from_s }) => percentile === 95 && from_s === undefined);
  const both = points.lines.has(p50.name);
  return {
    figure: now === null ? "" : `P95 ${formatDuration(now * 1000)} now`,
    over: limit !== undefined && now !== null && now > limit.value,
    unit: "duration_ms",
    at: points.at_s,
    lines: both ? [p95, p50] : [p95],
    ...(both && { band: [p50, p95] as const }),
    limits,
    now_s,
  };
}

/** What the system did, on the same clock. */
export function systemPanels(plan: PlanView, points: Points, now_s: number): LivePanel[] {
  const panels: LivePanel[] = [
    ...loadPanels(plan, points, now_s),
    ["failed", failedPanel(plan, points, now_s)],
    ["in-flight", flightPanel(plan, points, now_s)],
    ...servicePanels(plan, points, now_s),
    ...machinePanels(points, now_s),
  ];
  return lastLabelled(panels);
}

function panelOf(
  title: string,
  note: string,
  unit: Panel["unit"],
  points: Points,
  now_s: number,
): Omit<Panel, "lines"> {
  return { title, note, unit, now_s, description: `${title} over the run's time`, height: SYSTEM_PX, at: points.at_s };
}

function lineOf(points: Points, name: string, label: string, color: string, width: number, area = false): Line {
  return { name, label, color, width, ...(area && { area }), values: points.values(name) };
}

/** The plan ahead of each load of a kind, dotted. */
function ahead(plan: PlanView, kind: "closed" | "open", now_s: number): Line[] {
  return plan.loads.filter((load) => load.kind === kind).map(({ name, points }): Line => {
    const course = aheadOf(points, now_s);
    return {
      name: `${name} ahead`,
      label: "plan",
      color: "ink-3",
      width: 1,
      dotted: true,
      unnamed: true,
      at: course.map(([at_s]) => at_s),
      values: course.map(([, target]) => target),
    };
  });
}

function loadPanels(plan: PlanView, points: Points, now_s: number): LivePanel[] {
  const closed = plan.loads.some(({ kind }) => kind === "closed");
  const open = plan.loads.some(({ kind }) => kind === "open");
  const answers = points.last("ok answers/s");
  const load: Panel = {
    ...panelOf("Load", closed ? "users, answers each second" : "answers each second", "count", points, now_s),
    figure: answers === null ? "" : `${formatRate(answers)} now`,
    lines: [
      lineOf(points, "ok answers/s", "answers/s", "blue-3", 1.6, true),
      ...(points.lines.has("good answers/s") ? [lineOf(points, "good answers/s", "good/s", "pass", 1)] : []),
      ...(closed ? [lineOf(points, "users", "users", "ink-2", 1.6), ...ahead(plan, "closed", now_s)] : []),
    ],
  };
  if (!open) return [["load", load]];
  const dropped = lineOf(points, "dropped/s", "dropped", "warn", 1.6);
  return [["load", load], ["arrivals", {
    ...panelOf("Arrivals", "offered and begun each second", "count", points, now_s),
    lines: [
      lineOf(points, "begun/s", "begun", "blue-3", 1, true),
      lineOf(points, "offered/s", "offered", "ink-2", 1.6),
      ...ahead(plan, "open", now_s),
      ...(dropped.values.some((value) => (value ?? 0) > 0) ? [dropped] : []),
    ],
  }]];
}

function failedPanel(plan: PlanView, points: Points, now_s: number): Panel {
  const operations = operationsOf(plan);
  const colors = colorsFor(operations);
  const counts = operations.map((operation) => {
    const line = lineOf(
      points,
      `${operation} failed/s`,
      shortName(operation, operations),
      colors.get(operation) ?? GREY,
      1.4,
      true,
    );
    return { line, total: line.values.reduce<number>((sum, value) => sum + (value ?? 0), 0) };
  });
  const failing = counts.filter(({ total }) => total > 0).sort((a, b) => b.total - a.total).slice(0, MAX_FAILING);
  // Without a failure the frame stands there empty, so that nothing jumps when the first one comes.
  const none = lineOf(points, "failed/s", "failed", "ink-3", 0);
  return {
    ...panelOf("Failed calls", "each second, by operation", "count", points, now_s),
    figure: failing.length === 0 ? "none so far" : "",
    lines: failing.length === 0 ? [{ ...none, unnamed: true }] : failing.map(({ line }) => line),
  };
}

/** `llm` of `llm.chat_stream`, where no other operation begins so. */
function shortName(operation: string, among: readonly string[]): string {
  const first = operation.split(".")[0] as string;
  return among.filter((name) => name.split(".")[0] === first).length === 1 ? first : operation;
}

/** First tokens, and whatever else a rule asks of a first message. */
function firstPanels(plan: PlanView, points: Points, now_s: number): LivePanel[] {
  const operations = operationsOf(plan);
  const colors = colorsFor(operations);
  const wanted = operations.filter((name) =>
    /^llm\b/.test(name) || plan.limits.some(({ operation, of }) => operation === name && of === "first_message")
  ).filter((name) =>
    points.values(`${name} first message P95`).some((value) => value !== null) ||
    plan.limits.some(({ operation, of }) => operation === name && of === "first_message")
  ).slice(0, 2);
  return wanted.map((operation, i): LivePanel => [`first-${i}`, {
    ...timesPanel(plan, points, operation, "first_message", colors.get(operation) ?? GREY, now_s),
    title: "First token",
    note: operation,
    description: `P95 of the first message of ${operation} over the run's time`,
    height: CALLERS_PX,
  }]);
}

function flightPanel(plan: PlanView, points: Points, now_s: number): Panel {
  const all = lineOf(points, "calls in flight", "all", "ink-2", 1.2);
  const now = points.last(all.name);
  return {
    ...panelOf("In flight", "calls, and streams by service", "count", points, now_s),
    figure: now === null ? "" : `${formatCount(now)} now`,
    lines: [...serviceLines(plan, points, "streams").filter(busy), all],
  };
}

const busy = ({ values }: Line) => values.some((value) => (value ?? 0) > 0);

/** A service has the colour of the first operation that bears its name, else grey. */
function serviceLines(plan: PlanView, points: Points, what: string): Line[] {
  const colors = colorsFor(operationsOf(plan));
  return plan.services.map(({ name }): Line => {
    const operation = [...colors.keys()].find((one) => one.split(/[. ]/)[0] === name);
    return lineOf(points, `${name} ${what}`, name, colors.get(operation ?? "") ?? GREY, 1.6);
  });
}

function servicePanels(plan: PlanView, points: Points, now_s: number): LivePanel[] {
  const open = serviceLines(plan, points, "connections");
  const waiting = serviceLines(plan, points, "waiting").filter(busy);
  const panels: LivePanel[] = [["connections", {
    ...panelOf("Connections", "open, by service", "count", points, now_s),
    lines: open,
  }]];
  if (waiting.length === 0) return panels;
  return [...panels, ["waiting", {
    ...panelOf("Waiting", "calls without a free stream", "count", points, now_s),
    lines: waiting,
  }]];
}

/** The lines of all GPUs for a reading, in the order in which they came. */
function gpuLines(points: Points, what: string): Line[] {
  return [...points.lines.keys()].filter((name) => name.startsWith("GPU") && name.endsWith(` ${what}`))
    .map((name, i) => {
      const label = name.slice(0, -what.length - 1);
      return { ...lineOf(points, name, label, GPU_COLORS[i % 2] ?? "gpu", i < 2 ? 1.6 : 1), unnamed: i >= 4 };
    });
}

/** The newest values: of two each, of more the lowest and the highest, which is what a chart's head has room for. */
export function nowText(values: readonly number[], write: (value: number) => string): string {
  if (values.length === 0) return "";
  if (values.length <= 2) return `${values.map(write).join(" and ")} now`;
  return `${write(Math.min(...values))} to ${write(Math.max(...values))} now`;
}

function machinePanels(points: Points, now_s: number): LivePanel[] {
  const now = (lines: readonly Line[], write: (value: number) => string) =>
    nowText(lines.map(({ name }) => points.last(name)).filter((value) => value !== null), write);
  const note = (lines: readonly Line[]) => lines.length > 2 ? `of ${lines.length}` : "";
  const percent = (value: number) => `${formatNumber(value)} %`;
  const [use, power] = [gpuLines(points, "use"), gpuLines(points, "power")];
  const cpu = [
    lineOf(points, "CPU", "all", "accent", 1.6),
    ...(points.lines.has("own CPU") ? [lineOf(points, "own CPU", "june-load", "ink-3", 1)] : []),
  ];
  const panels: LivePanel[] = [
    ["gpu-use", {
      ...panelOf("GPU use", note(use), "percent", points, now_s),
      max: 100,
      figure: now(use, percent),
      lines: use,
    }],
    ["gpu-power", {
      ...panelOf("GPU power", note(power), "watt", points, now_s),
      figure: now(power, formatPower),
      lines: power,
    }],
    ["host-cpu", {
      ...panelOf("CPU of this machine", "which makes the load", "percent", points, now_s),
      figure: now(cpu.slice(0, 1), percent),
      lines: cpu,
    }],
  ];
  return [...panels, ...watchedPanels(points, now_s)].filter(([, { lines }]) =>
    lines.some(({ values }) => values.some((value) => value !== null))
  );
}

/** Lines in one chart at most: more cannot be told apart. */
const MAX_WATCHED = 6;

/** What services use, and what they tell of their queues. */
function watchedPanels(points: Points, now_s: number): LivePanel[] {
  const lines = (what: string) =>
    [...points.lines.keys()].filter((name) => name.endsWith(` ${what}`)).slice(0, MAX_WATCHED).map((name, i) =>
      lineOf(points, name, name.slice(0, -what.length - 1), OPERATION_COLORS[i % OPERATION_COLORS.length] ?? GREY, 1.4)
    );
  const panel = (title: string, note: string, unit: Panel["unit"], what: string): Panel => ({
    ...panelOf(title, note, unit, points, now_s),
    lines: lines(what),
  });
  return [
    ["process-cpu", panel("CPU of services", "100 % is one core", "percent", "process CPU")],
    ["process-memory", panel("Memory of services", "", "bytes", "process memory")],
    ["page-queue", panel("Queue time", "as services tell it", "duration_ms", "queue time")],
    ["page-waiting", panel("Requests waiting", "in the services' own queues", "count", "requests waiting")],
    ["page-cache", panel("KV cache in use", "as services tell it", "percent", "KV cache")],
  ];
}
