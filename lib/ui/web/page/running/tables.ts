/** The tables of a running load: Locust's columns and ours. */
import { colorsFor, GREY } from "../../../../report/charts/palette.ts";
import {
  formatBytes,
  formatClock,
  formatCount,
  formatNumber,
  formatPercent,
  formatPower,
  formatTemperature,
  NO_VALUE,
} from "../../../../plan/units.ts";
import type { LogLine, PlanView } from "../../api.ts";
import { operationsOf } from "../charts/live_panels.ts";
import { html, type Shown } from "../html.ts";
import { swatch, words } from "../parts.ts";
import type { Points } from "../state/points.ts";
import type { ShownConnections, ShownFailure, ShownOperation, ShownView } from "../state/shown_view.ts";
import { LINES, timeOf } from "./log.ts";
import { type Column, Table } from "./table.ts";

/** A time in whole milliseconds, as Locust writes it; ones below 10 keep a digit. */
function ms(us: number | null | undefined): string {
  if (us === null || us === undefined) return NO_VALUE;
  return us < 9950 ? (us / 1000).toFixed(1) : formatCount(us / 1000);
}

const milliseconds = (us: number | null | undefined) =>
  us === null || us === undefined ? null : Number((us / 1000).toPrecision(6));

/** A column of times. */
function time(
  title: string,
  meaning: string,
  read: (row: ShownOperation) => number | null | undefined,
  name = title.toLowerCase(),
): Column<ShownOperation> {
  return {
    title,
    meaning: `${meaning}; milliseconds`,
    show: (row) => `${row.at_least.includes(name) ? "≥ " : ""}${ms(read(row))}`,
    key: (row) => milliseconds(read(row)),
    look: ({ violated, few }) => violated.includes(name) ? "over" : few.includes(name) ? "few" : "",
  };
}

/** The figure of a column of the view, by its title. */
function latency(view: ShownView, title: string) {
  const at = view.latency_columns.findIndex((column) => column.title === title);
  return (row: ShownOperation) => row.latencies_us[at] ?? null;
}

/** Name and counts. */
function countColumns(plan: PlanView, points: Points): Array<Column<ShownOperation>> {
  const colors = colorsFor(operationsOf(plan));
  return [
    {
      title: "Operation",
      show: ({ name }) => html`${swatch(colors.get(name) ?? GREY)}${words(name, 120)}`,
      key: ({ name }) => name,
    },
    { title: "Calls", meaning: "Calls that ended", show: ({ calls }) => formatCount(calls), key: ({ calls }) => calls },
    {
      title: "Now/s",
      meaning: "Calls that ended, over the last ten seconds",
      show: (row) => formatNumber(nowOf(row, points)),
      key: (row) => nowOf(row, points),
    },
    {
      title: "Failed",
      meaning: "Failed and timed-out calls, and their share",
      show: ({ errors, error_rate }) =>
        html`${formatCount(errors)} <span class="q">${error_rate === null ? "" : formatPercent(error_rate)}</span>`,
      key: ({ errors }) => errors,
      look: ({ violated }) => violated.includes("errors") ? "over" : "",
    },
  ];
}

/** What Locust shows beside: only the page is sent them. */
const FAILING: Column<ShownOperation> = {
  title: "Failing/s",
  meaning: "Calls that failed, over the last ten seconds",
  show: ({ failed_now_per_s: rate_per_s }) => formatNumber(rate_per_s ?? 0),
  key: ({ failed_now_per_s: rate_per_s }) => rate_per_s ?? 0,
};
const SIZE: Column<ShownOperation> = {
  title: "Size",
  meaning: "Mean size of an answer",
  show: ({ bytes_mean: bytes }) => bytes === null || bytes === undefined ? NO_VALUE : formatBytes(bytes),
  key: ({ bytes_mean: bytes }) => bytes ?? null,
};

function operationColumns(view: ShownView, plan: PlanView, points: Points): Array<Column<ShownOperation>> {
  const locust = hasTimes(view);
  const only = <T>(columns: T[]): T[] => locust ? columns : [];
  return [
    ...countColumns(plan, points),
    ...only([
      FAILING,
      time("Min", "Shortest response time", (row) => row.min_us),
      time("Mean", "Mean response time", (row) => row.mean_us),
    ]),
    time("P50", "Half of the calls answer within", latency(view, "p50")),
    ...only([time("P90", "90 % of the calls answer within", (row) => row.p90_us)]),
    time("P95", "95 % of the calls answer within", latency(view, "p95")),
    time("P99", "99 % of the calls answer within", latency(view, "p99")),
    ...only([time("Max", "Longest response time", (row) => row.max_us)]),
    time("First P95", "95 % of first tokens, partials or sounds within", latency(view, "first p95"), "first p95"),
    ...only([SIZE]),
  ];
}

/** Whether the server tells the columns that only the page has. */
const hasTimes = ({ operations }: ShownView) => operations.some(({ max_us }) => max_us !== undefined);

const nowOf = ({ name, now_per_s, rate_per_s }: ShownOperation, points: Points) =>
  now_per_s ?? points.last(`${name} ok/s`) ?? rate_per_s;

/** Every operation. */
export function Operations(
  { view, plan, points, operations }: {
    view: ShownView;
    plan: PlanView;
    points: Points;
    operations: readonly ShownOperation[];
  },
): Shown {
  return html`
    <${Table} columns=${operationColumns(view, plan, points)} rows=${operations} id=${({ name }: ShownOperation) =>
      name}
      empty="No call has ended yet." />
  `;
}

const FAILURES: ReadonlyArray<Column<ShownFailure>> = [
  { title: "What", show: ({ type }) => html`<code>${words(type, 80)}</code>`, key: ({ type }) => type },
  {
    title: "Where",
    show: ({ operation }) => words(operation, 120),
    key: ({ operation }) => operation,
    look: () => "left",
  },
  { title: "Calls", show: ({ count }) => formatCount(count), key: ({ count }) => count },
  { title: "First", show: ({ first_ms }) => formatClock(first_ms), key: ({ first_ms }) => first_ms },
  { title: "Last", show: ({ last_ms }) => formatClock(last_ms), key: ({ last_ms }) => last_ms },
  {
    title: "Example",
    show: ({ example }) => words(example),
    key: ({ example }) => words(example),
    look: () => "wrap q",
  },
];

/** Every way in which calls failed. */
export function Failures({ failures }: { failures: readonly ShownFailure[] }): Shown {
  return html`
    <${Table} columns=${FAILURES} rows=${failures} id=${({ type, operation }: ShownFailure) => `${type}\t${operation}`}
      empty="No call has failed." />
  `;
}

/** Services with their connections. */
export function Services({ view, plan }: { view: ShownView; plan: PlanView }): Shown {
  const of = (name: string) => (view.connections ?? []).find(({ service }) => service === name);
  const count = (title: string, read: (one: ShownConnections) => number): Column<PlanView["services"][number]> => ({
    title,
    show: ({ name }) => {
      const one = of(name);
      return one === undefined ? NO_VALUE : formatCount(read(one));
    },
    key: ({ name }) => {
      const one = of(name);
      return one === undefined ? null : read(one);
    },
  });
  const columns: Array<Column<PlanView["services"][number]>> = [
    { title: "Service", show: ({ name }) => words(name, 60), key: ({ name }) => name },
    {
      title: "Address",
      show: ({ address, protocol }) => html`<code>${words(address, 120)}</code> <span class="q">${protocol}</span>`,
      key: ({ address }) => address,
      look: () => "left",
    },
    count("Connections", ({ connections }) => connections),
    count("Opened again", ({ reconnects_total }) => reconnects_total),
    count("Streams", ({ streams_in_flight }) => streams_in_flight),
    count("Waiting", ({ waiting }) => waiting),
  ];
  return html`<${Table} columns=${columns} rows=${plan.services} id=${({ name }: { name: string }) =>
    name} empty="No services." />`;
}

/** A machine's newest readings. */
interface Machine {
  name: string;
  use: number | null;
  memory_bytes: number | null;
  power_w: number | null;
  temperature_c: number | null;
}

const READINGS: ReadonlyArray<Column<Machine>> = [
  { title: "Machine", show: ({ name }) => words(name, 120), key: ({ name }) => name },
  { title: "Use", show: ({ use }) => use === null ? NO_VALUE : `${formatNumber(use)} %`, key: ({ use }) => use },
  {
    title: "Memory",
    show: ({ memory_bytes: bytes }) => bytes === null ? NO_VALUE : formatBytes(bytes),
    key: (one) => one.memory_bytes,
  },
  {
    title: "Power",
    show: ({ power_w }) => power_w === null ? NO_VALUE : formatPower(power_w),
    key: ({ power_w }) => power_w,
  },
  {
    title: "Temperature",
    show: ({ temperature_c }) => temperature_c === null ? NO_VALUE : formatTemperature(temperature_c),
    key: ({ temperature_c }) => temperature_c,
  },
];

/** GPUs, this machine, and june-load. */
export function machinesOf(points: Points): Machine[] {
  const gpus = [...points.lines.keys()].flatMap((name) => /^(GPU.*) use$/.exec(name)?.[1] ?? []);
  const none = { power_w: null, temperature_c: null };
  return [
    ...gpus.map((name) => ({
      name,
      use: points.last(`${name} use`),
      memory_bytes: points.last(`${name} memory`),
      power_w: points.last(`${name} power`),
      temperature_c: points.last(`${name} temperature`),
    })),
    { name: "This machine", use: points.last("CPU"), memory_bytes: points.last("memory in use"), ...none },
    {
      name: "june-load (100 % is one core)",
      use: points.last("own CPU"),
      memory_bytes: points.last("own memory"),
      ...none,
    },
  ];
}

/** The machines' table. */
export function Machines({ points }: { points: Points }): Shown {
  return html`<${Table} columns=${READINGS} rows=${machinesOf(points)} id=${({ name }: Machine) =>
    name} empty="No readings." />`;
}

const EVENTS: ReadonlyArray<Column<LogLine>> = [
  { title: "At", show: (line) => timeOf(line), key: ({ at_ms }) => at_ms },
  {
    title: "",
    show: ({ tone }) => html`<b class="t">${LINES[tone][0]}</b>`,
    key: ({ tone }) => tone,
    look: ({ tone }) => LINES[tone][1],
  },
  { title: "Event", show: ({ text }) => words(text), key: ({ text }) => words(text), look: () => "wrap" },
];

/** The whole log. */
export function Events({ log }: { log: readonly LogLine[] }): Shown {
  return html`<${Table} columns=${EVENTS} rows=${log.toReversed()} id=${({ id }: LogLine) =>
    String(id)} empty="Nothing happened yet." />`;
}
