/** Figures of the machines in one run, with batches of time for their spread. */
import { RESOURCE_NAMES, resourceFacts } from "../plan/threshold/threshold.ts";
import { type ResourceSeries, resourceSeries } from "../result/resource_series.ts";
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

/** The readings that are compared; the others are in the files for programs. */
const COMPARED = RESOURCE_NAMES.filter((name) => resourceFacts(name).compared !== false);

/** The figures of machines that any of the runs has: means of readings, then energy. */
export function machineItems(runs: readonly Run[]): MachineItem[] {
  const known = runs.map((run) => new Map(resourceSeries(run, COMPARED).map((series) => [series.id, series])));
  const seriesOf = new Map(runs.map((run, i) => [run, known[i]]));
  const all = new Map(known.flatMap((one) => [...one]));
  const everZero = (id: string) => known.every((one) => (one.get(id)?.values ?? []).every((value) => !value));
  return [
    // A GPU that was never held back, in none of them, is no news.
    ...[...all.values()].filter(({ id }) => !everZero(id)).sort(byCatalogue).map((
      { id, label, unit },
    ): MachineItem => ({
      ...{ id, name: label, unit, better: null },
      read: (run) => meanOf(run, seriesOf.get(run)?.get(id)),
    })),
    ...ENERGIES.map(([figure, name]): MachineItem => ({
      ...{ id: figure, name, unit: "joule", better: "lower" },
      read: (run) => energyPer(run, figure),
    })),
  ];
}

/** This machine first, then each device with all its readings. */
function byCatalogue(a: ResourceSeries, b: ResourceSeries): number {
  const owner = ({ resource }: ResourceSeries) => OWNERS.indexOf(resource.split(".")[0] as string);
  return owner(a) - owner(b) || a.source.localeCompare(b.source);
}
const OWNERS = ["host", "own", "gpu", "process", "service", "connections"];

/** How much was used in all depends on how much was done, and is not compared. */
const ENERGIES: ReadonlyArray<readonly [figure: EnergyFigure, name: string]> = [
  ["energy_per_call", "energy per ok call"],
  ["energy_per_token", "energy per token"],
  ["energy_per_audio_second", "energy per second of audio"],
  ["energy_per_turn", "energy per voice turn"],
];

/** The mean of readings outside warm-up. */
function meanOf(run: Run, series: ResourceSeries | undefined): RunFigure | null {
  if (series === undefined) return null;
  const parts = run.batches().map((batch) => sumWithin(batch, series));
  const all = parts.reduce((total, { part, whole }) => ({ part: total.part + part, whole: total.whole + whole }), NONE);
  return all.whole === 0 ? null : ofParts(all, parts, { steady: isSteady(run, {}), scales: scalesOf(all) });
}

const NONE: Part = { part: 0, whole: 0 };
const scalesOf = ({ part }: Part) => part > 0 ? ["log", "linear"] as const : ["linear"] as const;

function sumWithin({ start_ms, end_ms }: Batch, { t_ms, values }: ResourceSeries): Part {
  let [part, whole] = [0, 0];
  for (const [i, value] of values.entries()) {
    const at_ms = t_ms[i] as number;
    if (value === null || at_ms < start_ms || at_ms >= end_ms) continue;
    part += value;
    whole++;
  }
  return { part, whole };
}

/** Energy over what was made with it, as rules and reports say it; its spread is that of stretches of the run. */
function energyPer(run: Run, figure: EnergyFigure): RunFigure | null {
  const { value, n } = energyFigure(run, figure);
  if (value === null) return null;
  const parts = energyParts(run, figure).map(({ energy_j, made }): Part => ({ part: energy_j, whole: made }));
  return ofParts({ part: value * n, whole: n }, parts, { steady: isSteady(run, {}), scales: ["log", "linear"] });
}
