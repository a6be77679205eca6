/** "What happened": load, errors and the machines over one time axis. */
import { gpuLabel, readingsByGpu } from "../../measure/gpus.ts";
import type { GpuSample, HostSample } from "../../measure/resource.ts";
import type { Run } from "../../result/run.ts";
import type { Bin } from "../figures/bins.ts";
import { meanOf } from "../figures/facts.ts";
import { hasUsers } from "../figures/load_reached.ts";
import { errorsOf, percentileMs, percentileName } from "../figures/figures.ts";
import { gpuBands } from "./gpu_bands.ts";
import { limitsOn } from "./limits.ts";
import { type Chart, type Line, middleOf, type Panel, type Point, stackPanels } from "./panels.ts";

const MAX_GPUS = 8;

/** The second chart under "What happened": the load, what was lost, and the machines. */
export function timeChart(run: Run, bins: readonly Bin[]): Chart {
  const panels = [
    ...turnPanel(run),
    ...loadPanels(run, bins),
    ...errorPanel(bins),
    ...gpuPanels(run, bins),
    ...hostPanel(run, bins),
  ];
  const load = hasUsers(run) ? "Users and call rate" : "Arrival and call rate";
  return stackPanels(run, panels, `${load}, errors, GPU and CPU over the run's time`);
}

/** Voice to voice by batch of time, where a rule reads it: the response time of a turn holds what was sent late as well. */
function turnPanel(run: Run): Panel[] {
  const limits = limitsOn(run, null, "voice_to_voice");
  const batches = run.batches().map((batch) => ({
    at_s: (batch.start_ms + batch.end_ms) / 2000,
    waits: batch.histogram("voice_to_voice"),
  }));
  if (limits.length === 0 || batches.every(({ waits }) => waits.count === 0)) return [];
  const line = (percentile: number, color: string): Line => ({
    name: `voice to voice ${percentileName(percentile)}`,
    label: percentileName(percentile),
    color,
    width: 2,
    points: batches.map(({ at_s, waits }) => [at_s, percentileMs(waits, percentile)]),
  });
  return [{
    title: "voice to voice: end of speech to first audio",
    unit: "duration_ms",
    height: 120,
    lines: [line(95, "blue-3"), line(50, "blue-4")],
    limits,
  }];
}

/** A rate in each bin; events per second. */
function perSecond(bins: readonly Bin[], read: (bin: Bin) => number): Point[] {
  return bins.map((bin) => [middleOf(bin), round(read(bin) / (bin.length_ms / 1000))]);
}

/** Users, or for open loads the arrivals; ok calls, and ok calls that met every objective. */
function loadPanels(run: Run, bins: readonly Bin[]): Panel[] {
  const { loads, objectives } = run.plan;
  const open = loads.some(({ kind }) => kind === "open");
  const closed = loads.some(({ kind }) => kind === "closed");
  const ok: Line = {
    name: "calls/s",
    color: "blue-2",
    label_color: "ink-2",
    width: 0,
    area: true,
    points: perSecond(bins, ({ outcomes }) => outcomes.ok),
  };
  const good: Line = { name: "good/s", color: "pass", width: 1.6, points: perSecond(bins, (bin) => bin.good) };
  const users: Line = {
    name: "users",
    color: "ink-2",
    width: 1.6,
    points: bins.map((bin) => [middleOf(bin), bin.users]),
  };
  const titles = [...(closed ? ["users (line)"] : []), "ok calls/s (area)"];
  const load: Panel = {
    title: [...titles, ...(objectives.length > 0 ? ["good calls/s (green)"] : [])].join(", "),
    unit: "count",
    height: 80,
    lines: [ok, ...(objectives.length > 0 ? [good] : []), ...(closed ? [users] : [])],
  };
  return open ? [load, arrivalPanel(bins)] : [load];
}

/** Arrivals offered and tasks begun: the difference waited or was dropped. */
function arrivalPanel(bins: readonly Bin[]): Panel {
  return {
    title: "arrivals/s: offered (line), begun (area)",
    unit: "count",
    height: 64,
    lines: [
      {
        name: "begun/s",
        label: "begun",
        color: "blue-1",
        label_color: "ink-2",
        width: 0,
        area: true,
        points: perSecond(bins, ({ begun }) => begun),
      },
      { name: "offered/s", label: "offered", color: "ink-2", width: 1.6, points: perSecond(bins, ({ due }) => due) },
    ],
  };
}

function errorPanel(bins: readonly Bin[]): Panel[] {
  const lost: Line[] = [
    {
      name: "errors/s",
      color: "fail",
      width: 1.6,
      area: true,
      points: perSecond(bins, (bin) => errorsOf(bin.outcomes)),
    },
    { name: "dropped/s", color: "warn", width: 1.6, points: perSecond(bins, ({ outcomes }) => outcomes.dropped) },
  ];
  const lines = lost.filter(({ points }) => points.some(([, value]) => (value ?? 0) > 0));
  const title = lines.some(({ name }) => name === "dropped/s")
    ? "failed and timed-out calls/s, dropped arrivals/s"
    : "failed and timed-out calls/s";
  return lines.length === 0 ? [] : [{ title, unit: "rate", height: 56, lines }];
}

function gpuPanels(run: Run, bins: readonly Bin[]): Panel[] {
  const gpus = readingsByGpu(run.gpu).slice(0, MAX_GPUS);
  const lines = (what: string, read: (sample: GpuSample) => number | null) =>
    gpus.map((samples): Line => ({
      name: `${gpuLabel(samples[0])} ${what}`,
      label: gpus.length === 1 ? what : gpuLabel(samples[0]),
      color: "gpu",
      width: 1.6,
      points: meanByBin(samples, bins, read),
    })).filter(hasPoints);
  const use = lines("use", (sample) => sample.utilization_percent);
  const power = lines("power", (sample) => sample.power_w);
  const bands = gpus.flatMap((samples) => gpuBands(samples));
  const title = gpus.length === 1 ? gpuLabel(gpus[0]![0]) : "GPU";
  return [
    ...(use.length === 0 ? [] : [{
      title: `${title} use`,
      unit: "percent" as const,
      height: 64,
      lines: use,
      max: 100,
      ...(power.length === 0 ? { bands } : {}),
    }]),
    ...(power.length === 0
      ? []
      : [{ title: `${title} power`, unit: "watt" as const, height: 64, lines: power, bands }]),
  ];
}

function hostPanel(run: Run, bins: readonly Bin[]): Panel[] {
  const line = (name: string, color: string, read: (sample: HostSample) => number | null): Line => ({
    name,
    color,
    width: 1.4,
    points: meanByBin(run.host, bins, read),
  });
  const memory = (sample: HostSample) =>
    sample.memory_used_bytes === null || sample.memory_total_bytes === null
      ? null
      : 100 * sample.memory_used_bytes / sample.memory_total_bytes;
  const lines = [line("CPU", "accent", (sample) => sample.cpu_percent), line("memory", "ink-3", memory)].filter(
    hasPoints,
  );
  return lines.length === 0
    ? []
    : [{ title: "this machine: CPU, memory", unit: "percent", height: 64, lines, max: 100 }];
}

const hasPoints = ({ points }: Line) => points.some(([, value]) => value !== null);

/** The mean of a reading in each bin; a gap where a bin has none. */
export function meanByBin<T extends { t_ms: number }>(
  samples: readonly T[],
  bins: readonly Bin[],
  read: (sample: T) => number | null,
): Point[] {
  let at = 0;
  return bins.map((bin): Point => {
    const values: Array<number | null> = [];
    while (at < samples.length && (samples[at] as T).t_ms < bin.start_ms) at++;
    while (at < samples.length && (samples[at] as T).t_ms < bin.start_ms + bin.length_ms) {
      values.push(read(samples[at++] as T));
    }
    const mean = meanOf(values);
    return [middleOf(bin), mean === null ? null : round(mean)];
  });
}

/** Three decimals are finer than a pixel and keep the page small. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
