/** Charts of the machines: GPUs, each in a colour of its own, the host, and june-load itself. */
import { gpuLabel, readingsByGpu } from "../../measure/gpus.ts";
import type { GpuSample, HostSample } from "../../measure/resource.ts";
import { formatBytes, formatNumber, formatPower } from "../../plan/units.ts";
import { gpuReadings } from "../../result/gpu_readings.ts";
import type { NumberField, Readings } from "../../result/readings.ts";
import type { Run } from "../../result/run.ts";
import type { Bin } from "../figures/bins.ts";
import { meanOf } from "../figures/facts.ts";
import type { Line, Value } from "./chart.ts";
import { gpuBands } from "./gpu_bands.ts";
import { loadBins, loadTimes, type NamedPanel } from "./load_charts.ts";
import type { Panel } from "./panels.ts";

const HEIGHT = 64;
const MAX_GPUS = 8;
const MAX_NAMED = 4;
const GPU_COLORS = ["gpu", "gpu-2"];

/** Use and power of the GPUs, and the processor of this machine: read beside the load. */
export function busyPanels(run: Run): NamedPanel[] {
  const use = gpuLines(run, "use", "utilization_percent");
  const power = gpuLines(run, "power", "power_w");
  const bands = readingsByGpu(run.gpu).flatMap((samples) => gpuBands(samples));
  const held = [...new Set(bands.map(({ name }) => name))].map((name) => `shaded: ${name}`).join(", ");
  const limit = largest(run.gpu.devices.flatMap((gpu) => gpu.column("power_limit_w")));
  const cpu = [hostLine(run, "CPU", "CPU", "accent", "cpu_percent")];
  const panels: NamedPanel[] = [
    [
      "gpu-use",
      panel(run, "GPU use", "", "percent", use, { max: 100, ...(power.length === 0 && { bands, note: held }) }),
    ],
    [
      "gpu-power",
      panel(run, "GPU power", held, "watt", power, {
        bands,
        figure: limit === 0 ? "" : `limit ${formatPower(limit)}`,
      }),
    ],
    ["host-cpu", panel(run, "CPU of this machine", "which made the load", "percent", cpu, { max: 100 })],
  ];
  return panels.filter(([, { lines }]) => lines.some(hasValues));
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
  ];
  return panels.filter(([, { lines }]) => lines.some(hasValues)).map(([id, one]) => [id, { ...one, labelled: true }]);
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
  const { times_ms } = readings;
  const all = readings.column(field);
  let at = 0;
  return bins.map((bin): Value => {
    const values: Array<number | null> = [];
    while (at < all.length && (times_ms[at] as number) < bin.start_ms) at++;
    while (at < all.length && (times_ms[at] as number) < bin.start_ms + bin.length_ms) values.push(all[at++] ?? null);
    return meanOf(values);
  });
}
