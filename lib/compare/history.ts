/** Many runs of one scenario in order of time: each figure over the runs, those of machines too, and where its level changed. */
import type { MeasureUnit } from "../plan/threshold/measure_units.ts";
import { HEADLINE } from "../plan/threshold/threshold.ts";
import { endedCalls } from "../measure/series.ts";
import { changePoints } from "../statistics/change_points.ts";
import { comparability } from "./comparability.ts";
import { type CallItem, type Item, itemsOf } from "./items.ts";
import type { Mismatch } from "./mismatch.ts";
import type { Better } from "./names.ts";
import { readFigure } from "./read_figure.ts";
import { machineItems } from "./read_machine.ts";
import type { SideRun } from "./sides.ts";

/** What is kept of one run, so that hundreds fit into memory. */
export interface PastRun {
  path: string;
  scenario: string;
  started_at: string;
  tool: string;
  status: string;
  calls: number;
  /** By operation and figure; null: not measured. */
  values: ReadonlyMap<string, number | null>;
  /** Why it is in no series: it is INVALID, or of another plan than the newest. Empty: it is. */
  left_out: Mismatch[];
}

/** A stretch of runs at one level. */
export interface Level {
  /** Indexes into `History.runs`: the first and the last. */
  from: number;
  to: number;
  runs: number;
  /** Mean of its runs; of times the geometric one. */
  value: number;
  /** Against the level before: as a factor, 0.12 is 12 % more; of shares in points. Null: the first. */
  change: number | null;
  /** How probable so clear a change is by chance; null: the first. */
  p: number | null;
}

/** One figure over all runs. */
export interface FigureHistory {
  operation: string;
  id: string;
  name: string;
  unit: MeasureUnit;
  better: Better;
  points: { run: number; value: number }[];
  levels: Level[];
}

/** The whole history. */
export interface History {
  scenario: string;
  /** The oldest first, those that are in no series included. */
  runs: PastRun[];
  figures: FigureHistory[];
}

/** Below it a change is one. With so many series a level of 5 % would find a false one in most histories. */
const LEVEL = 0.01;
/** Fewest runs in which a change can be told. */
export const LEAST_RUNS = 5;
const SEED = 20_140;

/** Percentiles of times that are followed; more would show the same change again. */
function isFollowed({ measure, better }: CallItem): boolean {
  if (better === null) return false;
  if (measure.kind !== "percentile") return true;
  return measure.percentile === 95 || (measure.of === HEADLINE && measure.percentile === 50);
}

/** What is kept of a run; `newest` is the run whose plan the others must have. */
export function pastRun(one: SideRun, newest: SideRun): PastRun {
  const { run, verdict, path } = one;
  const values = new Map(
    run.operations.flatMap((operation) =>
      itemsOf(run.plan, operation).filter(isFollowed).map(({ id, measure }): [string, number | null] => {
        const figure = readFigure(run, measure, { operations: operation });
        return [
          keyOf(operation, id),
          figure === null || figure.at_least || !figure.carried(figure.n) ? null : figure.value,
        ];
      })
    ),
  );
  for (const { id, read } of machineItems([run])) values.set(keyOf(MACHINES, id), read(run)?.value ?? null);
  const side = (run: SideRun) => ({ name: run.path, runs: [run] });
  return {
    path,
    scenario: run.plan.scenario,
    started_at: run.header.started_at,
    tool: run.header.tool,
    status: verdict.status,
    calls: endedCalls(run.total().outcomes),
    values,
    // What is wrong with the newest itself is no reason to leave out the others.
    left_out: comparability(side(newest), side(one)).filter(({ blocks, kind, other }) =>
      blocks && (kind !== "run" || other !== "")
    ),
  };
}

/** Whose figures readings of machines and energy are. */
export const MACHINES = "machines:";

const keyOf = (operation: string, id: string) => `${operation} ${id}`;

/**
 * The history of runs, the oldest first, of the plan of `newest`.
 * @param runs of one scenario
 */
export function historyOf(newest: SideRun, runs: readonly PastRun[]): History {
  const { run } = newest;
  const figures = run.operations.flatMap((operation) =>
    itemsOf(run.plan, operation).filter(isFollowed).flatMap((item) => figureHistory(runs, operation, item) ?? [])
  );
  const machines = machineItems([run]).flatMap((item) => figureHistory(runs, MACHINES, item) ?? []);
  return { scenario: run.plan.scenario, runs: [...runs], figures: [...figures, ...machines] };
}

function figureHistory(runs: readonly PastRun[], operation: string, item: Item): FigureHistory | null {
  const points = runs.flatMap(({ values, left_out }, run) => {
    const value = left_out.length > 0 ? null : values.get(keyOf(operation, item.id)) ?? null;
    return value === null ? [] : [{ run, value }];
  });
  // Nothing ever happened, such as arrivals dropped.
  if (points.length === 0 || (item.id !== "error_rate" && points.every(({ value }) => value === 0))) return null;
  const { id, name, unit, better } = item;
  return { operation, id, name, unit, better, points, levels: levelsOf(points, unit) };
}

/** Levels between the change points; one where there is none, or too few runs to tell. */
function levelsOf(points: FigureHistory["points"], unit: MeasureUnit): Level[] {
  const isShare = unit === "ratio";
  const logarithmic = !isShare && points.every(({ value }) => value > 0);
  const values = points.map(({ value }) => logarithmic ? Math.log(value) : value);
  const changes = points.length < LEAST_RUNS ? [] : changePoints(values, LEVEL, seeded(SEED));
  const borders = [0, ...changes.map(({ at }) => at), points.length];
  const levels: Level[] = [];
  for (const [i, start] of borders.slice(0, -1).entries()) {
    const part = points.slice(start, borders[i + 1]);
    const mean = values.slice(start, borders[i + 1]).reduce((sum, one) => sum + one, 0) / part.length;
    const value = logarithmic ? Math.exp(mean) : mean;
    const before = levels.at(-1)?.value ?? null;
    levels.push({
      from: (part[0] as { run: number }).run,
      to: (part.at(-1) as { run: number }).run,
      runs: part.length,
      value,
      change: before === null ? null : isShare || before === 0 ? value - before : value / before - 1,
      p: changes[i - 1]?.p ?? null,
    });
  }
  return levels;
}

/** The same orders are tried each time, so that a history is the same again. Source: Park and Miller's minimal standard. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}
