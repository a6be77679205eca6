/** Charts of the machines: GPUs, each in a colour of its own, the host, and june-load itself. */
import { isSlowed, SLOW_REASONS } from "../../measure/clock_events.ts";
import { gpuLabel } from "../../measure/gpus.ts";
import type { GpuSample, HostSample } from "../../measure/resource.ts";
import type { MeasureUnit } from "../../plan/threshold/measure_units.ts";
import { type Resource, resourceFacts } from "../../plan/threshold/threshold.ts";
import { formatBytes, formatNumber, formatPower } from "../../plan/units.ts";
import { gpuReadings } from "../../result/gpu_readings.ts";
import type { NumberField, Readings } from "../../result/readings.ts";
import { resourceSeries } from "../../result/resource_series.ts";
import type { Run } from "../../result/run.ts";
import type { Bin } from "../figures/bins.ts";
import { meanOf } from "../figures/facts.ts";
import type { Line, Unit, Value } from "./chart.ts";
import { loadBins, loadTimes, type NamedPanel } from "./load_charts.ts";
import { OPERATION_COLORS } from "./palette.ts";
import type { Panel } from "./panels.ts";

const HEIGHT = 64;
const MAX_GPUS = 8;
const MAX_NAMED = 4;
/** Of the lines of GPUs, in turn. */
export const GPU_COLORS = ["gpu", "gpu-2"] as const;

/** Use and power of the GPUs, and the processor of this machine: read beside the load. */
export function busyPanels(run: Run): NamedPanel[] {
  const use = gpuLines(run, "use", "utilization_percent");
  const power = gpuLines(run, "power", "power_w");
  const limit = largest(run.gpu.devices.flatMap((gpu) => gpu.column("power_limit_w")));
  const cpu = [hostLine(run, "CPU", "CPU", "accent", "cpu_percent")];
  const panels: NamedPanel[] = [
    [
      "gpu-use",
      panel(run, "GPU use", "", "percent", use, { max: 100 }),
    ],
    [
      "gpu-power",
      panel(run, "GPU power", "", "watt", power, {
        figure: limit === 0 ? "" : `limit ${formatPower(limit)}`,
      }),
    ],
    ...clockPanel(run),
    ["host-cpu", panel(run, "CPU of this machine", "which made the load", "percent", cpu, { max: 100 })],
  ];
  return panels.filter(([, { lines }]) => lines.some(hasValues));
}

/** The clocks of GPUs, where one was held back: else they tell nothing that their use does not. */
function clockPanel(run: Run): NamedPanel[] {
  const masks = run.gpu.devices.flatMap((gpu) => gpu.column("clock_event_mask"));
  const held = masks.some((mask) => SLOW_REASONS.some((reason) => isSlowed(mask, reason)));
  return [[
    "gpu-clock",
    panel(run, "GPU clock", "MHz", "megahertz", held ? gpuLines(run, "clock", "sm_clock_mhz") : []),
  ]];
}

/** Memory, temperature, and june-load's own use. */
export function machinePanels(run: Run): NamedPanel[] {
  const memory = gpuLines(run, "memory", "memory_used_bytes");
  const total = largest(run.gpu.devices.flatMap((gpu) => gpu.column("memory_total_bytes")));
  const used = hostLine(run, "memory in use", "in use", "accent", "memory_used_bytes");
  const host_total = largest(run.host.column("memory_total_bytes"));
  const of = (bytes: number) => bytes === 0 ? "" : `of ${formatBytes(bytes)}`;
  const own = [hostLine(run, "own CPU", "own", "accent", "own_cpu_percent")];
  const network = [
    hostLine(run, "received", "received", "accent", "network_received_bytes_per_s"),
    hostLine(run, "sent", "sent", "gpu", "network_sent_bytes_per_s"),
  ];
  const disk = [
    hostLine(run, "read", "read", "accent", "disk_read_bytes_per_s"),
    hostLine(run, "written", "written", "gpu", "disk_written_bytes_per_s"),
  ];
  const ownMemory = [hostLine(run, "own memory", "own", "accent", "own_memory_bytes")];
  const panels: NamedPanel[] = [
    ["gpu-memory", panel(run, "GPU memory", "", "bytes", memory, { figure: of(total) })],
    [
      "gpu-temperature",
      panel(run, "GPU temperature", "", "celsius", gpuLines(run, "temperature", "temperature_c")),
    ],
    ["host-memory", panel(run, "Memory of this machine", "", "bytes", [used], { figure: of(host_total) })],
    ["host-network", panel(run, "Network of this machine", "a second", "bytes", network)],
    ["host-disk", panel(run, "Disks of this machine", "a second", "bytes", disk)],
    ["own-cpu", panel(run, "june-load's CPU", "100 % is one core", "percent", own)],
    ["own-memory", panel(run, "june-load's memory", "", "bytes", ownMemory)],
    ...watchedPanels(run),
  ];
  return panels.filter(([, { lines }]) => lines.some(hasValues)).map(([id, one]) => [id, { ...one, labelled: true }]);
}

/** Charts of services and of their pages of metrics, each of one reading of all of them. */
const WATCHED: ReadonlyArray<readonly [resource: Resource, title: string, note: string]> = [
  ["process.cpu", "CPU of services", "100 % is one core"],
  ["process.memory", "Memory of services", ""],
  ["service.queue_time", "Queue time", "as services tell it"],
  ["service.waiting_requests", "Requests waiting", "in the services' own queues"],
  ["service.running_requests", "Requests running", "as services tell it"],
  ["service.batch_size", "Batch size", "as services tell it"],
  ["service.kv_cache", "KV cache in use", "as services tell it"],
  ["service.tokens", "Tokens made", "a second, as services tell it"],
  ["service.gpu_utilization", "GPU busy", "from pages of metrics"],
  ["service.gpu_power", "GPU power", "from pages of metrics"],
  ["service.gpu_sm_clock", "GPU clock", "MHz, from pages of metrics"],
];
/** Lines of one of them at most: more cannot be told apart. */
const MAX_WATCHED = 6;

/** How a chart shows a base unit, and what its values are multiplied by. */
const CHART_UNITS: Readonly<Partial<Record<MeasureUnit, readonly [unit: Unit, factor: number]>>> = {
  us: ["duration_ms", 1e-3],
  ratio: ["percent", 100],
  bytes: ["bytes", 1],
  watt: ["watt", 1],
  celsius: ["celsius", 1],
  megahertz: ["megahertz", 1],
};

function watchedPanels(run: Run): NamedPanel[] {
  const all = resourceSeries(run, WATCHED.map(([resource]) => resource));
  return WATCHED.map(([resource, title, note]): NamedPanel => {
    const [unit, factor] = CHART_UNITS[resourceFacts(resource).unit] ?? ["count", 1];
    const own = all.filter((series) => series.resource === resource).slice(0, MAX_WATCHED);
    const lines = own.map(({ source, label, t_ms, values }, i): Line => ({
      name: label,
      label: source,
      color: OPERATION_COLORS[i % OPERATION_COLORS.length] as string,
      width: 1.4,
      unnamed: i >= MAX_NAMED,
      values: heldByBin(t_ms, values, loadBins(run)).map((value) => value === null ? null : value * factor),
    }));
    return [resource.replace(/[._]/g, "-"), panel(run, title, note, unit, lines)];
  });
}

function gpuLines(run: Run, what: string, field: NumberField<GpuSample>): Line[] {
  const gpus = gpuReadings(run).slice(0, MAX_GPUS);
  return gpus.map(({ first, readings }, i): Line => ({
    name: `${gpuLabel(first)} ${what}`,
    label: gpuLabel(first),
    color: GPU_COLORS[i % GPU_COLORS.length] as string,
    width: i < GPU_COLORS.length ? 1.6 : 1,
    // More names than this do not fit beside each other.
    unnamed: i >= MAX_NAMED,
    values: meanByBin(readings, loadBins(run), field),
  })).filter(hasValues);
}

function hostLine(
  run: Run,
  name: string,
  label: string,
  color: string,
  field: NumberField<HostSample>,
): Line {
  return { name, label, color, width: 1.6, values: meanByBin(run.host, loadBins(run), field) };
}

/** A panel over the bins of the load. */
function panel(
  run: Run,
  title: string,
  note: string,
  unit: Panel["unit"],
  lines: Line[],
  more: Partial<Panel> = {},
): Panel {
  const means = lines.map(({ values }) => meanOf(values)).filter((mean) => mean !== null);
  const figure = unit === "percent" && means.length > 0 ? `mean ${means.map(formatNumber).join(" and ")} %` : "";
  const description = `${title} over the run's time`;
  return { title, note, figure, description, unit, height: HEIGHT, at: loadTimes(run), lines, ...more };
}

const largest = (values: ReadonlyArray<number | null>) =>
  values.reduce<number>((max, value) => Math.max(max, value ?? 0), 0);

const hasValues = ({ values }: Line) => values.some((value) => value !== null);

/** The mean of a reading in each bin; a gap where a bin has none. */
export function meanByBin<S extends { t_ms: number }>(
  readings: Readings<S>,
  bins: readonly Bin[],
  field: NumberField<S>,
): Value[] {
  return meansByBin(readings.times_ms, readings.column(field), bins);
}

function meansByBin(times_ms: readonly number[], all: readonly Value[], bins: readonly Bin[]): Value[] {
  let at = 0;
  return bins.map((bin): Value => {
    const values: Array<number | null> = [];
    while (at < all.length && (times_ms[at] as number) < bin.start_ms) at++;
    while (at < all.length && (times_ms[at] as number) < bin.start_ms + bin.length_ms) values.push(all[at++] ?? null);
    return meanOf(values);
  });
}

/** A page is read less often than a bin is long: what it told holds until the next reading is due, and no longer. */
function heldByBin(times_ms: readonly number[], all: readonly Value[], bins: readonly Bin[]): Value[] {
  const apart = times_ms.slice(1).map((t_ms, i) => t_ms - (times_ms[i] as number)).sort((a, b) => a - b);
  const due_ms = 1.5 * (apart[apart.length >> 1] ?? 0);
  let at = -1;
  return meansByBin(times_ms, all, bins).map((mean, i) => {
    const { start_ms, length_ms } = bins[i] as Bin;
    while ((times_ms[at + 1] ?? Infinity) < start_ms + length_ms) at++;
    const held = at >= 0 && start_ms - (times_ms[at] as number) < due_ms ? all[at] ?? null : null;
    return mean ?? held;
  });
}
