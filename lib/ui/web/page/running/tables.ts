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
import type { ConnectionData } from "../../../../measure/interval.ts";
import type { FailureView } from "../../../views/detail_view.ts";
import type { OperationRow } from "../../../views/operation_row.ts";
import type { StatisticsRow } from "../../../views/statistics.ts";
import type { LogLine, PlanView, SecondsView } from "../../api.ts";
import { operationsOf } from "../charts/live_panels.ts";
import { html, type Shown } from "../html.ts";
import { swatch, words } from "../parts.ts";
import type { Points } from "../state/points.ts";
import { LINES, timeOf } from "./log.ts";
import { type Column, Table } from "./table.ts";

/** A row, and which of its figures break a rule, or have too few calls to rely on. */
type Row = StatisticsRow & Pick<OperationRow, "violated" | "few">;

/** A time in whole milliseconds, as Locust writes it; ones below 10 keep a digit. */
function ms(us: number | null): string {
  if (us === null) return NO_VALUE;
  return us < 9950 ? (us / 1000).toFixed(1) : formatCount(us / 1000);
}

/** A column of times. */
function time(title: string, meaning: string, read: (row: Row) => number | null): Column<Row> {
  const name = title.toLowerCase();
  return {
    title,
    meaning: `${meaning}; milliseconds`,
    show: (row) => `${row.at_least.includes(title) ? "≥ " : ""}${ms(read(row))}`,
    key: (row) => {
      const us = read(row);
      return us === null ? null : Number((us / 1000).toPrecision(6));
    },
    look: ({ violated, few }) => violated.includes(name) ? "over" : few.includes(name) ? "few" : "",
  };
}

/** Seconds over which "now" is the mean. */
const NOW_S = 10;

/** Of the last seconds, what a line says of each. */
function nowOf(points: Points, line: string): number | null {
  const values = points.values(line).slice(-NOW_S).filter((value) => value !== null);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

const rate = (value: number | null) => value === null ? NO_VALUE : formatNumber(value);

/** Name and counts. */
function countColumns(plan: PlanView, points: Points): Array<Column<Row>> {
  const colors = colorsFor(operationsOf(plan));
  const failing = ({ name }: Row) => nowOf(points, `${name} failed/s`);
  const ended = (row: Row) => {
    const [ok, failed] = [nowOf(points, `${row.name} ok/s`), failing(row)];
    return ok === null && failed === null ? null : (ok ?? 0) + (failed ?? 0);
  };
  return [
    {
      title: "Operation",
      show: ({ name }) => html`${swatch(colors.get(name) ?? GREY)}${words(name, 120)}`,
      key: ({ name }) => name,
    },
    { title: "Calls", meaning: "Calls that ended", show: ({ calls }) => formatCount(calls), key: ({ calls }) => calls },
    {
      title: "Now/s",
      meaning: "Calls that ended each second, over the last ten",
      show: (row) => rate(ended(row)),
      key: ended,
    },
    {
      title: "Failed",
      meaning: "Failed and timed-out calls, and their share",
      show: ({ failed, error_rate }) =>
        html`${formatCount(failed)} <span class="q">${error_rate === null ? "" : formatPercent(error_rate)}</span>`,
      key: ({ failed }) => failed,
      look: ({ violated }) => violated.includes("errors") ? "over" : "",
    },
    {
      title: "Failing/s",
      meaning: "Calls that failed each second, over the last ten",
      show: (row) => rate(failing(row)),
      key: failing,
    },
  ];
}

const TIMES: ReadonlyArray<Column<Row>> = [
  time("Min", "Shortest response time", ({ min_us }) => min_us),
  time("Mean", "Mean response time", ({ mean_us }) => mean_us),
  time("P50", "Half of the calls answer within", ({ p50_us }) => p50_us),
  time("P90", "90 % of the calls answer within", ({ p90_us }) => p90_us),
  time("P95", "95 % of the calls answer within", ({ p95_us }) => p95_us),
  time("P99", "99 % of the calls answer within", ({ p99_us }) => p99_us),
  time("Max", "Longest response time", ({ max_us }) => max_us),
  time("First P95", "95 % of first tokens, partials or sounds within", ({ first_p95_us }) => first_p95_us),
];

const SIZE: Column<Row> = {
  title: "Size",
  meaning: "Mean size of what a call received",
  show: ({ received_mean_bytes: bytes }) => bytes === null ? NO_VALUE : formatBytes(bytes),
  key: ({ received_mean_bytes: bytes }) => bytes,
};

/** Every operation. */
export function Operations(
  { view, plan, points, rows }: { view: SecondsView; plan: PlanView; points: Points; rows: readonly StatisticsRow[] },
): Shown {
  const judged = rows.map((row): Row => {
    const { violated = [], few = [] } = view.operations.find(({ name }) => name === row.name) ?? {};
    return { ...row, violated, few };
  });
  return html`<${Table} columns=${[...countColumns(plan, points), ...TIMES, SIZE]} rows=${judged} id=${(
    { name }: Row,
  ) => name} empty="No call has ended yet." />`;
}

const FAILURES: ReadonlyArray<Column<FailureView>> = [
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
export function Failures({ failures }: { failures: readonly FailureView[] }): Shown {
  return html`
    <${Table} columns=${FAILURES} rows=${failures} id=${({ type, operation }: FailureView) => `${type}\t${operation}`}
      empty="No call has failed." />
  `;
}

/** Services with their connections. */
export function Services({ view, plan }: { view: SecondsView; plan: PlanView }): Shown {
  const of = (name: string) => view.connections.find(({ service }) => service === name);
  const count = (title: string, read: (one: ConnectionData) => number): Column<PlanView["services"][number]> => ({
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
