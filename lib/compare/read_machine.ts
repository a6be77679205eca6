/** Figures of the machines in one run, with batches of time for their spread. */
import { gpuKey, gpuLabel, readingsByGpu } from "../measure/gpus.ts";
import type { GpuSample, HostSample } from "../measure/resource.ts";
import type { Batch, Run } from "../result/run.ts";
import type { Part } from "../statistics/batch_means.ts";
import { isSteady } from "../verdict/target.ts";
import type { Item } from "./items.ts";
import { ofParts, type RunFigure } from "./read_figure.ts";

/** A figure of a machine to compare. */
export interface MachineItem extends Item {
  read(run: Run): RunFigure | null;
}

const PERCENT = 100;

/** The figures of machines that any of the runs has. */
export function machineItems(runs: readonly Run[]): MachineItem[] {
  const gpus = new Map(runs.flatMap(({ gpu }) => readingsByGpu(gpu)).map(([first]) => [gpuLabel(first), first]));
  return [
    ...hostItems(),
    ...[...gpus.keys()].flatMap(gpuItems),
    {
      ...energy("energy per ok call", "energy_per_call"),
      read: (run) => energyPer(run, ({ outcomes }) => outcomes.ok),
    },
    {
      ...energy("energy per token", "energy_per_token"),
      read: (run) => energyPer(run, (counts) => counts.counter("output_tokens")),
    },
  ];
}

/** Joules, which a plain number stands for. */
function energy(name: string, id: string): Item {
  return { id, name: `${name}, J`, unit: "count", better: "lower" };
}

function hostItems(): MachineItem[] {
  const item = (id: string, name: string, unit: Item["unit"], value: (sample: HostSample) => number | null) => ({
    id,
    name,
    unit,
    better: null,
    read: (run: Run) => meanOf(run, run.host, value),
  });
  return [
    item("host.cpu", "host CPU", "ratio", ({ cpu_percent }) => share(cpu_percent)),
    item("host.memory", "host memory", "bytes", ({ memory_used_bytes }) => memory_used_bytes),
  ];
}

function gpuItems(label: string): MachineItem[] {
  const item = (id: string, name: string, unit: Item["unit"], value: (sample: GpuSample) => number | null) => ({
    id: `${id}(${label})`,
    name: `${label} ${name}`,
    unit,
    better: null,
    read: (run: Run) => meanOf(run, run.gpu.filter((sample) => gpuLabel(sample) === label), value),
  });
  return [
    item("gpu.utilization", "use", "ratio", ({ utilization_percent }) => share(utilization_percent)),
    item("gpu.memory_used", "memory", "bytes", ({ memory_used_bytes }) => memory_used_bytes),
    item("gpu.power", "power", "watt", ({ power_w }) => power_w),
  ];
}

function share(percent: number | null): number | null {
  return percent === null ? null : percent / PERCENT;
}

/** The mean of readings outside warm-up. */
function meanOf<S extends { t_ms: number }>(
  run: Run,
  samples: readonly S[],
  value: (sample: S) => number | null,
): RunFigure | null {
  const parts = run.batches().map((batch) => sum(within(batch, samples), value));
  const all = parts.reduce((total, { part, whole }) => ({ part: total.part + part, whole: total.whole + whole }), NONE);
  return all.whole === 0 ? null : ofParts(all, parts, { steady: isSteady(run, {}), scales: scalesOf(all) });
}

const NONE: Part = { part: 0, whole: 0 };
const scalesOf = ({ part }: Part) => part > 0 ? ["log", "linear"] as const : ["linear"] as const;

function sum<S>(samples: readonly S[], value: (sample: S) => number | null): Part {
  const known = samples.map(value).filter((one) => one !== null);
  return { part: known.reduce((total, one) => total + one, 0), whole: known.length };
}

function within<S extends { t_ms: number }>({ start_ms, end_ms }: Batch, samples: readonly S[]): S[] {
  return samples.filter(({ t_ms }) => t_ms >= start_ms && t_ms < end_ms);
}

/** Energy of all GPUs over what was made with it; null where a stretch has no reading of some GPU, or made nothing. */
function energyPer(run: Run, made: (counts: Batch["counts"]) => number): RunFigure | null {
  const gpus = readingsByGpu(run.gpu).map(([{ index, uuid }]) => gpuKey({ index, uuid }));
  const parts = run.batches().map((batch) => {
    const readings = within(batch, run.gpu);
    const powers = gpus.map((gpu) => sum(readings.filter((one) => gpuKey(one) === gpu), ({ power_w }) => power_w));
    const known = powers.length > 0 && powers.every(({ whole }) => whole > 0);
    const power_w = powers.reduce((total, { part, whole }) => total + part / whole, 0);
    return known ? { part: power_w * batch.length_ms / 1000, whole: made(batch.counts) } : null;
  });
  if (parts.length === 0 || parts.some((part) => part === null || part.whole === 0)) return null;
  const all = (parts as Part[]).reduce((total, { part, whole }) => ({
    part: total.part + part,
    whole: total.whole + whole,
  }));
  return ofParts(all, parts as Part[], { steady: isSteady(run, {}), scales: scalesOf(all) });
}
