/** Charts of the machines: GPUs, each in a colour of its own, the host, and june-load itself. */
import { isSlowed, SLOW_REASONS } from "../../measure/clock_events.ts";
import { gpuLabel, readingsByGpu } from "../../measure/gpus.ts";
import type { GpuSample, HostSample } from "../../measure/resource.ts";
import { formatBytes, formatNumber, formatPower } from "../../plan/units.ts";
import type { Run } from "../../result/run.ts";
import type { Bin } from "../figures/bins.ts";
import { meanOf } from "../figures/facts.ts";
import type { Line, Value } from "./chart.ts";
import { loadBins, loadTimes, type NamedPanel } from "./load_charts.ts";
import type { Panel } from "./panels.ts";

const HEIGHT = 64;
const MAX_GPUS = 8;
const MAX_NAMED = 4;
/** Of the lines of GPUs, in turn. */
export const GPU_COLORS = ["gpu", "gpu-2"] as const;

/** Use and power of the GPUs, and the processor of this machine: read beside the load. */
export function busyPanels(run: Run): NamedPanel[] {
  const use = gpuLines(run, "use", (sample) => sample.utilization_percent);
  const power = gpuLines(run, "power", (sample) => sample.power_w);
  const limit = run.gpu.reduce((max, { power_limit_w }) => Math.max(max, power_limit_w ?? 0), 0);
  const cpu = [hostLine(run, "CPU", "CPU", "accent", (sample) => sample.cpu_percent)];
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
  const held = run.gpu.some(({ clock_event_mask }) =>
    SLOW_REASONS.some((reason) => isSlowed(clock_event_mask, reason))
  );
  const lines = held ? gpuLines(run, "clock", ({ sm_clock_mhz }) => sm_clock_mhz) : [];
  return [["gpu-clock", panel(run, "GPU clock", "", "megahertz", lines)]];
}

/** Memory, temperature, and june-load's own use. */
export function machinePanels(run: Run): NamedPanel[] {
  const memory = gpuLines(run, "memory", (one) => one.memory_used_bytes);
  const total = run.gpu.reduce((max, { memory_total_bytes }) => Math.max(max, memory_total_bytes ?? 0), 0);
  const used = hostLine(run, "memory in use", "in use", "accent", (one) => one.memory_used_bytes);
  const host_total = run.host.reduce((max, { memory_total_bytes }) => Math.max(max, memory_total_bytes ?? 0), 0);
  const of = (bytes: number) => bytes === 0 ? "" : `of ${formatBytes(bytes)}`;
  const own = [hostLine(run, "own CPU", "own", "accent", (one) => one.own_cpu_percent)];
  const network = [
    hostLine(run, "received", "received", "accent", (one) => one.network_received_bytes_per_s ?? null),
    hostLine(run, "sent", "sent", "gpu", (one) => one.network_sent_bytes_per_s ?? null),
  ];
  const disk = [
    hostLine(run, "read", "read", "accent", (one) => one.disk_read_bytes_per_s ?? null),
    hostLine(run, "written", "written", "gpu", (one) => one.disk_written_bytes_per_s ?? null),
  ];
  const ownMemory = [hostLine(run, "own memory", "own", "accent", (one) => one.own_memory_bytes)];
  const panels: NamedPanel[] = [
    ["gpu-memory", panel(run, "GPU memory", "", "bytes", memory, { figure: of(total) })],
    [
      "gpu-temperature",
      panel(run, "GPU temperature", "", "celsius", gpuLines(run, "temperature", (s) => s.temperature_c)),
    ],
    ["host-memory", panel(run, "Memory of this machine", "", "bytes", [used], { figure: of(host_total) })],
    ["host-network", panel(run, "Network of this machine", "a second", "bytes", network)],
    ["host-disk", panel(run, "Disks of this machine", "a second", "bytes", disk)],
    ["own-cpu", panel(run, "june-load's CPU", "100 % is one core", "percent", own)],
    ["own-memory", panel(run, "june-load's memory", "", "bytes", ownMemory)],
  ];
  return panels.filter(([, { lines }]) => lines.some(hasValues)).map(([id, one]) => [id, { ...one, labelled: true }]);
}

function gpuLines(run: Run, what: string, read: (sample: GpuSample) => number | null): Line[] {
  const gpus = readingsByGpu(run.gpu).slice(0, MAX_GPUS);
  return gpus.map((samples, i): Line => ({
    name: `${gpuLabel(samples[0])} ${what}`,
    label: gpuLabel(samples[0]),
    color: GPU_COLORS[i % GPU_COLORS.length] as string,
    width: i < GPU_COLORS.length ? 1.6 : 1,
    // More names than this do not fit beside each other.
    unnamed: i >= MAX_NAMED,
    values: meanByBin(samples, loadBins(run), read),
  })).filter(hasValues);
}

function hostLine(
  run: Run,
  name: string,
  label: string,
  color: string,
  read: (sample: HostSample) => number | null,
): Line {
  return { name, label, color, width: 1.6, values: meanByBin(run.host, loadBins(run), read) };
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

const hasValues = ({ values }: Line) => values.some((value) => value !== null);

/** The mean of a reading in each bin; a gap where a bin has none. */
export function meanByBin<T extends { t_ms: number }>(
  samples: readonly T[],
  bins: readonly Bin[],
  read: (sample: T) => number | null,
): Value[] {
  let at = 0;
  return bins.map((bin): Value => {
    const values: Array<number | null> = [];
    while (at < samples.length && (samples[at] as T).t_ms < bin.start_ms) at++;
    while (at < samples.length && (samples[at] as T).t_ms < bin.start_ms + bin.length_ms) {
      values.push(read(samples[at++] as T));
    }
    return meanOf(values);
  });
}
