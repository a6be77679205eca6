/** What the system did: the load, what was lost, calls in flight, and the machines, on the same clock. */
import type { Run } from "../../result/run.ts";
import { formatCount, formatRate } from "../../plan/units.ts";
import { type Bin, binLength, binsOf } from "../figures/bins.ts";
import { errorsOf, operationsOf } from "../figures/figures.ts";
import { memoized } from "../figures/memory.ts";
import type { Chart, Line, Value } from "./chart.ts";
import { operationColors, serviceColor } from "./colors.ts";
import { middleOf, type Panel, panelChart } from "./panels.ts";

const HEIGHT = 64;
/** Points of a line at most. */
const MAX_POINTS = 300;

/** A panel by the id of its place, before it is known which of a column is the last. */
export type NamedPanel = readonly [id: string, panel: Panel];

/** The bins of everything but percentiles. */
export function loadBins(run: Run): Bin[] {
  return memoized(run, "load bins", () => binsOf(run, binLength(run, MAX_POINTS)));
}

/** Their middles; seconds. */
export function loadTimes(run: Run): number[] {
  return memoized(run, "load times", () => loadBins(run).map(middleOf));
}

/** Three decimals are finer than a pixel. */
const perSecond = (bins: readonly Bin[], read: (bin: Bin) => number): Value[] =>
  bins.map((bin) => Math.round(1000 * read(bin) / (bin.length_ms / 1000)) / 1000);

/** Load, arrivals, failed calls and calls in flight. */
export function loadPanels(run: Run): NamedPanel[] {
  return [
    ["load", loadPanel(run)],
    ...(run.plan.loads.some(({ kind }) => kind === "open") ? [["arrivals", arrivalPanel(run)] as const] : []),
    ...failedPanel(run),
    ["in-flight", flightPanel(run)],
  ];
}

function loadPanel(run: Run): Panel {
  const bins = loadBins(run);
  const closed = run.plan.loads.some(({ kind }) => kind === "closed");
  const judged = run.plan.objectives.length > 0;
  const answers = perSecond(bins, ({ outcomes }) => outcomes.ok);
  const peak = answers.reduce<number>((max, value) => Math.max(max, value ?? 0), 0);
  const lines: Line[] = [
    { name: "ok answers/s", label: "answers/s", color: "blue-3", width: 1.6, area: true, values: answers },
    ...(judged
      ? [{ name: "good answers/s", label: "good/s", color: "pass", width: 1, values: perSecond(bins, (b) => b.good) }]
      : []),
    ...(closed
      ? [{ name: "users", label: "users", color: "ink-2", width: 1.6, values: bins.map(({ users }) => users) }]
      : []),
  ];
  const most = closed ? `peak ${formatCount(run.peak_users)} users, ` : "peak ";
  return {
    title: "Load",
    note: `${closed ? "users, " : ""}answers carried each second`,
    figure: `${most}${formatRate(peak)}`,
    description: "Users and answers per second over the run's time",
    unit: "count",
    height: HEIGHT,
    at: loadTimes(run),
    lines,
  };
}

/** Arrivals offered and tasks begun: the difference waited or was dropped. */
function arrivalPanel(run: Run): Panel {
  const bins = loadBins(run);
  return {
    title: "Arrivals",
    note: "offered and begun each second",
    description: "Arrivals offered and begun per second over the run's time",
    unit: "count",
    height: HEIGHT,
    at: loadTimes(run),
    lines: [
      {
        name: "begun/s",
        label: "begun",
        color: "blue-3",
        width: 1,
        area: true,
        values: perSecond(bins, (b) => b.begun),
      },
      { name: "offered/s", label: "offered", color: "ink-2", width: 1.6, values: perSecond(bins, (b) => b.due) },
    ],
  };
}

/** Operations with a line of their own among the failed calls. */
const MAX_FAILING = 5;

function failedPanel(run: Run): NamedPanel[] {
  const bins = loadBins(run);
  const counts = operationsOf(run).map((operation) => ({
    operation,
    values: bins.map((bin) =>
      bin.series.reduce((sum, one) => one.operation === operation ? sum + errorsOf(one.outcomes) : sum, 0)
    ),
  })).map((one) => ({ ...one, total: one.values.reduce((sum, value) => sum + value, 0) }));
  const dropped = perSecond(bins, ({ outcomes }) => outcomes.dropped);
  const lost = dropped.some((value) => (value ?? 0) > 0);
  const failing = counts.filter(({ total }) => total > 0).sort((a, b) => b.total - a.total).slice(0, MAX_FAILING);
  if (failing.length === 0 && !lost) return [];
  const colors = operationColors(run);
  const lines = failing.map(({ operation, values }): Line => ({
    name: `${operation} failed/s`,
    label: shortName(operation, failing.map((one) => one.operation)),
    color: colors.get(operation) ?? "op-0",
    width: 1.4,
    area: true,
    values: values.map((value, i) => Math.round(1000 * value / ((bins[i]?.length_ms ?? 1000) / 1000)) / 1000),
  }));
  const all = counts.reduce((sum, { total }) => sum + total, 0);
  return [["failed", {
    title: lost ? "Failed calls, dropped arrivals" : "Failed calls",
    note: "each second, by operation",
    figure: `${formatCount(all)} failed`,
    description: "Failed and timed-out calls per second of each operation over the run's time",
    unit: "count",
    height: HEIGHT,
    at: loadTimes(run),
    lines: [
      ...lines,
      ...(lost ? [{ name: "dropped/s", label: "dropped", color: "warn", width: 1.6, values: dropped }] : []),
    ],
  }]];
}

/** `llm` of `llm.chat_stream`, where no other of these begins so. */
function shortName(operation: string, among: readonly string[]): string {
  const first = operation.split(".")[0] as string;
  return among.filter((name) => name.split(".")[0] === first).length === 1 ? first : operation;
}

/** Streams in flight by service where there are any, else the calls. */
function flightPanel(run: Run): Panel {
  const bins = loadBins(run);
  const lines = serviceLines(run, "streams", (one) => one.streams_in_flight);
  const all: Line = {
    name: "calls in flight",
    label: "all",
    color: "ink-2",
    width: 1.2,
    values: bins.map(({ in_flight }) => in_flight),
  };
  const busy = lines.filter(({ values }) => values.some((value) => (value ?? 0) > 0));
  return {
    title: "In flight",
    note: busy.length === 0 ? "calls" : "calls, and streams by service",
    description: "Calls in flight and streams of each service over the run's time",
    unit: "count",
    height: HEIGHT,
    at: loadTimes(run),
    lines: [...busy, all],
  };
}

type Connection = Bin["connections"][number];

function serviceLines(run: Run, what: string, read: (one: Connection) => number): Line[] {
  return run.plan.services.map(({ name }) => ({
    name: `${name} ${what}`,
    label: name,
    color: serviceColor(run, name),
    width: 1.6,
    values: loadBins(run).map(({ connections }) => {
      const one = connections.find(({ service }) => service === name);
      return one === undefined ? null : read(one);
    }),
  }));
}

/** How much a total rose from one bin to the next; the counters of a worker that dies drop out of it. */
function rises(values: readonly (number | null)[]): (number | null)[] {
  let most = 0;
  return values.map((value) => {
    if (value === null) return null;
    const rise = Math.max(0, value - most);
    most = Math.max(most, value);
    return rise;
  });
}

/** Connections that were lost, told to go, or not opened, of all services; null where none was, or nothing is known. */
function endsChart(run: Run): Chart | null {
  const line = (label: string, color: string, read: (one: Connection) => number | null | undefined): Line => {
    const totals = loadBins(run).map(({ connections }) => {
      const known = connections.map(read).filter((one) => one !== null && one !== undefined);
      return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0);
    });
    return { name: `connections ${label}`, label, color, width: 1.6, values: rises(totals) };
  };
  const lines = [
    line("lost", "$fail", (one) => one.lost_total),
    line("told to go", "$warn", (one) => one.goaways_total),
    line("attempts failed", "$ink-3", (one) => one.failed_total),
  ].filter(({ values }) => values.some((value) => (value ?? 0) > 0));
  return lines.length === 0 ? null : panelChart(run, {
    title: "Ended",
    note: "connections, of all services",
    description: "Connections lost, told to go and not opened over the run's time",
    unit: "count",
    height: HEIGHT,
    at: loadTimes(run),
    lines,
    labelled: true,
  });
}

/** Connections of each service, calls that waited for one, and what became of connections. */
export function connectionCharts(run: Run): Array<readonly [id: string, chart: Chart]> {
  const waiting = serviceLines(run, "waiting", (one) => one.waiting);
  const ends = endsChart(run);
  const panel = (title: string, note: string, lines: Line[]): Panel => ({
    title,
    note,
    description: `${title} of each service over the run's time`,
    unit: "count",
    height: HEIGHT,
    at: loadTimes(run),
    lines,
    labelled: true,
  });
  return [
    [
      "connections-open",
      panelChart(run, panel("Open", "connections, by service", serviceLines(run, "connections", (c) => c.connections))),
    ],
    ...(waiting.some(({ values }) => values.some((value) => (value ?? 0) > 0))
      ? [
        [
          "connections-waiting",
          panelChart(run, panel("Waiting", "calls without a connection or a free stream, by service", waiting)),
        ] as const,
      ]
      : []),
    ...(ends === null ? [] : [["connections-ended", ends] as const]),
  ];
}
