/** Charts of connections, streams, memory, temperature and june-load itself. */
import { gpuLabel, readingsByGpu } from "../../measure/gpus.ts";
import type { GpuSample, HostSample } from "../../measure/resource.ts";
import type { Run } from "../../result/run.ts";
import type { Bin } from "../figures/bins.ts";
import { type Chart, type Line, middleOf, type Panel, stackPanels } from "./panels.ts";
import { meanByBin } from "./time_chart.ts";

const SERVICE_COLORS = ["cat-1", "cat-2", "cat-3", "cat-4", "cat-5", "cat-6"];
const MAX_GPUS = 8;

/** Calls in flight, and streams and connections of each service. */
export function connectionChart(run: Run, bins: readonly Bin[]): Chart {
  const services = run.plan.services.map(({ name }) => name);
  const lines = (what: string, read: (bin: Bin, service: string) => number | undefined): Line[] =>
    services.map((service, i) => ({
      name: `${service} ${what}`,
      label: service,
      color: SERVICE_COLORS[i % SERVICE_COLORS.length] as string,
      width: 1.5,
      points: bins.map((bin) => [middleOf(bin), read(bin, service) ?? null]),
    }));
  const of = (bin: Bin, service: string) => bin.connections.find((one) => one.service === service);
  const waiting = lines("waiting", (bin, service) => of(bin, service)?.waiting);
  const panels: Panel[] = [
    {
      title: "calls in flight",
      unit: "count",
      height: 80,
      lines: [{
        name: "in flight",
        color: "ink-2",
        width: 1.6,
        points: bins.map((bin) => [middleOf(bin), bin.in_flight]),
      }],
    },
    {
      title: "streams in flight, by service",
      unit: "count",
      height: 80,
      lines: lines("streams", (bin, service) => of(bin, service)?.streams_in_flight),
    },
    {
      title: "connections, by service",
      unit: "count",
      height: 64,
      lines: lines("connections", (bin, service) => of(bin, service)?.connections),
    },
    ...(waiting.some(({ points }) => points.some(([, value]) => (value ?? 0) > 0))
      ? [{ title: "calls waiting for a free stream", unit: "count" as const, height: 64, lines: waiting }]
      : []),
  ];
  return stackPanels(run, panels, "Calls in flight, streams in flight and connections over the run's time");
}

/** Memory, temperature and clock of the GPUs, memory of the host, and june-load's own use; null without readings. */
export function resourceChart(run: Run, bins: readonly Bin[]): Chart | null {
  const gpus = readingsByGpu(run.gpu).slice(0, MAX_GPUS);
  const gpu = (what: string, read: (sample: GpuSample) => number | null): Line[] =>
    gpus.map((samples) => ({
      name: `${gpuLabel(samples[0])} ${what}`,
      label: gpuLabel(samples[0]),
      color: "gpu",
      width: 1.5,
      points: meanByBin(samples, bins, read),
    }));
  const host = (name: string, label: string, color: string, read: (sample: HostSample) => number | null): Line => ({
    name,
    label,
    color,
    width: 1.5,
    points: meanByBin(run.host, bins, read),
  });
  const panels: Panel[] = [
    { title: "GPU memory", unit: "bytes", height: 64, lines: gpu("memory", (one) => one.memory_used_bytes) },
    { title: "GPU temperature", unit: "celsius", height: 64, lines: gpu("temperature", (one) => one.temperature_c) },
    {
      title: "june-load's memory",
      unit: "bytes",
      height: 64,
      lines: [host("own memory", "own", "accent", (one) => one.own_memory_bytes)],
    },
    {
      title: "june-load's CPU, 100 % = one core",
      unit: "percent",
      height: 64,
      lines: [host("own CPU", "own", "accent", (one) => one.own_cpu_percent)],
    },
  ];
  const known = panels.map((panel) => ({
    ...panel,
    lines: panel.lines.filter(({ points }) => points.some(([, value]) => value !== null)),
  })).filter(({ lines }) => lines.length > 0);
  return known.length === 0 ? null : stackPanels(run, known, "Memory, temperature and june-load's own use over time");
}
