/** Figures of the machines in one run, with batches of time for their spread. */
import { gpuLabel, readingsByGpu } from "../measure/gpus.ts";
import type { GpuSample, HostSample } from "../measure/resource.ts";
import type { Batch, Run } from "../result/run.ts";
import type { Part } from "../statistics/batch_means.ts";
import { type EnergyFigure, energyFigure, energyParts } from "../verdict/energy.ts";
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
    ...ENERGIES.map(([figure, name]): MachineItem => ({
      ...{ id: figure, name, unit: "joule", better: "lower" },
      read: (run) => energyPer(run, figure),
    })),
  ];
}

/** How much was used in all depends on how much was done, and is not compared. */
const ENERGIES: ReadonlyArray<readonly [figure: EnergyFigure, name: string]> = [
  ["energy_per_call", "energy per ok call"],
  ["energy_per_token", "energy per token"],
  ["energy_per_audio_second", "energy per second of audio"],
  ["energy_per_turn", "energy per voice turn"],
];

function hostItems(): MachineItem[] {
  const item = (id: string, name: string, unit: Item["unit"], value: (sample: HostSample) => number | null) => ({
    id,
    name,
    unit,
    better: null,
    read: (run: Run) => meanOf(run, [...run.host], value),
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
    read: (run: Run) => meanOf(run, [...run.gpu].filter((sample) => gpuLabel(sample) === label), value),
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

/** Energy over what was made with it, as rules and reports say it; its spread is that of stretches of the run. */
function energyPer(run: Run, figure: EnergyFigure): RunFigure | null {
  const { value, n } = energyFigure(run, figure);
  if (value === null) return null;
  const parts = energyParts(run, figure).map(({ energy_j, made }): Part => ({ part: energy_j, whole: made }));
  return ofParts({ part: value * n, whole: n }, parts, { steady: isSteady(run, {}), scales: ["log", "linear"] });
}
